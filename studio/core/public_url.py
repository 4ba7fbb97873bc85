"""Our own address, as others write it: in mails, links that are copied, and what the console prints."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - what is listened on then, and no address to go to


def absolute(path: str = "") -> str:
    """The whole address of a path of ours, as it opens on another machine.

    With `PUBLIC_URL` it is that. Else the host we listen on; where we listen everywhere, this machine's
    address in its network. Never what a request says its host is.
    """
    return f"{settings.PUBLIC_URL or _at(_host_for_others())}{path}"


def loopback() -> str:
    """Where a process on this machine reaches the web server, without a path."""
    return _at(loopback_host())


def loopback_host() -> str:
    """The host by which this machine reaches itself; where we listen on one address alone, that one."""
    if settings.HOST == "::":
        return "::1"  # what listens on all addresses of IPv6 takes none of IPv4
    return "127.0.0.1" if settings.HOST in EVERYWHERE else settings.HOST


def is_loopback(address: str) -> bool:
    """Whether a whole address is of this machine alone."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _host_for_others() -> str:
    return settings.NETWORK_ADDRESS if settings.HOST in EVERYWHERE else settings.HOST


def _at(host: str) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.PORT}"
