"""The fast door of callbacks: plain ASGI in front of Django, and one thread that writes them down.

A callback needs no session, no cookie and no page. What has gathered while the last commit was on
its way to the disk is written in one transaction, and each caller is answered after it.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from studio.core import client_addresses, sql
from studio.generation.renders import tokens, webhooks

logger = logging.getLogger(__name__)

PREFIX = "/hooks/runware/"
MOST = 64  # callbacks in one transaction
_PLAIN = [(b"content-type", b"text/plain"), (b"content-length", b"0")]

Answer = Callable[[int], None]


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer a callback as `webhooks.runware_hook` does."""
    status = await _status(scope, receive)
    headers = (
        [] if status == 204 else [*_PLAIN, (b"connection", b"close")]
    )  # what was not read is not waited for
    if status == 405:
        headers.append((b"allow", b"POST"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body"})


async def _status(scope: Any, receive: Any) -> int:
    if scope["method"] != "POST":
        return 405
    code = tokens.render_code(scope["path"].removeprefix(PREFIX))
    if code is None:
        return await asyncio.to_thread(webhooks.wrong_token, client_addresses.client_of(scope))
    body = await _body(receive)
    if body is None:
        return 413
    return await _writer.write(code, body)


async def _body(receive: Any) -> bytes | None:
    """The body, or None as soon as it is too large."""
    body = b""
    while len(body) <= webhooks.BODY_LIMIT:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None  # half a callback is none
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body if len(body) <= webhooks.BODY_LIMIT else None
    return None


class Writer:
    """A thread with a database connection of its own, started when the first callback comes."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[tuple[UUID, bytes, Answer]] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    async def write(self, code: UUID, body: bytes) -> int:
        """Have a callback written down; the status to answer with, once it is durable."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[int] = loop.create_future()

        def answer(status: int) -> None:
            loop.call_soon_threadsafe(_settle, answered, status)

        self._waiting.put((code, body, answer))
        self._start()
        return await answered

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="callbacks", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            calls = [self._waiting.get()]
            # PostgreSQL commits in groups by itself, and there two groups could lock each other out
            most = 1 if connection.features.has_select_for_update else MOST
            while len(calls) < most and not self._waiting.empty():
                calls.append(self._waiting.get())
            try:
                statuses = _written(calls)
            except Exception:  # this thread is the only one: it must not end
                logger.exception("Callbacks could not be written down")
                statuses = [503] * len(calls)
            for (_, _, answer), status in zip(calls, statuses, strict=True):
                answer(status)


def _written(calls: list[tuple[UUID, bytes, Answer]]) -> list[int]:
    """Write all of them at once; where one cannot be written, each by itself."""
    sql.keep_connection()
    try:
        with transaction.atomic():
            return [webhooks.take_in(code, body) for code, body, _ in calls]
    except Exception:
        if len(calls) == 1:
            logger.exception("A callback for render %s could not be written down", calls[0][0])
            return [503]  # they call again, and the sweep asks
        return [_written([call])[0] for call in calls]


def _settle(answered: asyncio.Future[int], status: int) -> None:
    if not answered.done():  # the caller may have gone
        answered.set_result(status)


_writer = Writer()
