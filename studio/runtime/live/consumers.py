"""The socket of an open page: admits, replays what was missed, and passes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from studio.runtime.live import hub

Admission = tuple[int, str, str]  # project, audience, role
Door = Callable[[Any, str], Admission | None]
LONGEST_FIELD = 60  # characters that name what somebody writes in, as "shot-12:prompt"
Ticket = tuple[int, int, str, str]  # project, person, role, session
Census = Callable[[Collection[Ticket]], set[Ticket]]
_doors: list[Door] = []


def register_door(door: Door, census: Census) -> None:
    """Say who is admitted: `door(user, slug)` gives the project's id, an audience and a role, or None.

    `census(tickets)` says which of those let in would be let in again: still a member, in the same
    role, still signed in. The hub asks every second.
    """
    _doors[:] = [door]
    hub.register_census(census)


def admitted(user: Any, slug: str) -> Admission | None:
    """Where this person may listen: the project's id, their audience and role; None for strangers."""
    return _doors[0](user, slug) if _doors else None


class ProjectConsumer(AsyncWebsocketConsumer):
    project_id: int
    audience: str
    ticket: Ticket
    place: str = ""
    writing: str = ""

    async def connect(self):
        slug = self.scope["url_route"]["kwargs"]["slug"]
        seat = await database_sync_to_async(admitted)(self.scope["user"], slug)
        if seat is None:
            await self.close(code=4404)
            return
        self.project_id, self.audience, role = seat
        session = getattr(self.scope.get("session"), "session_key", None) or ""
        self.ticket = (self.project_id, self.scope["user"].pk, role, session)
        await self.accept()
        asked = parse_qs(self.scope["query_string"].decode("latin-1"))
        self.place = asked.get("at", [""])[0][:20]
        hub.current().join(self, since=_number(asked.get("since", ["0"])[0]))

    async def receive(self, text_data=None, bytes_data=None):
        """A page that saw a gap asks for everything since its last number; one that moves on says where it is, one
        that is written on what its person writes."""
        try:
            said = dict(json.loads(text_data or ""))
        except (ValueError, TypeError, RecursionError):
            return
        if "since" in said:
            hub.current().join(self, since=_number(said["since"]))
        elif isinstance(said.get("at"), str):
            self.place = said["at"][:20]
            hub.current().stir(self)
        elif isinstance(said.get("writing"), str):
            self.writing = said["writing"][:LONGEST_FIELD]
            hub.current().stir(self)

    async def disconnect(self, code):
        if hasattr(self, "project_id"):
            hub.current().leave(self)

    async def deliver(self, frame):
        await self.scope.get("write", self.base_send)({"type": "websocket.send", "text": frame})

    async def drop(self, code=4408):
        await self.close(code=code)


def _number(value: Any) -> int:
    try:
        return min(max(0, int(value)), 2**62)
    except (ValueError, TypeError, OverflowError):
        return 0
