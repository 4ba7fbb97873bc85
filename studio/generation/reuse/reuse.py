"""Put what a take was made with into the composer of its shot again: all of it, a part, or for another model.

Nothing is rendered. Each verb returns in sentences what a person has to know about it.
"""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import Any

from studio.generation.orders import order_again, orders
from studio.generation.orders.orders import Wish
from studio.generation.renders.models import Render
from studio.generation.reuse import continue_from_frame
from studio.integrations import catalogue
from studio.integrations.catalogue import Model, Need, Preset, render_settings
from studio.planning.projects import actions
from studio.planning.projects.models import Picture, Project
from studio.planning.references import giving
from studio.planning.references.shelf import Shelf, mentioned
from studio.runtime.live import events

PARTS = ("all", "remix", "prompt", "seed", "frame")
PROMOTED_SECONDS = 5  # what every model with a length can make


class Cannot(ValueError):
    """The take has nothing of that kind, or it is gone; the sentence is for a person."""


# --- the same again -----------------------------------------------------------------------


def use(take: Render, part: str, *, by) -> str:
    """Take over one of `PARTS`; "remix" is all but the seed.

    Raises:
        Cannot: there is nothing of it to take over.
    """
    if part == "prompt":
        return _use_prompt(take, by=by)
    if part == "seed":
        return _use_seed(take, by=by)
    if part == "frame":
        return _use_frame(take, by=by)
    wish = _wish(take, keep_seed=part == "all")
    said = [
        f"Everything {take.label} was made with is in the composer."
        if part == "all"
        else f"The composer is as for {take.label}, with a new seed each time."
    ]
    columns = _columns(wish, take)
    if "first_frame" in columns and wish.first_frame is None and order_again.has_first_frame(take):
        del columns["first_frame"], columns["crop"]
        said.append("Its first frame is gone; the shot keeps its own.")
    said += _change(take, wish, columns, by=by)
    return " ".join(said)


def _use_prompt(take: Render, *, by) -> str:
    if not take.typed:
        raise Cannot(f"{take.label.capitalize()} was made without a prompt.")
    actions.change_shot(take.shot, by=by, via="taken", prompt=take.typed)
    return " ".join([f"The prompt of {take.label} is in the composer.", *_about_look(take)])


def _use_seed(take: Render, *, by) -> str:
    if take.seed_used is None:
        raise Cannot(f"{take.label.capitalize()} has no seed.")
    shot = take.shot
    actions.change_shot(shot, by=by, seed=take.seed_used)
    said = f"Seed {take.seed_used} is locked."
    if shot.model == take.model:
        return said
    here = shot.catalogue_model
    if not here.has_seed:
        return f"{said} {here.name} takes none, so it waits for another model."
    return f"{said} It was a seed of {take.catalogue_model.name}: with {here.name} it gives something else."


def _use_frame(take: Render, *, by) -> str:
    if not order_again.has_first_frame(take):
        raise Cannot(f"{take.label.capitalize()} was made without a first frame.")
    picture = order_again.first_frame_of(take)
    if picture is None:
        raise Cannot(f"The first frame of {take.label} is gone.")
    shot = take.shot
    actions.change_shot(shot, by=by, first_frame=picture, crop=order_again.crop_of(take))
    model = shot.catalogue_model
    refused = model.first_frame is Need.REFUSED
    said = f"The shot starts from the first frame of {take.label}, cropped as it was."
    return f"{said} {model.name} takes none; it stays with the shot." if refused else said


# --- for another model --------------------------------------------------------------------


def promotions(take: Render) -> list[Model]:
    """The models a take can go on to: those listed after its own that could make it as it stands."""
    keys = [model.key for model in catalogue.MODELS]
    if take.model not in keys:
        return []
    return [model for model in catalogue.MODELS[keys.index(take.model) + 1 :] if _is_legal(take, model)]


