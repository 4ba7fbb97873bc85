"""Which shot a storyboard file belongs to, by its name alone. Never a guess: doubt is a problem."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from studio.planning.projects import codes as shot_codes
from studio.planning.projects.codes import Known

EXTENSIONS = frozenset({"jpg", "jpeg", "png", "webp", "avif", "heic", "heif"})
NO_PICTURE = "This is no picture we can read."
NO_CODE = "This name does not begin with a shot's code, as 010_kite.jpg does."

_HIDDEN = frozenset({"thumbs.db", "desktop.ini"})
_SEPARATOR = re.compile(r"[_ .-]")
_FOLDERS = re.compile(r"[/\\]")
_DIGITS = re.compile(r"([0-9]+)")
_NAMED = 4  # files that a problem names before it only counts them


@dataclass(frozen=True)
class Match:
    """A file and the shot it belongs to. With a problem it belongs to none until a person chooses."""

    name: str  # as it was given, folders and all
    code: str  # of the shot, or of the shot to make; empty when there is none to be read
    is_new: bool
    problem: str  # a sentence, or nothing


def match(names: Sequence[str], codes: Collection[str]) -> list[Match]:
    """Say for every file that is not hidden which shot it is a board of, in natural order of names.

    Args:
        codes: those the project has.
    """
    known = Known(codes)
    wanted = sorted((name for name in names if not is_hidden(name)), key=natural)
    return _without_rivals([_match(name, known) for name in wanted])


def is_hidden(name: str) -> bool:
    """Whether it is a file that a system left in the folder and nobody sees."""
    base = _base(name)
    return base.startswith(".") or base.casefold() in _HIDDEN


def natural(name: str) -> tuple[list[tuple[int, str]], str]:
    """A key that sorts "2.png" before "10.png"."""
    parts = _DIGITS.split(name.casefold())
    return [_weight(part) if place % 2 else (0, part) for place, part in enumerate(parts)], name


def _weight(digits: str) -> tuple[int, str]:
    """Order of whole numbers of any length, without making numbers of them."""
    digits = digits.lstrip("0")
    return len(digits), digits


def _base(name: str) -> str:
    return _FOLDERS.split(name)[-1]


def _match(name: str, known: Known) -> Match:
    stem, dot, extension = _base(name).rpartition(".")
    if not dot or extension.casefold() not in EXTENSIONS:
        return Match(name, "", False, NO_PICTURE)
    stem = stem.strip()
    token = _SEPARATOR.split(stem, maxsplit=1)[0]
    code = _longest_known(stem, known)
    if code:
        return Match(name, code, False, "")
    same_number = known.of_number(token)
    if len(same_number) > 1:
        return Match(name, "", False, f"This could be shot {_listed(same_number, 'or')}: name it exactly.")
    if same_number:
        return Match(name, same_number[0], False, "")
    if shot_codes.problem(token):
        return Match(name, "", False, NO_CODE)
    return Match(name, token, True, "")


def _longest_known(stem: str, known: Known) -> str | None:
    """The longest existing code that the stem begins with and that ends where a word ends."""
    ends = [found.start() for found in _SEPARATOR.finditer(stem, 0, known.longest + 1)]
    for end in [len(stem), *reversed(ends)]:
        code = known.exactly(stem[:end])
        if code:
            return code
    return None


def _without_rivals(matches: list[Match]) -> list[Match]:
    """Mark all files that claim one shot, or one new code: a person keeps one of them."""
    claims: dict[tuple[bool, str], list[Match]] = defaultdict(list)
    for found in matches:
        if not found.problem:
            claims[_claim(found)].append(found)
    quarrels = {claim: _quarrel(rivals) for claim, rivals in claims.items() if len(rivals) > 1}
    return [
        found if found.problem else replace(found, problem=quarrels.get(_claim(found), ""))
        for found in matches
    ]


def _claim(found: Match) -> tuple[bool, str]:
    """What two files cannot both have. New shots 10 and 010 would be one number twice."""
    number = shot_codes.number(found.code) if found.is_new else ""
    return found.is_new, number or found.code.casefold()


def _quarrel(rivals: list[Match]) -> str:
    names = [_base(rival.name) for rival in rivals]
    if len(set(names)) < len(names):  # of several folders
        names = [rival.name for rival in rivals]
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} more"]
    every = "both" if len(rivals) == 2 else "all"
    return f"{_listed(names, 'and')} {every} claim shot {rivals[0].code}: keep one."


def _listed(words: list[str], joint: str) -> str:
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"
