"""Variables in a prompt: `{dawn|dusk}` stands for each of its choices, so one prompt is a grid of many.

`\\{`, `\\}` and `\\|` are the marks themselves. A brace that is neither one of those nor part of a variable is
stray: nobody knows whether it is a variable with a slip in it, so it is asked about before it is sold as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from math import prod
from typing import NamedTuple

from studio.integrations.catalogue import utf16_length

MOST = 50  # prompts of one expansion

_ESCAPED = r"\\[{}|]"
_PLAIN = r"[^{}|\\]|\\(?![{}|])"  # a backslash before anything else is a backslash
# what has been read in one go: an escaped mark, or a variable with what stands in it
_TOKEN = re.compile(rf"{_ESCAPED}|\{{((?:{_ESCAPED}|{_PLAIN})*\|(?:{_ESCAPED}|{_PLAIN}|\|)*)\}}")
_BAR = re.compile(r"(?<!\\)\|")
_AROUND = 24  # characters of a stray brace's surroundings that a sentence repeats


class TooMany(ValueError):
    """It would be more prompts than one plan holds; the sentence says how many."""


class Line(NamedTuple):
    """One of the prompts: which choice of each variable it takes, and its text, escapes and all."""

    choices: tuple[str, ...]
    text: str


def axes(prompt: str) -> list[tuple[str, ...]]:
    """The choices of each variable as they are typed, in their order; one that is written twice counts once."""
    return [
        tuple(dict.fromkeys(choice.strip() for choice in _BAR.split(found[1])))
        for found in _TOKEN.finditer(prompt)
        if found[1] is not None
    ]


def count(prompt: str) -> int:
    """How many prompts it stands for: 1 without variables."""
    return prod(len(axis) for axis in axes(prompt))


def expand(prompt: str) -> list[Line]:
    """Every prompt it stands for, the last variable running fastest.

    Raises:
        TooMany: more than `MOST`.
    """
    check_number(prompt)
    return [
        Line(tuple(map(unescaped, choices)), _filled(prompt, choices)) for choices in product(*axes(prompt))
    ]


def longest(prompt: str, length: Callable[[str], int] = utf16_length) -> str:
    """The longest of its prompts: legal in length if all of them are; not computed one by one.

    Args:
        length: of a choice, as it is sent.
    """
    choices = tuple(max(axis, key=length) for axis in axes(prompt))
    return _filled(prompt, choices) if choices else prompt


def check_number(prompt: str) -> int:
    """How many prompts it stands for.

    Raises:
        TooMany: more than `MOST`.
    """
    number = count(prompt)
    if number > MOST:
        raise TooMany(
            f"These variables make {number:,} prompts; one plan holds {MOST}. Take some choices out."
        )
    return number


# --- braces that are words; prompt-words.js does the same -------------------------------------


def unescaped(text: str) -> str:
    """A text as it is sent: escaped marks are the marks."""
    return re.sub(r"\\([{}|])", r"\1", text)


def stray(prompt: str) -> str:
    """The first brace that is no part of a variable and not escaped, with what follows it; "" where there is none."""
    place = next(_strays(prompt), None)
    if place is None:
        return ""
    rest = prompt[place:]
    closed = rest.find("}") + 1 or len(rest)
    piece = rest[:closed] if prompt[place] == "{" else prompt[max(0, place + 1 - _AROUND) : place + 1]
    return piece if len(piece) <= _AROUND else f"{piece[:_AROUND]}…"


def escaped(prompt: str) -> str:
    """The prompt with its stray braces as words; its variables stay."""
    places = set(_strays(prompt))
    return "".join(f"\\{mark}" if place in places else mark for place, mark in enumerate(prompt))


def words_in(prompt: str) -> str:
    """All words of a prompt, of its variables every choice."""
    text = _TOKEN.sub(lambda found: found[0] if found[1] is None else " ".join(_BAR.split(found[1])), prompt)
    return unescaped(text)


def _strays(prompt: str) -> Iterator[int]:
    read = {place for found in _TOKEN.finditer(prompt) for place in range(*found.span())}
    return (place for place, mark in enumerate(prompt) if mark in "{}" and place not in read)


def _filled(prompt: str, choices: tuple[str, ...]) -> str:
    rest = iter(choices)
    text = _TOKEN.sub(lambda found: found[0] if found[1] is None else next(rest), prompt)
    return re.sub(r"[ \t]{2,}", " ", text).strip()  # an empty choice leaves no hole