def promote(take: Render, model_key: str, *, by) -> str:
    """Take over words, frame and settings for one of `promotions`; a still becomes the first frame.

    May decode a still: call it outside any transaction.

    Raises:
        Cannot: that model cannot make it.
        continuing.Gone: the still cannot be read.
    """
    model = next((each for each in promotions(take) if each.key == model_key), None)
    if model is None:
        raise Cannot("That model cannot make it as it stands.")
    still = continue_from_frame.picture_of(take, 0, by=by) if take.is_still else None
    wish, preset = _promoted(take, model, still)
    said = [
        f"{model.intent}, {model.name}, from {take.label}: words, frame and settings are in the composer."
    ]
    if preset.label != take.aspect:
        said.append(f"{orders.impossible_aspect(model, take.aspect)} Now {preset.label}.")
    if take.seed_used is not None:
        said.append("A seed does not carry over to another model.")
    said += _change(take, wish, {**_columns(wish, take), "takes": 1}, by=by)
    return " ".join(said)


def _is_legal(take: Render, model: Model) -> bool:
    still = None
    if take.is_still:  # as it would be held
        size = {"width": take.file_width or take.width, "height": take.file_height or take.height}
        still = Picture(project=take.project, source=Picture.Source.STILL, from_take=take.code, **size)
    try:
        orders.check(_promoted(take, model, still)[0], take.project)
    except orders.Problems:
        return False
    return True


def _promoted(take: Render, model: Model, still: Picture | None) -> tuple[Wish, Preset]:
    wish = order_again.wish_of(take, model=model.key)
    preset = model.preset(wish.aspect) or _nearest(take, model)
    seconds = actions.nearest(PROMOTED_SECONDS, model.durations)
    wish = replace(wish, aspect=preset.key, seconds=seconds, seed=None)
    return (replace(wish, first_frame=still, crop=None) if still else wish), preset


def _nearest(take: Render, model: Model) -> Preset:
    """The preset whose shape is closest to the take's."""
    return min(
        model.presets, key=lambda each: abs(log(each.width * take.height / (each.height * take.width)))
    )


# --- into the composer --------------------------------------------------------------------


def _wish(take: Render, *, keep_seed: bool) -> Wish:
    if not take.catalogue_model.is_sold:
        raise Cannot(f"The model of {take.label} is not offered any more.")
    return order_again.wish_of(take, keep_seed=keep_seed)


def _columns(wish: Wish, take: Render) -> dict[str, Any]:
    """The wish as columns of the shot; what is as the project says stays so."""
    model, project, shot = catalogue.get(wish.model), take.project, take.shot
    columns: dict[str, Any] = {
        "prompt": wish.prompt,
        "model": wish.model,
        "aspect": wish.aspect,
        "takes": min(shot.takes, model.max_takes),
        "seed": wish.seed,
        **render_settings.differing(
            render_settings.of_row(wish, render_settings.FINISH), project.finish_for(model)
        ),
    }
    if model.durations:
        columns["seconds"] = wish.seconds
    if model.first_frame is not Need.REFUSED:
        columns |= {"first_frame": wish.first_frame, "crop": wish.crop}
    if take.look or project.look.strip():  # else there was none to leave out
        columns["no_look"] = not take.look
    return columns


def _change(take: Render, wish: Wish, columns: dict[str, Any], *, by) -> list[str]:
    """Write the draft, and give the shot what references of the take its prompt and the look do not bring."""
    shelf, shot = Shelf(take.project), take.shot
    names = [frame["name"] for frame in take.frames if frame["position"] == "reference"]
    known = [shelf.by_name[name] for name in names if name in shelf.by_name]
    there = {*mentioned(wish.prompt), *(each.name for each in known if each.in_look and take.look)}
    with events.locked(shot.project_id):
        actions.change_shot(shot, by=by, via="taken", **columns)
        if names or catalogue.get(wish.model).references:
            giving.give_exactly(shot, [each.pk for each in known if each.name not in there])
    gone = [f"@{name}" for name in names if name not in shelf.by_name]
    said = [f"Not on the shelf any more: {', '.join(gone)}."] if gone else []
    return [*said, *_about_look(take)]


def _about_look(take: Render) -> list[str]:
    """In words how the project's look differs from the one the take was made with."""
    now = _look_of(take.project)
    if take.look == now:
        return []
    if not take.look:
        return [f"{take.label.capitalize()} was made without the project's look."]
    if not now:
        return [f"{take.label.capitalize()} was made with a look the project does not have now."]
    return [f"The project's look is another than {take.label} was made with."]


def _look_of(project: Project) -> str:
    return project.look.strip()
