"""How much may be sent to us: by what is asked for and who asks, counted as it comes, whatever it announces."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import Http404
from django.urls import resolve

from studio.core import sql

FOR_EVERYBODY = 64 * 1024  # bytes: a name, a password
FOR_GUESTS = 1024 * 1024  # of somebody whom we let in under a name: a note with a drawing
FOR_WORDS = 2 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # of somebody who is signed in; Django looks closer
FOR_FILES = 2 * settings.UPLOAD_LIMIT_BYTES  # beyond it not even a sentence is worth reading it
LONGEST_ADDRESS = 16 * 1024
IDLE_SECONDS = 30.0  # in which the next part of a body has to come
_SLOW_AFTER = 60.0  # seconds after which it has to come at some speed
_SLOWEST = 1024  # bytes per second, slower than any telephone
_LINGER = 3.0  # seconds of going on to read, so that a browser hears why instead of a line that breaks

_taking_files: set[str] = set()
_open_doors: set[str] = set()


class _Refused(Exception):
    """A body that is not read to its end.

    Args:
        status: what to answer with.
        words: why, for whoever sent it.
    """

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


def register_files(*namespaces: str) -> None:
    """Say to which addresses files are sent: those of these URL namespaces. To others only words are."""
    _taking_files.update(namespaces)


def register_doors(*names: str) -> None:
    """Say which addresses are for people whom we do not know yet: elsewhere they are told that they are signed out."""
    _open_doors.update(names)


async def guard(door: Any, scope: Any, receive: Any, send: Any) -> None:
    """Call an ASGI application with a body that has an end."""
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
        await _answer(send, 414, "This address is too long.")
        return
    body = _Body(scope, receive)
    answer = _Answer(send)
    try:
        body.begin()
        await door(scope, body.receive, answer.send)
    except _Refused as refused:
        if answer.has_begun:
            raise
        await answer.refuse(refused, body)


class _Body:
    def __init__(self, scope: Any, receive: Any) -> None:
        self._scope = scope
        self._receive = receive
        self._began = time.monotonic()
        self._size = 0
        self._most = FOR_EVERYBODY
        self._is_known = False  # who asks, which is looked up for those alone who send much
        self._has_ended = False

    def begin(self) -> None:
        """Refuse at once what is too large by its own word."""
        self._announced = dict(self._scope["headers"]).get(b"content-length", b"0")
        if not self._announced.isdigit() or len(self._announced) > 12 or int(self._announced) > FOR_FILES:
            raise _too_large(FOR_FILES)

    async def receive(self) -> Any:
        if self._has_ended:  # what comes now is that they have gone, whenever that is
            return await self._receive()
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                message = await self._receive()
        except TimeoutError:
            raise _Refused(408, "The rest of this did not come. Send it again.") from None
        if message["type"] != "http.request":
            self._has_ended = True
            return message
        self._has_ended = not message.get("more_body")
        self._size += len(message.get("body", b""))
        await self._check()
        return message

    async def _check(self) -> None:
        if self._size > self._most or int(self._announced) > self._most:
            if not self._is_known:
                self._most, self._is_known = await sync_to_async(_allowed)(self._scope), True
            if max(self._size, int(self._announced)) > self._most:
                raise _too_large(self._most)
        taken = time.monotonic() - self._began
        if not self._has_ended and taken > _SLOW_AFTER and self._size < _SLOWEST * taken:
            raise _Refused(408, "This came too slowly to wait for. Send it again on a faster line.")

    async def linger(self) -> None:
        """Read on for a moment, and keep nothing of it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER):
                while not self._has_ended and self._size < FOR_FILES:
                    message = await self._receive()
                    self._size += len(message.get("body", b""))
                    self._has_ended = not message.get("more_body")
                    await asyncio.sleep(0)  # where nothing is waited for, time does not pass


class _Answer:
    def __init__(self, send: Any) -> None:
        self._send = send
        self.has_begun = False

    async def send(self, message: Any) -> None:
        self.has_begun = True
        await self._send(message)

    async def refuse(self, refused: _Refused, body: _Body) -> None:
        await _answer(self._send, refused.status, refused.words, before_the_end=body.linger)


async def _answer(send: Any, status: int, words: str, *, before_the_end: Any = None) -> None:
    text = words.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text, "more_body": True})
    if before_the_end:
        await before_the_end()
    await send({"type": "http.response.body"})


def _too_large(most: int) -> _Refused:
    size = f"{most // 1024**2} MB" if most >= 1024**2 else f"{most // 1024} KB"
    return _Refused(413, f"This is larger than {size}, the most that can be sent here.")


def _allowed(scope: Any) -> int:
    """How many bytes this person may send there.

    Raises:
        _Refused: they were signed in once, as it seems: what they send was taken then.
    """
    try:
        found = resolve(scope["path"])
    except Http404:
        return FOR_EVERYBODY
    try:
        session = _session(scope)
        if SESSION_KEY in session:
            return FOR_FILES if found.namespace in _taking_files else FOR_WORDS
        if len(session.keys()):
            return FOR_GUESTS
    finally:
        sql.give_back_connection()
    if found.view_name not in _open_doors:
        raise _Refused(401, "You are signed out. Sign in, then send this again.")
    return FOR_EVERYBODY


def _session(scope: Any) -> Any:
    """What we know of whoever sends this; an empty session for nothing."""
    sent = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    try:
        cookie = SimpleCookie(sent).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        cookie = None
    return import_module(settings.SESSION_ENGINE).SessionStore(cookie.value if cookie else None)
