"""A take's order as a wish again: for a retake, for use in the composer, for the same with a change."""

from __future__ import annotations

from typing import Any

from studio.generation.orders.orders import Wish
from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.integrations.catalogue import render_settings
from studio.planning.projects.actions import nearest
from studio.planning.projects.models import Picture
from studio.planning.references.models import Reference


def wish_of(
    take: Render, *, model: str = "", prompt: str | None = None, takes: int = 1, keep_seed: bool = False
) -> Wish:
    """What the take was asked for, legal or not, moved to what the model (its own, or another) can do.

    A seed does not carry over to another model. Of its pictures those that are still there go along.
    """
    wanted = take.catalogue_model if model in ("", take.model) else catalogue.get(model)
    same = next((preset for preset in wanted.presets if preset.label == take.aspect), None)
    own = f"{take.width}x{take.height}"
    return Wish(
        model=wanted.key,
        aspect=own if wanted.preset(own) else same.key if same else own,
        prompt=take.typed if prompt is None else prompt,
        seconds=nearest(take.seconds, wanted.durations) if wanted.durations else take.seconds,
        takes=takes,
        seed=take.seed_used if keep_seed and wanted.key == take.model else None,
        **render_settings.carried_over(render_settings.of_row(take, render_settings.FINISH), wanted),
        first_frame=first_frame_of(take),
        crop=crop_of(take),
        no_look=not take.look,
        given=tuple(references_of(take)),
        sold=prompt in (None, take.typed),
    )


def has_first_frame(take: Render) -> bool:
    """Whether it began with a picture, whatever became of that."""
    return _first(take) is not None


def missing(take: Render) -> str:
    """In words which of its pictures are gone, so that it cannot be made as it was; "" where all are there."""
    there = _pictures(take, [kept["picture"] for kept in take.frames])
    gone = [kept for kept in take.frames if kept["picture"] not in there]
    if any(kept["position"] == "first" for kept in gone):
        return "Its first frame is gone."
    names = ", ".join(f"@{kept['name']}" for kept in gone)
    return f"Of its references {names} {'is' if len(gone) == 1 else 'are'} gone." if gone else ""


def first_frame_of(take: Render) -> Picture | None:
    """The picture it began with, if it is still there."""
    kept = _first(take)
    return _pictures(take, [kept["picture"]]).get(kept["picture"]) if kept else None


def crop_of(take: Render) -> dict[str, Any] | None:
    """The part of that picture that was sent, as a shot keeps it; None for its middle."""
    box = (_first(take) or {}).get("box")
    if not box:
        return None
    left, top, right, _ = box
    return {"left": left, "top": top, "width": right - left, "for": f"{take.width}x{take.height}"}


def references_of(take: Render) -> list[Reference]:
    """Its references by the names they had then, whatever became of them on the shelf."""
    kept = [frame for frame in take.frames if frame["position"] == "reference"]
    there = _pictures(take, [frame["picture"] for frame in kept])
    return [
        Reference(project_id=take.project_id, name=frame["name"], picture=there[frame["picture"]])
        for frame in kept
        if frame["picture"] in there
    ]


def _first(take: Render) -> dict[str, Any] | None:
    return next((frame for frame in take.frames if frame["position"] == "first"), None)


def _pictures(take: Render, codes: list[str]) -> dict[str, Picture]:
    if not codes:
        return {}
    found = Picture.objects.kept().filter(project=take.project_id, code__in=codes)
    return {str(picture.code): picture for picture in found}
