"""Outside services that make takes; one client of each per process."""

from __future__ import annotations

from threading import Lock
from urllib.parse import urlsplit

from django.conf import settings

from studio.integrations.providers.base import NoAnswer
from studio.integrations.providers.fetching import Gone, NotListed, Unfetched
from studio.integrations.providers.runware import Runware

__all__ = [
    "Gone",
    "NoAnswer",
    "NotConfigured",
    "NotListed",
    "Runware",
    "Unfetched",
    "forget",
    "get",
    "sandboxed",
    "use",
    "use_sandbox",
]

_clients: dict[str, Runware] = {}
_lock = Lock()


class NotConfigured(RuntimeError):
    """No key is set and no sandbox runs in this process: only the engine's process may call."""


def sandboxed() -> bool:
    """Whether takes are made by the sandbox: as long as no key is set."""
    return not settings.RUNWARE_API_KEY


def get(name: str) -> Runware:
    """The client of this provider.

    Raises:
        NotConfigured: this process has neither a key nor a sandbox.
    """
    with _lock:
        if name not in _clients:
            if name != Runware.name or sandboxed():
                raise NotConfigured(name)
            _clients[name] = Runware(
                url=settings.RUNWARE_URL,
                key=settings.RUNWARE_API_KEY,
                result_hosts=settings.RUNWARE_RESULT_HOSTS,
                timeout=settings.PROVIDER_TIMEOUT_SECONDS,
            )
        return _clients[name]


def use_sandbox(url: str, key: str) -> None:
    """Talk to the sandbox at this address from now on (it starts with the engine)."""
    parts = urlsplit(url)
    use(
        Runware(
            url=url,
            key=key,
            origin=f"{parts.scheme}://{parts.netloc}",
            timeout=settings.PROVIDER_TIMEOUT_SECONDS,
        )
    )


def use(client: Runware) -> None:
    """Put a client in its provider's place."""
    with _lock:
        _clients[client.name] = client


def forget() -> None:
    """Close every client and forget it."""
    with _lock:
        for client in _clients.values():
            client.close()
        _clients.clear()
