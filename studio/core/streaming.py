"""Answers that are sent while they are made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import cast

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

from studio.core import sql

PATIENT = "rushes.patient"  # in the scope of a request whose answer may stand still: a player that is paused


class Stepwise(StreamingHttpResponse):
    """A streamed answer whose parts are made one after the other, in a thread, as they are sent: large parts.

    Under ASGI Django's own makes all parts of a synchronous stream first and holds them together.
    A part may ask the database, but no question stays open from one part to the next: the connection is
    given back before a part goes out, since nobody knows how slow the line is.
    """

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = cast("Iterator[bytes]", self.streaming_content)

        def following() -> bytes | None:
            try:
                return next(parts, None)
            finally:
                sql.give_back_connection()

        while (part := await sync_to_async(following)()) is not None:
            yield part
