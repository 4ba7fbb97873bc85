"""How a take is made, beside its words and pictures: every setting stands here once, with all that is known of it.

What is typed, the order, the columns of a take, its fingerprint, grids, Undo, what a plan showed, chips, form
fields and what a provider is sent all derive from these fields. A new one is a field here, a column of projects
and shots, a column of takes, and a word in the file of each provider that has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from studio.integrations.catalogue.runway import MODELS
from studio.integrations.catalogue.types import Model

Value = Any  # a word or a whole number; "" and None mean: as the project says


@dataclass(frozen=True)
class Choice:
    """A setting that is one of some words.

    Args:
        of: the words a model knows, its own default first.
        refusal: a sentence about a word it does not know, with {model} and {words}.
        otherwise: the place, among the model's words, of the one it makes where the project asks for none of them.
        elsewhere: a word of another model is no mistake: it is left aside.
        meanings: what the words mean, on the settings of a project.
    """

    label: str
    of: Callable[[Model], Sequence[str]]
    refusal: str
    chip: str = "{}"
    otherwise: int = 0
    elsewhere: bool = False
    meanings: Mapping[str, str] = field(default_factory=dict)
    help: str = ""
    blank: Value = ""

    def is_legal(self, value: Value, model: Model) -> bool:
        return value in self.of(model)

    def settle(self, wished: Value, project_says: Value, model: Model) -> tuple[Value, str]:
        """The value to order, and a sentence where the wish cannot be one."""
        words = self.of(model)
        if wished and wished not in words and not self._is_known_elsewhere(wished):
            return wished, self.refusal.format(model=model.name, words=either(words))
        if wished in words:
            return wished, ""
        return (project_says if project_says in words else words[self.otherwise]), ""

    def _is_known_elsewhere(self, word: str) -> bool:
        return self.elsewhere and any(word in self.of(model) for model in MODELS)

    def usual(self, model: Model) -> Value:
        """What is ordered where nobody says anything."""
        return self.of(model)[0]


@dataclass(frozen=True)
class Number:
    """A setting that is a whole number between two bounds, which differ by model.

    Args:
        refusal: a sentence about a number beyond them, with {low} and {high}.
    """

    label: str
    bounds: Callable[[Model], tuple[int, int]]
    default: Callable[[Model], int]
    refusal: str
    chip: str
    help: str = ""
    blank: Value = None

    def is_legal(self, value: Value, model: Model) -> bool:
        low, high = self.bounds(model)
        return value is not None and low <= value <= high

    def settle(self, wished: Value, project_says: Value, model: Model) -> tuple[Value, str]:
        """The number to order, and a sentence where it is beyond the bounds."""
        number = project_says if wished is None else wished
        low, high = self.bounds(model)
        return number, "" if low <= number <= high else self.refusal.format(low=low, high=high)

    def usual(self, model: Model) -> Value:
        """What is ordered where nobody says anything."""
        return self.default(model)


Setting = Choice | Number


def _setting(about: Setting) -> Any:
    return field(default=about.blank, metadata={"about": about})


@dataclass(frozen=True, kw_only=True)
class Finish:
    """Settings in which a shot follows its project unless it says otherwise."""

    format: str = _setting(
        Choice("Format", of=lambda model: model.formats, refusal="{model} makes {words}.", elsewhere=True)
    )
    quality: int | None = _setting(
        Number(
            "Quality",
            bounds=lambda model: model.quality,
            default=lambda model: model.default_quality,
            refusal="Quality goes from {low} to {high}.",
            chip="quality {}",
        )
    )
    safety: str = _setting(
        Choice(
            "Content check",
            of=lambda model: model.safety_modes,
            refusal="{model} checks content {words}.",
            chip="safety: {}",
            otherwise=-1,  # the project asks for more than there is: the strictest
            meanings={"none": "None", "fast": "Fast: key frames", "full": "Full: every frame"},
            help="Stills have no full check; they get the fast one.",
        )
    )
    threshold: str = _setting(
        Choice(
            "Public figures",
            of=lambda model: model.thresholds,
            refusal="Public figures: {words}.",
            chip="public figures: {}",
            meanings={"auto": "Automatic", "low": "Low: refuse less"},
        )
    )


@dataclass(frozen=True, kw_only=True)
class RenderSettings(Finish):
    """All settings of a take, as they are wished."""

    model: str
    aspect: str
    seconds: int | None
    seed: int | None


FINISH: dict[str, Setting] = {each.name: each.metadata["about"] for each in fields(Finish)}
NAMES: tuple[str, ...] = tuple(each.name for each in fields(RenderSettings))
FIGURES, FEWER_FIGURES_REFUSED = "threshold", "low"  # the remedy for a refusal of public figures


def of_row(row: object, names: Iterable[str] = NAMES) -> dict[str, Value]:
    """These settings as a row has them in its columns."""
    return {name: getattr(row, name) for name in names}


def usual(model: Model) -> dict[str, Value]:
    """The finish of an order for which nobody says anything."""
    return {name: about.usual(model) for name, about in FINISH.items()}


def settle(wish: Finish, project: Finish, model: Model) -> tuple[dict[str, Value], dict[str, str]]:
    """The finish to order, and by field what stands in its way.

    Args:
        project: what the project says for this model.
    """
    found = {
        name: about.settle(getattr(wish, name), getattr(project, name), model)
        for name, about in FINISH.items()
    }
    values = {name: value for name, (value, _) in found.items()}
    return values, {name: problem for name, (_, problem) in found.items() if problem}


def carried_over(values: Mapping[str, Value], model: Model) -> dict[str, Value]:
    """A finish moved to another model: what that cannot do is as the project says."""
    return {
        name: values[name] if about.is_legal(values[name], model) else about.blank
        for name, about in FINISH.items()
    }


def differing(values: Mapping[str, Value], project: Finish) -> dict[str, Value]:
    """A finish that leaves to the project what the project says anyway."""
    return {
        name: about.blank if values[name] == getattr(project, name) else values[name]
        for name, about in FINISH.items()
    }


def chips(shot: object, project: Finish, model: Model) -> list[str]:
    """What a shot has that its project does not say, each in a word or two."""
    own = differing(of_row(shot, FINISH), project)
    return [
        about.chip.format(own[name])
        for name, about in FINISH.items()
        if own[name] != about.blank and _says_something(about, own[name], model)
    ]


def _says_something(about: Setting, value: Value, model: Model) -> bool:
    """A word that only other models know is left aside, so it is not told either."""
    return isinstance(about, Number) or not about.elsewhere or about.is_legal(value, model)


def either(words: Sequence[object]) -> str:
    """Words as a choice: "MP4, MOV or WEBM"."""
    said = [str(word) for word in words]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"
