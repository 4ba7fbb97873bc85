"""What a person asked for, checked against the catalogue: one place for form, button and command."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.integrations.catalogue import Model, Need, Preset, render_settings, utf16_length
from studio.integrations.catalogue.render_settings import Finish, RenderSettings, either
from studio.planning.ledger import estimate
from studio.planning.projects import framing
from studio.planning.projects.models import Picture, Project, Shot
from studio.planning.prompts import look, variables
from studio.planning.prompts.look import Compiled
from studio.planning.references.models import Reference
from studio.planning.references.shelf import Shelf


class Problems(ValueError):
    """The order cannot be sent as it stands. `fields` maps a field to a sentence for a person."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True, kw_only=True)
class TakeOrder(Finish):
    """A legal order for some takes of one shot."""

    model: Model
    preset: Preset
    prompt: str  # as it is sent: the words with the project's look behind them
    words: str
    look: str
    seconds: int | None
    takes: int
    seed: int | None
    first_frame: Picture | None
    box: tuple[float, float, float, float] | None  # of the first frame, in pixels of its original
    references: tuple[Reference, ...]
    estimate: Decimal  # USD for one of the takes

    @property
    def total(self) -> Decimal:
        return self.estimate * self.takes

    def seeds(self) -> list[int | None]:
        """One seed a take: counting up from a fixed one, else each its own; none for stills."""
        if not self.model.has_seed:
            return [None] * self.takes
        whole = self.model.max_seed + 1
        if self.seed is None:
            return [secrets.randbelow(whole) for _ in range(self.takes)]
        return [(self.seed + step) % whole for step in range(self.takes)]


@dataclass(frozen=True, kw_only=True)
class Wish(RenderSettings):
    """What is typed so far, legal or not. None and "" mean: as the project says."""

    prompt: str
    takes: int
    first_frame: Picture | None
    crop: dict[str, Any] | None = None
    no_look: bool = False
    shot_id: int | None = None  # whose references go along
    given: tuple[Reference, ...] | None = None  # these references instead
    sold: bool = False  # a take was ordered with this very prompt: its braces are words

    @classmethod
    def of(cls, shot: Shot) -> Wish:
        return cls(
            **render_settings.of_row(shot),
            prompt=shot.prompt,
            takes=shot.takes,
            first_frame=shot.first_frame,
            crop=shot.crop,
            no_look=shot.no_look,
            shot_id=shot.pk,
        )


def check(
    wish: Wish,
    project: Project,
    *,
    approved: Collection[UUID] | None = None,
    shelf: Shelf | None = None,
) -> TakeOrder:
    """Turn a wish into an order.

    Args:
        approved: `approved_stills` of many wishes, so that they are not asked about one by one.
        shelf: of the project, likewise.

    Raises:
        Problems: with every field that stands in the way, not only the first.
    """
    try:
        model = catalogue.get(wish.model)
    except catalogue.UnknownModel:
        raise Problems({"model": f"There is no model called {wish.model or 'nothing'}."}) from None
    found: dict[str, str] = {}
    shelf = shelf or Shelf(project)
    references = _references(wish, model, shelf)
    prompt = compiled(wish, project, model, shelf, references)
    preset = model.preset(wish.aspect)
    if preset is None:
        found["aspect"] = impossible_aspect(model, wish.aspect)
    for field, sentence in (
        ("prompt", _prompt_problem(model, prompt) or braces_problem(wish)),
        ("references", _references_problem(model, references)),
        ("first_frame", _frame_problem(model, wish.first_frame, project, approved)),
        ("seconds", _seconds_problem(model, wish.seconds)),
        ("takes", _takes_problem(model, wish.takes)),
        ("seed", _seed_problem(model, wish.seed)),
    ):
        if sentence:
            found[field] = sentence
    finish, problems = render_settings.settle(wish, project.finish_for(model), model)
    found |= problems
    if found or preset is None:
        raise Problems(found)
    seconds = wish.seconds if model.durations else None
    frame = wish.first_frame if model.first_frame is not Need.REFUSED else None
    return TakeOrder(
        model=model,
        preset=preset,
        prompt=prompt.text,
        words=prompt.words,
        look=prompt.look,
        seconds=seconds,
        takes=wish.takes,
        seed=wish.seed if model.has_seed else None,
        **finish,
        first_frame=frame,
        box=framing.of(frame.width, frame.height, wish.crop, preset).edges if frame else None,
        references=references,
        estimate=estimate.of_take(model, seconds),
    )


