"""The socket of a screening room. It says who is there and where the playhead is, and asks the row for both."""

from __future__ import annotations

import json
import time
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from studio.planning.projects import access
from studio.review.room import actions
from studio.runtime.live import consumers

LONGEST = 2000  # characters of a message
ASK_EVERY = 1.0  # seconds between looks whether somebody who only listens may still do so


class RoomConsumer(AsyncWebsocketConsumer):
    project_id = 0
    tab: UUID | None = None
    asked_at = 0.0

    async def connect(self):
        slug = self.scope["url_route"]["kwargs"]["slug"]
        seat = await database_sync_to_async(consumers.admitted)(self.scope["user"], slug)
        if seat is None:
            await self.close(code=4404)
            return
        self.project_id, _, role = seat
        session = getattr(self.scope.get("session"), "session_key", None) or ""
        self.ticket = (self.project_id, self.scope["user"].pk, role, session)
        self.group = f"room.{self.project_id}"
        await self.accept()
        await self.channel_layer.group_add(self.group, self.channel_name)

    async def disconnect(self, code):
        if not self.project_id:
            return
        await self.channel_layer.group_discard(self.group, self.channel_name)
        if self.tab:
            await database_sync_to_async(actions.leave)(self.tab)
            await self.tell_all()

    async def receive(self, text_data=None, bytes_data=None):
        try:
            said = json.loads(text_data or "") if len(text_data or "") <= LONGEST else None
        except (ValueError, RecursionError):
            return
        if not isinstance(said, dict) or (self.tab is None and said.get("do") != "enter"):
            return
        if not await self.still_admitted():
            return
        act = {
            "enter": self.enter,
            "here": self.here,
            "move": self.move,
            "present": self.present,
            "hand": self.hand,
            "follow": self.follow,
        }.get(str(said.get("do")))
        if act and await act(said):
            await self.tell_all()

    async def still_admitted(self):
        """Whether this person may be here yet; if not, the socket is closed."""
        self.asked_at = time.monotonic()
        admitted = await database_sync_to_async(access.still_admitted)({self.ticket})
        if not admitted:
            await self.close(code=4404)
        return bool(admitted)

    # --- what a tab does; each returns whether the others hear of it ------------------------

    async def enter(self, said):
        tab = _uuid(said.get("tab"))
        if tab is None or not await database_sync_to_async(actions.enter)(
            self.project_id, self.scope["user"], tab
        ):
            await self.close(code=4409)
            return False
        self.tab = tab
        return True

    async def here(self, said):
        return await database_sync_to_async(actions.here)(self.project_id, self.tab)

    async def move(self, said):
        try:
            return await database_sync_to_async(actions.move)(self.project_id, self.tab, said.get("state"))
        except actions.Nonsense:
            return False

    async def present(self, said):
        await database_sync_to_async(actions.present)(self.project_id, self.tab, self.scope["user"])
        return True

    async def hand(self, said):
        to = _uuid(said.get("to"))
        if to is None and said.get("to") is not None:
            return False
        return await database_sync_to_async(actions.hand_over)(self.project_id, self.tab, to)

    async def follow(self, said):
        await database_sync_to_async(actions.follow)(self.tab, said.get("following"))
        return True

    # --- telling ----------------------------------------------------------------------------

    async def tell_all(self):
        picture = await database_sync_to_async(actions.picture)(self.project_id)
        await self.channel_layer.group_send(
            self.group, {"type": "room.told", "text": json.dumps(picture, separators=(",", ":"))}
        )

    async def room_told(self, message):
        if time.monotonic() - self.asked_at < ASK_EVERY or await self.still_admitted():
            await self.send(text_data=message["text"])


def _uuid(text):
    try:
        return UUID(text)
    except (ValueError, TypeError, AttributeError):
        return None
