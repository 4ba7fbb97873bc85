"""Fetch a file from an address that somebody else chose, without being led anywhere else by it.

The name is looked up once, every address found must be public, and the connection goes to the
address that was looked at: a name that answers differently the second time changes nothing.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import IO

import httpx

_NAT64 = IPv6Network("64:ff9b::/96")  # carries an IPv4 address in its last four bytes (RFC 6052)


class Unfetched(Exception):
    """The file could not be had this time; the message says why, for the log."""


@dataclass(frozen=True)
class Fetched:
    """What came: the SHA-256 of the file and its size in bytes."""

    sha256: str
    size: int


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether this is an address out on the internet that stands for itself.

    Mapped and tunnelled addresses (::ffff:…, 2002:…) are not: they are ways to write another one.
    """
    if isinstance(address, IPv6Address):
        if address in _NAT64:  # how a host on an IPv6-only network reaches the old one
            return is_public(IPv4Address(address.packed[-4:]))
        if address.ipv4_mapped or address.sixtofour or address.teredo or address.is_site_local:
            return False
    strange = address.is_multicast or address.is_reserved or address.is_unspecified
    # is_global is false for private, loopback, link-local and carrier-grade NAT addresses
    return address.is_global and not strange


def addresses(host: str, port: int) -> list[str]:
    """Every address of this host, once each, in the order the resolver prefers.

    Raises:
        Unfetched: the name is not known, or one of its addresses is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise Unfetched("The host of the file is not known.") from exc
    listed = list(dict.fromkeys(str(info[4][0]) for info in found))
    for address in listed:
        # a scope (fe80::1%eth0) is only ever written behind a link-local address
        if "%" in address or not is_public(ip_address(address)):
            raise Unfetched("The host of the file has an address that is not public.")
    return listed


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates we believe, read once: that takes longer than many an answer."""
    return httpx.create_ssl_context()


class Pinned(httpx.HTTPTransport):
    """Connects to the addresses that were checked; name, certificate and Host header stay the host's."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        failure: Exception = Unfetched("The host of the file has no address.")
        for address in addresses(url.host, url.port or 443):
            request.url = url.copy_with(host=address)
            try:
                return super().handle_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
                failure = exc
        raise failure


def download(
    url: str,
    file: IO[bytes],
    *,
    limit: int,
    seconds: float,
    transport: httpx.BaseTransport | None = None,
) -> Fetched:
    """Stream the URL into the file, at most `limit` bytes and for so many seconds.

    Redirects are not followed: an address is checked before it is fetched, and a redirect is another one.

    Args:
        transport: how to get there; without one, to public addresses only.

    Raises:
        Unfetched: no such file, too large, too slow, cut short, or not where we may go.
    """
    until = time.monotonic() + seconds
    try:
        with (
            httpx.Client(
                transport=transport or Pinned(verify=trusted()), timeout=30.0, trust_env=False
            ) as client,
            client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise Unfetched(f"The provider answered {response.status_code} for the file.")
            return _kept(response, file, limit=limit, until=until)
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        raise Unfetched(f"The file could not be fetched ({type(exc).__name__}).") from exc


def _kept(response: httpx.Response, file: IO[bytes], *, limit: int, until: float) -> Fetched:
    if "Content-Encoding" in response.headers:  # a few bytes of it may unpack to any size
        raise Unfetched("The file comes packed, which was not asked for.")
    digest, size = hashlib.sha256(), 0
    for chunk in _in_time(response.iter_raw(), until):
        size += len(chunk)
        if size > limit:
            raise Unfetched("The file is too large.")
        digest.update(chunk)
        file.write(chunk)
    announced = response.headers.get("Content-Length", "")
    if announced.isascii() and announced.isdigit() and int(announced) != size:
        raise Unfetched("The file was cut short on its way.")
    return Fetched(digest.hexdigest(), size)


def _in_time(chunks: Iterator[bytes], until: float) -> Iterator[bytes]:
    """The chunks as they arrive; the clock is looked at for each, however small it is."""
    for chunk in chunks:
        if time.monotonic() > until:
            raise Unfetched("The file comes too slowly.")
        yield chunk