def impossible_aspect(model: Model, aspect: str) -> str:
    """Say who can make a shape that this model cannot."""
    label = next((p.label for m in catalogue.MODELS for p in m.presets if p.key == aspect), aspect)
    others = [other.name for other in catalogue.models_with_aspect(label, kind=model.kind)]
    if not others:
        return f"{model.name} has no aspect {label}."
    return f"{label} is not on {model.name}; {either(others)} has it."


def compiled(
    wish: Wish, project: Project, model: Model, shelf: Shelf, references: Sequence[Reference]
) -> Compiled:
    """The prompt as it would be sent; the shelf is read only where a name is written."""
    names: list[str] = []
    known: list[str] = []
    if "@" in wish.prompt or "@" in project.look:
        known = list(shelf.by_name)
        names = [reference.name for reference in references] if model.references else known
    return look.compiled(wish.prompt, project, model, names=names, known=known, without_look=wish.no_look)


def _prompt_problem(model: Model, prompt: Compiled) -> str:
    units = utf16_length(prompt.text)
    number = variables.count(prompt.words)
    if variables.axes(prompt.words):
        return f"The prompt has variables: plan its {number:,} lines instead."
    if model.prompt is Need.NEEDED and not prompt.words:
        return f"Write a prompt: {model.name} needs one."
    if units > model.prompt_units:
        with_look = " with the project's look" if prompt.look else ""
        return f"The prompt is {units} characters long{with_look}; {model.prompt_units} is the most."
    return ""


def braces_problem(wish: Wish) -> str:
    """Braces that are no variable may be a slip in one: they are sold as text only when somebody says so."""
    piece = "" if wish.sold else variables.stray(wish.prompt)
    if not piece:
        return ""
    return (
        f"“{piece}” is no choice: a choice has two braces and a bar, like {{dawn|dusk}}."
        " To send braces as words, write \\{ and \\}."
    )


def _references(wish: Wish, model: Model, shelf: Shelf) -> tuple[Reference, ...]:
    if not model.references:
        return ()
    if wish.given is not None:
        return wish.given
    return tuple(shelf.of_order(wish.prompt, wish.shot_id, look=not wish.no_look))


def _references_problem(model: Model, references: tuple[Reference, ...]) -> str:
    if len(references) <= model.references:
        return ""
    names = ", ".join(str(reference) for reference in references)
    return f"{model.name} takes {model.references} references at most; these are {len(references)}: {names}."


def _frame_problem(
    model: Model, frame: Picture | None, project: Project, approved: Collection[UUID] | None
) -> str:
    if model.first_frame is Need.NEEDED and frame is None:
        return f"{model.name} starts from a picture: give it a first frame."
    if not (project.frames_first and model.key == catalogue.default().key):
        return ""
    if frame is None:
        return f"This project asks for an approved first frame before {model.name}: place one."
    if frame.is_approved or _of_approved_still(frame, approved):
        return ""
    return f"The first frame is not approved yet; {model.name} waits for that."


def _of_approved_still(frame: Picture, approved: Collection[UUID] | None) -> bool:
    """A still that was approved is approved as a first frame too, unless that was judged otherwise."""
    if frame.source != Picture.Source.STILL or frame.verdict or frame.from_take is None:
        return False
    return frame.from_take in (approved_stills([frame]) if approved is None else approved)


def approved_stills(frames: Iterable[Picture | None]) -> set[UUID]:
    """Codes of the takes behind these pictures that are approved; one query."""
    codes = {frame.from_take for frame in frames if frame is not None and frame.from_take}
    return set(Render.objects.filter(code__in=codes, verdict="approved").values_list("code", flat=True))


def _seconds_problem(model: Model, seconds: int | None) -> str:
    if not model.durations or seconds in model.durations:
        return ""
    if len(model.durations) > 3:
        return f"{model.name} makes {model.durations[0]} to {model.durations[-1]} seconds."
    return f"{model.name} makes {either([str(s) for s in model.durations])} seconds."


def _takes_problem(model: Model, takes: int) -> str:
    return "" if 1 <= takes <= model.max_takes else f"Ask for 1 to {model.max_takes} takes at once."


def _seed_problem(model: Model, seed: int | None) -> str:
    if not model.has_seed or seed is None or 0 <= seed <= model.max_seed:
        return ""
    return f"A seed is a whole number from 0 to {model.max_seed}."
