"""Lists that go on by key: reading where from, and whether there is more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

_LONGEST = 18  # digits: what every database's keys hold


def number(text: str) -> int | None:
    """A whole number as an address or a form holds one; None for nothing, and for nonsense."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST else None


def numbers(texts: Iterable[str]) -> list[int]:
    """Those of these that are numbers."""
    return [found for found in map(number, texts) if found is not None]


def page(rows: Any, size: int) -> tuple[Sequence[Any], bool]:
    """The first so many of a queryset, and whether there are more."""
    found = list(rows[: size + 1])
    return found[:size], len(found) > size
