"""What stands before every socket: from which page it is opened, how many a person has, how much they say."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

MOST_SOCKETS = 120  # of one person in this process: two for each of sixty tabs
BURST = 1200  # messages of a person at once; a page that moves a playhead sends some ten in a second
PER_SECOND = 20  # and how many more with each second
_OPENING = 5  # messages that the opening of a socket counts as: it is asked for what was missed
TOO_MUCH = 4429  # the code with which such a socket is closed
_PORTS = {"http": 80, "https": 443}


class SameOrigin:
    """Lets in the sockets that our own pages open: of this host and this port, or of `PUBLIC_URL`.

    A page of another program on this machine has another port. Cookies do not tell the two apart.
    """

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        if is_ours(origin, headers.get(b"host", b"").decode("latin-1")):
            await self._inner(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 4403})


def is_ours(origin: str, host: str) -> bool:
    """Whether a page of this origin may open a socket where this host was asked."""
    page = _parts(origin)
    if page is None:
        return False
    if settings.PUBLIC_URL and page == _parts(settings.PUBLIC_URL):
        return True
    scheme, _, _ = page
    if settings.SECURE and scheme != "https":
        return False  # of this host, but by plain HTTP: another program's page, or somebody's on the way
    name, _ = split_domain_port(host)
    return page == _parts(f"{scheme}://{host}") and validate_host(name, settings.ALLOWED_HOSTS)


def _parts(address: str) -> tuple[str, str, int] | None:
    try:
        split = urlsplit(address)
        usual = _PORTS[split.scheme]
        port = split.port or usual
    except (ValueError, KeyError):
        return None
    return (split.scheme, split.hostname, port) if split.hostname else None


@dataclass
class _Allowance:
    left: float
    at: float

    def take(self, messages: int) -> bool:
        now = time.monotonic()
        self.left = min(BURST, self.left + (now - self.at) * PER_SECOND)
        self.at = now
        if self.left < messages:
            return False  # a refusal costs nothing: pages that try again would keep each other out
        self.left -= messages
        return True


class Moderate:
    """Closes the sockets of somebody who opens very many, or says very much: a script that has run away."""

    _open: Counter[int] = Counter()
    _allowances: dict[int, _Allowance] = {}  # by person; there are as many as people who are let in

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        person = scope["user"].pk
        if person is None:
            await self._inner(scope, receive, send)
            return
        if self._open[person] >= MOST_SOCKETS or not self._may_say(person, _OPENING):
            await send({"type": "websocket.close", "code": TOO_MUCH})
            return

        async def moderated() -> Any:
            message = await receive()
            if message["type"] == "websocket.receive" and not self._may_say(person, 1):
                await send({"type": "websocket.close", "code": TOO_MUCH})
                return {"type": "websocket.disconnect", "code": TOO_MUCH}
            return message

        self._open[person] += 1
        try:
            await self._inner(scope, moderated, send)
        finally:
            self._open[person] -= 1

    def _may_say(self, person: int, messages: int) -> bool:
        allowance = self._allowances.get(person)
        if allowance is None:
            allowance = self._allowances[person] = _Allowance(BURST, time.monotonic())
        return allowance.take(messages)
