"""What can be changed about a take that failed, so that the next one does not: remedies, each one a button.

A remedy changes the draft of the shot and orders nothing. Only "again" orders, as it was, at its price.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from studio.generation.orders import forms
from studio.generation.renders import failure_messages
from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.integrations.catalogue import Model, Need, render_settings, utf16_length
from studio.integrations.catalogue.render_settings import FEWER_FIGURES_REFUSED, FIGURES, FINISH
from studio.integrations.providers.failures import FailureReason
from studio.planning.ledger import estimate
from studio.planning.projects import actions
from studio.planning.projects.models import Shot

_FIGURES = re.compile(r"public figure|celebrit|likeness|real (person|people)|famous", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“”'‘’`]([^\"“”'‘’`\n]{2,60})[\"“”'‘’`]")
_LISTED = re.compile(r"(?:words?|terms?|phrases?|contains)\s{0,8}:?\s{1,8}([^.\n]{2,120})", re.IGNORECASE)
_NUMBER = re.compile(r"\b(\d{2,5})\b")
_LONG = re.compile(r"prompt", re.IGNORECASE)
_SHORTEST = 40  # characters a shortened prompt keeps


@dataclass(frozen=True)
class Remedy:
    """One thing to change. `to` is the field it leads to where nothing is changed for the person."""

    key: str  # what a browser sends back
    label: str
    to: str = ""


@dataclass(frozen=True)
class Clinic:
    """A failed take with its remedies, the likeliest first."""

    remedies: list[Remedy]
    again: Decimal  # USD for another one as it was, as expected now
    again_first: bool  # nothing about it is wrong: it passes
    prompt: list[tuple[str, bool]]  # in pieces; True for words the provider named


def of(take: Render) -> Clinic:
    """What to offer for a failed take; the shot's own project is read for what it says of defaults."""
    reason = failure_messages.reason(take)
    wanted = _wanted(take, reason)
    remedies = [remedy for make in wanted for remedy in make(take)]
    return Clinic(
        remedies=list({remedy.key: remedy for remedy in remedies}.values()),
        again=estimate.of_take(take.catalogue_model, take.seconds),
        again_first=reason.about.passes,
        prompt=marked(take.typed, take.failure) if reason is FailureReason.SAFETY else [],
    )


# --- which ones ---------------------------------------------------------------------------

_Maker = Callable[[Render], list[Remedy]]


def _wanted(take: Render, reason: FailureReason) -> list[_Maker]:
    """The makers of its remedies, in the order to offer them."""
    if reason is FailureReason.FIRST_FRAME_GONE:
        return [_frame]
    if reason is FailureReason.MODEL:
        return [_models]
    if reason in (FailureReason.UNKNOWN, FailureReason.REFERENCE_GONE):
        return [_edit, _settings, _models]
    if reason.about.is_ours:
        return []
    if reason is FailureReason.SAFETY:
        first: list[_Maker] = [_figures, _edit] if _FIGURES.search(take.failure) else [_edit, _figures]
        if "image" in take.failure_code.lower():
            first = [_frame, *first]
        return [*first, _frame, _models]
    if reason is FailureReason.VALIDATION:
        return [*_of_parameter(take), _settings, _models]
    if reason in (FailureReason.TIMEOUT, FailureReason.PROVIDER, FailureReason.SERVER):
        return [_shorter, _models]
    return []


def _of_parameter(take: Render) -> list[_Maker]:
    """By what the provider named; where it named nothing, by its code and its sentence."""
    named = f"{take.failure_parameter or take.failure_code} "
    words = named.lower()
    found: list[_Maker] = []
    if _LONG.search(named):
        found += [_shorten, _edit]
    if "duration" in words:
        found.append(_shorter)
    if "image" in words or "frame" in words or "inputs" in words:
        found.append(_frame)
    if "figure" in words or "moderation" in words:
        found.append(_figures)
    if "seed" in words:
        found.append(_seed)
    return found


# --- what each offers for a take ----------------------------------------------------------


def _edit(take: Render) -> list[Remedy]:
    return [Remedy("edit", "Edit the prompt", to="id_prompt")]


def _settings(take: Render) -> list[Remedy]:
    return [Remedy("settings", "Look at the settings", to="composer-settings")]


def _figures(take: Render) -> list[Remedy]:
    about, fewer = FINISH[FIGURES], FEWER_FIGURES_REFUSED
    able = getattr(take, FIGURES) != fewer and about.is_legal(fewer, take.catalogue_model)
    return [Remedy("figures", "Refuse less about public figures")] if able else []


def _shorten(take: Render) -> list[Remedy]:
    return [Remedy("shorten", "Shorten the prompt")] if len(take.typed) > _SHORTEST else []


def _shorter(take: Render) -> list[Remedy]:
    seconds = _next_shorter(take.catalogue_model, take.seconds)
    return [Remedy("seconds", f"Make it {seconds} s")] if seconds else []


def _seed(take: Render) -> list[Remedy]:
    return [Remedy("seed", "Throw a new seed")]


def _frame(take: Render) -> list[Remedy]:
    model = take.catalogue_model
    if model.first_frame is Need.REFUSED or not any(kept["position"] == "first" for kept in take.frames):
        return []
    found = [Remedy("frame", "Choose another first frame", to="id_first_frame")]
    if model.first_frame is Need.ALLOWED:
        found.append(Remedy("frameless", "Leave the first frame out"))
    return found


