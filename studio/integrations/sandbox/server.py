"""Runs the sandbox under uvicorn, says when it is ready, and ends when it is no longer wanted."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from studio.integrations.sandbox.app import Config, Sandbox
from studio.integrations.sandbox.files import Scope

_LAST_SECONDS = 2.0  # after which an unwanted sandbox ends without manners
_LARGEST_MESSAGE = 64 * 1024 * 1024  # three pictures as data URIs fit
_open: dict[tuple[str, int] | None, asyncio.Transport] = {}  # by the client's address


def run(config: Config, *, host: str, port: int, until_eof: bool, say: Callable[[str], None]) -> None:
    """Serve until a signal, or with `until_eof` until stdin ends.

    `say` is told the ready line, once connections are accepted.

    Raises:
        OSError: the port is taken.
    """
    listener = _listener(host, port)
    base = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
    app = Sandbox(replace(config, base=base), cut=_cut)
    server = _Server(
        uvicorn.Config(
            app,
            http=_Protocol,
            ws=_Websocket,
            ws_max_size=_LARGEST_MESSAGE,
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=75,  # longer than any client keeps a connection it may yet use
            timeout_graceful_shutdown=1,
        )
    )
    server.ready = lambda: say(f"sandbox ready {base}/v1")
    if until_eof:
        threading.Thread(target=_end_at_eof, args=(server,), daemon=True).start()
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


class _Server(uvicorn.Server):
    ready: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.ready()


class _Protocol(HttpToolsProtocol):
    """Remembers each connection, so that a fault can close it in the middle of things."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _open.pop(self.client, None)
        super().connection_lost(exc)


class _Websocket(WebSocketsSansIOProtocol):
    """Takes over a connection of `_Protocol`, and forgets it when it ends."""

    def connection_lost(self, exc: Exception | None) -> None:
        _open.pop(self.client, None)
        super().connection_lost(exc)


def _cut(scope: Scope) -> None:
    """Close the connection after what has been written; nothing more will be."""
    client = scope.get("client")
    transport = _open.get(tuple(client) if client else None)
    if transport is not None:
        transport.close()


def _listener(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def _end_at_eof(server: uvicorn.Server) -> None:
    """Leave with whoever holds the other end of our stdin, even if they were killed."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    server.should_exit = True
    time.sleep(_LAST_SECONDS)
    os._exit(0)
