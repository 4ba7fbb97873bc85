"""What a socket or a poll is sent: `{from, seq, html, …}`, drawn by whoever registered the noun."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from studio.core import sql
from studio.runtime.live import numbers

MOST = 500  # events in one frame; one who missed more loads the page again


@dataclass(frozen=True)
class News:
    """What a renderer needs of an event."""

    seq: int
    kind: str
    subject: str
    payload: dict[str, Any]

    @property
    def noun(self) -> str:
        return self.kind.split(".", 1)[0]


Draw = Callable[[str], str]
Renderer = Callable[[int, Sequence[News]], Draw]


@dataclass(frozen=True)
class Frame:
    """News of one project up to number `last`: one text per audience."""

    last: int
    texts: dict[str, str]
    rights: bool = False  # somebody may have lost the right to hear this


_OF_RIGHTS = {"member", "project"}
_renderers: dict[str, list[Renderer]] = {}


def register(noun: str, renderer: Renderer) -> None:
    """Say how events of `noun.happened` are drawn.

    The renderer gets the project's id and the events of that noun in order, reads what it needs,
    and returns a function that draws it for an audience: elements with ids, each in its current
    state. Several may draw the same noun, each what it knows of it.
    """
    _renderers.setdefault(noun, []).append(renderer)


def draw(project_id: int, since: int, audiences: Collection[str]) -> Frame:
    """Everything after number `since`, once per audience. A number that is yet to come is nobody's.

    Several events of one thing are drawn once, as it is now; rows are read once for all audiences.
    """
    happened = _since(project_id, since)
    more, happened = len(happened) > MOST, happened[:MOST]
    last = happened[-1].seq if happened else since
    if not happened and (true_last := numbers.last_of([project_id]).get(project_id, 0)) < since:
        # a page of before a backup was brought back, or somebody's invention
        text = json.dumps({"from": true_last + 1, "seq": true_last, "reload": True, "ahead": True})
        return Frame(true_last, dict.fromkeys(audiences, text))
    if more or any(event.payload.get("reload") for event in happened):
        last = numbers.last_of([project_id]).get(project_id, last)
        text = json.dumps({"from": since + 1, "seq": last, "reload": True})
        return Frame(last, dict.fromkeys(audiences, text), rights=True)
    by_noun: dict[str, list[News]] = defaultdict(list)
    for event in happened:
        by_noun[event.noun].append(event)
    ready = [e.subject for e in happened if e.kind == "render.moved" and e.payload.get("state") == "ready"]
    ended = sum(
        e.kind == "render.moved" and e.payload.get("state") in ("ready", "kept", "failed") for e in happened
    )
    pens = [
        renderer(project_id, events)
        for noun, events in by_noun.items()
        for renderer in _renderers.get(noun, ())
    ]
    texts = {}
    for audience in audiences:
        html = "".join(draw(audience) for draw in pens)
        texts[audience] = json.dumps(
            {"from": since + 1, "seq": last, "html": html, "ready": ready, "ended": ended}
        )
    return Frame(last, texts, rights=any(event.noun in _OF_RIGHTS for event in happened))


def _since(project_id: int, number: int) -> list[News]:
    found = sql.rows(
        "SELECT seq, kind, subject, payload FROM live_event"
        " WHERE project_id = %s AND seq > %s ORDER BY seq LIMIT %s",
        [project_id, number, MOST + 1],
    )
    return [News(seq, kind, subject, json.loads(payload)) for seq, kind, subject, payload in found]
