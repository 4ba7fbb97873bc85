"""The takes a person has chosen in the library: by their ticks, or all that a search finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from studio.core import paging
from studio.generation.renders.models import Render
from studio.planning.projects.models import Membership
from studio.review.library import found, search
from studio.review.library.search import Search

MOST = 500  # takes at once


class Unfit(ValueError):
    """It cannot be done with these takes; the message says why. Nothing was done."""


@dataclass(frozen=True)
class Selection:
    """What a form of the library has sent: the search it was under, and what was chosen there."""

    search: Search
    before: str  # the page it was on
    codes: tuple[UUID, ...]
    all: bool  # not these, but all that the search finds
    newest: int | None  # the last take there was when the page was drawn: what came later is not meant


def read(seat: Membership, sent: QueryDict) -> Selection:
    under = QueryDict(sent.get("search", "")[:20_000])
    return Selection(
        search=search.read(under, money=seat.sees_money),
        before=under.get("before", ""),
        codes=tuple(codes(sent.getlist("take")[: MOST + 1])),
        all=sent.get("all") == "1",
        newest=paging.number(sent.get("newest", "")),
    )


def codes(texts: Iterable[str]) -> list[UUID]:
    """Those of these that are codes, each once."""
    read = []
    for text in texts:
        try:
            read.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(read))


def takes(seat: Membership, selection: Selection) -> list[Render]:
    """The chosen takes with their shots, in the order of the shot list.

    Raises:
        Unfit: none, or more than MOST.
    """
    chosen = found.library(seat.project)
    if selection.all:
        chosen = found.matching(chosen, selection.search)
        if selection.newest is not None:
            chosen = chosen.filter(pk__lte=selection.newest)
    else:
        chosen = chosen.filter(code__in=selection.codes)
    chosen = chosen.select_related("shot").order_by("shot__position", "shot__pk", "kind", "number")
    rows, more = paging.page(chosen, MOST)
    if more or len(selection.codes) > MOST:
        raise Unfit(f"That is more than {MOST} takes: {MOST} at most go at once. Narrow the search.")
    if not rows:
        raise Unfit("Choose at least one take.")
    for take in rows:
        take.project = take.shot.project = seat.project
    return list(rows)


def watchable(chosen: list[Render]) -> None:
    """Check that each of them can be looked at.

    Raises:
        Unfit: some cannot.
    """
    not_ready = [take for take in chosen if take.state != Render.State.READY]
    if not_ready:
        raise Unfit(f"{listed(not_ready)} {'is' if len(not_ready) == 1 else 'are'} not ready.")
    veiled = [take for take in chosen if take.veiled]
    if veiled:
        raise Unfit(f"{listed(veiled)} {'is' if len(veiled) == 1 else 'are'} flagged: open and decide first.")


def listed(chosen: list[Render]) -> str:
    """Some takes by name: "010 take 1, 010 take 2 and 12 more"."""
    names = ", ".join(str(take) for take in chosen[:3])
    return f"{names} and {len(chosen) - 3} more" if len(chosen) > 3 else names
