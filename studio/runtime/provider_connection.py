"""Whom a command talks to: the provider, the sandbox of a server that runs, or a sandbox of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from studio.integrations import providers
from studio.integrations.providers import NoAnswer, Runware
from studio.integrations.sandbox import child
from studio.runtime.jobs import engine

_START_SECONDS = 15.0  # for the sandbox of a server that is just starting


class NoSandbox(RuntimeError):
    """A server runs, and its sandbox cannot be found."""


@contextmanager
def reached() -> Iterator[Runware]:
    """The client to check with.

    Raises:
        NoSandbox: try again when the server has started.
        studio.integrations.sandbox.child.DidNotStart: with its own words.
    """
    if not providers.sandboxed():
        yield providers.get(Runware.name)
        return
    own = engine.Engine()
    try:
        own.take_lock()  # no server may start a second sandbox in the same folder meanwhile
    except engine.AlreadyRunning:
        yield _beside_a_server()
        return
    begun = None
    try:
        begun = _started()
        yield providers.get(Runware.name)
    finally:
        if begun:
            begun.stop()
        own.stop()


def _started() -> child.Child:
    begun = child.start(
        directory=_folder(), wait=settings.SANDBOX_WAIT_SECONDS, workers=settings.SANDBOX_WORKERS
    )
    providers.use_sandbox(begun.url, begun.key)
    return begun


def _beside_a_server() -> Runware:
    """Its sandbox, as soon as it answers."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        try:
            key, port = ((_folder() / name).read_text().strip() for name in ("key", "port"))
            providers.use_sandbox(f"http://127.0.0.1:{port}/v1", key)
            client = providers.get(Runware.name)
            client.account()
            return client
        except (OSError, NoAnswer):
            time.sleep(0.2)
    raise NoSandbox(
        f"A Rushes runs on {settings.VAR_DIR}, but its sandbox does not answer. Try again in a moment."
    )


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "sandbox"