def _models(take: Render) -> list[Remedy]:
    """The others of its kind, as far as what it was made from serves them."""
    has_frame = any(kept["position"] == "first" for kept in take.frames)
    others = [model for model in catalogue.MODELS if model.kind == take.kind and model.key != take.model]
    return [
        Remedy(f"model:{model.key}", f"Try {model.name}")
        for model in others
        if has_frame or model.first_frame is not Need.NEEDED
    ]


def _next_shorter(model: Model, seconds: int | None) -> int | None:
    shorter = [each for each in model.durations if seconds and each < seconds]
    return max(shorter, default=None)


# --- carrying one out ---------------------------------------------------------------------


def apply(take: Render, key: str, *, by) -> str:
    """Change the draft of the take's shot as the remedy says; what was changed, in words.

    Raises:
        LookupError: the take has no such remedy.
    """
    if take.state != Render.State.FAILED:
        raise LookupError(key)
    offered = {remedy.key: remedy for remedy in of(take).remedies}
    if key not in offered or offered[key].to:
        raise LookupError(key)
    name, _, of_what = key.partition(":")
    changes, sentence = _CHANGES[name](take, take.shot, of_what)
    actions.change_shot(take.shot, by=by, **changes)
    return sentence


_Changed = tuple[dict[str, Any], str]


def _change_figures(take: Render, shot: Shot, _of: str) -> _Changed:
    return {FIGURES: FEWER_FIGURES_REFUSED}, "Public figures: low, so that less is refused."


def _change_seconds(take: Render, shot: Shot, _of: str) -> _Changed:
    seconds = _next_shorter(shot.catalogue_model, take.seconds)
    if seconds is None:
        return {}, f"{shot.catalogue_model.name} makes nothing shorter."
    return {"seconds": seconds}, f"{seconds} s instead of {take.seconds}."


def _change_seed(take: Render, shot: Shot, _of: str) -> _Changed:
    return {"seed": None}, "A new seed each time."


def _change_frameless(take: Render, shot: Shot, _of: str) -> _Changed:
    return {"first_frame": None}, "The first frame is left out; it is still among the pictures."


def _change_model(take: Render, shot: Shot, key: str) -> _Changed:
    before = {**render_settings.of_row(shot), "takes": shot.takes}
    adapted, notes = forms.adapted(shot, before | {"model": key})
    return {name: value for name, value in adapted.items() if value != before[name]}, " ".join(
        [f"{catalogue.named(key).name} makes it next.", *notes.values()]
    )


def _change_prompt(take: Render, shot: Shot, _of: str) -> _Changed:
    limit = _limit_told(take)
    short = shortened(shot.prompt, limit)
    if short == shot.prompt.strip():
        return {}, f"The prompt is {utf16_length(short)} characters long: short enough already."
    cut = shot.prompt.strip()[len(short) :].strip()
    return {"prompt": short}, f"The prompt ends sooner. Taken off: “{_few(cut)}”"


_CHANGES: dict[str, Callable[[Render, Shot, str], _Changed]] = {
    "figures": _change_figures,
    "seconds": _change_seconds,
    "seed": _change_seed,
    "frameless": _change_frameless,
    "model": _change_model,
    "shorten": _change_prompt,
}


def _limit_told(take: Render) -> int:
    """How long the words may be: what the provider said, else a quarter less than it refused."""
    sent = utf16_length(take.prompt)
    told = [int(number) for number in _NUMBER.findall(take.failure)]
    fitting = [number for number in told if _SHORTEST <= number < sent]
    behind = sent - utf16_length(take.typed)  # the look takes its part
    limit = max(fitting, default=sent * 3 // 4)
    return max(_SHORTEST, limit - behind)


def shortened(prompt: str, limit: int) -> str:
    """The prompt up to its last sentence, else its last word, within so many UTF-16 units."""
    prompt = prompt.strip()
    if utf16_length(prompt) <= limit:
        return prompt
    short = prompt
    while utf16_length(short) > limit:
        short = short[: max(0, len(short) - max(1, (utf16_length(short) - limit) // 2))]
    sentence = max(short.rfind(mark) for mark in (". ", "! ", "? ", ".\n"))
    if sentence >= limit // 2:
        return short[: sentence + 1]
    return short[: short.rfind(" ")].rstrip(" ,;:") if " " in short else short


def _few(text: str, most: int = 90) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()} …"


# --- the words it named -------------------------------------------------------------------


def marked(prompt: str, said: str) -> list[tuple[str, bool]]:
    """The prompt in pieces, those marked that the provider named in what it said; none where it named nothing."""
    listed = [part for found in _LISTED.findall(said) for part in re.split(r",|\band\b|;", found)]
    named = {word.strip(" .\"“”'‘’`").lower() for word in [*_QUOTED.findall(said), *listed]}
    there = sorted((word for word in named if len(word) > 1), key=len, reverse=True)
    if not there:
        return []
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, there))})\b", re.IGNORECASE)
    if not pattern.search(prompt):
        return []
    return [(piece, place % 2 == 1) for place, piece in enumerate(pattern.split(prompt)) if piece]
