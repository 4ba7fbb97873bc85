"""Answers that are sent while they are made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import cast

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse


class Stepwise(StreamingHttpResponse):
    """A streamed answer whose parts are made one after the other, in a thread, as they are sent: large parts.

    Under ASGI Django's own makes all parts of a synchronous stream first and holds them together.
    """

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = cast("Iterator[bytes]", self.streaming_content)
        following = sync_to_async(lambda: next(parts, None))
        while (part := await following()) is not None:
            yield part
