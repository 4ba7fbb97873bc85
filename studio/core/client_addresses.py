"""Where a request comes from, as far as we can tell: the one place that reads it."""

from __future__ import annotations

import ipaddress
import logging
import re
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

logger = logging.getLogger(__name__)

_WITH_PORT = re.compile(r"\[([^\[\]]{2,60})\](?::\d{1,5})?|([0-9.]{7,15}):\d{1,5}")


def client(request: HttpRequest) -> str | None:
    """The network address of whoever asks; None where there is none.

    Behind proxies of ours (`PROXIES`) it is what the farthest of them wrote into X-Forwarded-For;
    what stands before that anybody could have written.
    """
    return _farthest(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))


def client_of(scope: Any) -> str | None:
    """The same of a request that has not become Django's."""
    said = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    return _farthest((scope.get("client") or ("",))[0], said.decode("latin-1"))


def household(request: HttpRequest) -> str | None:
    """The same for counting: of IPv6 the first 64 bits, since one household has all the rest."""
    address = client(request)
    if address is None or ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)


def _farthest(peer: str, forwarded: str) -> str | None:
    if settings.PROXIES:
        said = forwarded.split(",")
        return _plain(said[-settings.PROXIES] if len(said) >= settings.PROXIES and forwarded else peer)
    if forwarded:
        _tell_of_proxies()
    return _plain(peer)


def _plain(text: str) -> str | None:
    """An address without the port that some proxies write behind it; one of IPv4 is written as one."""
    text = text.strip()
    if found := _WITH_PORT.fullmatch(text):
        text = found[1] or found[2]
    try:
        address = ipaddress.ip_address(text.split("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


@cache
def _tell_of_proxies() -> None:
    logger.warning(
        "Requests come with X-Forwarded-For, and PROXIES is 0: if a proxy stands before this studio, everybody"
        " behind it counts as one address. Set PROXIES to how many proxies there are."
    )
