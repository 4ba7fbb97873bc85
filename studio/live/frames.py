"""What a socket or a poll is sent: `{from, seq, html, …}`, drawn by whoever registered the noun."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.apps import apps

from studio.live.models import Event

Renderer = Callable[[int, Sequence[Event], str], str]

MOST = 500  # events in one frame; one who missed more loads the page again

_renderers: dict[str, Renderer] = {}


@dataclass(frozen=True)
class Frame:
    """News of one project up to number `last`: one text per audience."""

    last: int
    texts: dict[str, str]
    more: bool = False


def register(noun: str, renderer: Renderer) -> None:
    """Say how events of `noun.happened` are drawn.

    The renderer gets the project's id, the events of that noun in order, and the audience; it
    returns elements with ids, each in its current state.
    """
    _renderers[noun] = renderer


def last_numbers(project_ids: Collection[int]) -> dict[int, int]:
    """The number of the last event of each of these projects."""
    projects = apps.get_model("projects", "Project").objects.filter(pk__in=project_ids)
    return dict(projects.values_list("pk", "last_event"))


def draw(project_id: int, since: int, audiences: Collection[str]) -> Frame:
    """Everything after number `since`, once per audience.

    Several events of one thing are drawn once, as it is now.
    """
    happened = list(Event.objects.filter(project_id=project_id, seq__gt=since).order_by("seq")[: MOST + 1])
    more, happened = len(happened) > MOST, happened[:MOST]
    last = happened[-1].seq if happened else since
    if more:
        last = last_numbers([project_id]).get(project_id, last)
        text = json.dumps({"from": since + 1, "seq": last, "reload": True})
        return Frame(last, dict.fromkeys(audiences, text))
    by_noun: dict[str, list[Event]] = defaultdict(list)
    for event in happened:
        by_noun[event.noun].append(event)
    ready = [e.subject for e in happened if e.kind == "render.moved" and e.payload.get("state") == "ready"]
    texts = {}
    for audience in audiences:
        html = "".join(
            _renderers[noun](project_id, events, audience)
            for noun, events in by_noun.items()
            if noun in _renderers
        )
        texts[audience] = json.dumps({"from": since + 1, "seq": last, "html": html, "ready": ready})
    return Frame(last, texts)
