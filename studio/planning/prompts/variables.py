"""Variables in a prompt: `{dawn|dusk}` stands for each of its choices, so one prompt is a grid of many."""

from __future__ import annotations

import re
from itertools import product
from math import prod
from typing import NamedTuple

from studio.integrations.catalogue import utf16_length

MOST = 50  # prompts of one expansion

_VARIABLE = re.compile(r"\{([^{}|]*\|[^{}]*)\}")


class TooMany(ValueError):
    """It would be more prompts than one plan holds; the sentence says how many."""


class Line(NamedTuple):
    """One of the prompts: which choice of each variable it takes, and its text."""

    choices: tuple[str, ...]
    text: str


def axes(prompt: str) -> list[tuple[str, ...]]:
    """The choices of each variable, in their order; a choice that is written twice counts once.

    Braces without a bar are words like any other.
    """
    return [
        tuple(dict.fromkeys(choice.strip() for choice in found.split("|")))
        for found in _VARIABLE.findall(prompt)
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
    return [Line(choices, _filled(prompt, choices)) for choices in product(*axes(prompt))]


def longest(prompt: str) -> str:
    """The longest of its prompts: legal in length if all of them are; not computed one by one."""
    choices = tuple(max(axis, key=utf16_length) for axis in axes(prompt))
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


def _filled(prompt: str, choices: tuple[str, ...]) -> str:
    rest = iter(choices)
    text = _VARIABLE.sub(lambda _: next(rest), prompt)
    return re.sub(r"[ \t]{2,}", " ", text).strip()  # an empty choice leaves no hole
