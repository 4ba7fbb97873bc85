"""The takes of a page as its tiles show them: little is read of each, and its card is the one all pages share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.safestring import mark_safe

from studio.generation.board import board
from studio.generation.renders import live_fragments
from studio.planning.projects.models import Project, Shot
from studio.review.library.found import Found


@dataclass(frozen=True)
class Tile:
    """A take on the page."""

    code: UUID
    aspect: str
    shot: Shot
    label: str
    card: str

    def __str__(self) -> str:
        return f"{self.shot.code} {self.label}"


def draw(project: Project, takes: Iterable[Found], audience: str) -> list[Tile]:
    """A tile for each of these, in their order. Two queries at most, however many."""
    takes = list(takes)
    shots = Shot.objects.in_bulk({take.shot for take in takes})
    rows: dict[int, board.Row] = {}
    for take in takes:
        shots[take.shot].project = project
        row = rows.setdefault(take.shot, board.Row(shots[take.shot]))
        row.takes.append(board.Tile(take.code, take.revision))
    cards = live_fragments.cards(rows.values(), audience)
    return [
        Tile(take.code, take.aspect, shots[take.shot], take.label, mark_safe(cards[take.code]))  # noqa: S308 - our own template's output
        for take in takes
        if take.code in cards
    ]
