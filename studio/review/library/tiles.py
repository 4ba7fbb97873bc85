"""The takes of a page as its tiles show them: little is read of each, and its card is the one all pages share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.safestring import mark_safe

from studio.generation.board import board
from studio.generation.renders import live_fragments, take_controls
from studio.planning.projects.models import Membership, Shot
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


def draw(seat: Membership, takes: Iterable[Found]) -> list[Tile]:
    """A tile for each of these, in their order, as whoever sits here sees it. Two queries at most, however many."""
    takes = list(takes)
    shots = Shot.objects.in_bulk({take.shot for take in takes})
    rows: dict[int, board.Row] = {}
    for take in takes:
        shots[take.shot].project = seat.project
        row = rows.setdefault(take.shot, board.Row(shots[take.shot]))
        row.takes.append(board.Tile(take.code, take.revision))
    cards = live_fragments.cards(rows.values(), seat.audience)
    return [
        Tile(take.code, take.aspect, shots[take.shot], take.label, _card(cards[take.code], seat))
        for take in takes
        if take.code in cards
    ]


def _card(html: str, seat: Membership) -> str:
    return mark_safe(take_controls.put_into(html, seat))  # noqa: S308 - our own template's output
