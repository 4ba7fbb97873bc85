"""Who is told about shots, in the transaction of what happened to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.people.accounts.models import User
from studio.planning.projects.models import Shot


class Reworded(NamedTuple):
    """A shot whose prompt is another now, and what it was ("" for a new shot)."""

    shot: Shot
    was: str


Copied = Callable[[Sequence[tuple[int, Shot]]], None]
_copied: list[Copied] = []


def on_copies(listener: Copied) -> None:
    """Have `listener(copies)` told, in that transaction, of shots that were copied: (key of the original, copy)."""
    _copied.append(listener)


def tell_of_copies(copies: Sequence[tuple[int, Shot]]) -> None:
    for listener in _copied:
        listener(copies)


Listener = Callable[[Sequence[Reworded], User | None, str], None]
_listeners: list[Listener] = []


def on_prompts(listener: Listener) -> None:
    """Have `listener(changes, by, via)` told, in that transaction, of every prompt that changes.

    `via` says how: "typed", "taken" (from a take) or "listed" (from a shot list).
    """
    _listeners.append(listener)


def tell_of_prompts(changes: Sequence[Reworded], *, by: User | None, via: str) -> None:
    if changes:
        for listener in _listeners:
            listener(changes, by, via)
