"""Fetch a file from an address that somebody else chose, without being led anywhere else by it.

The name is looked up once, every address found must be public, and the connection goes to the
address that was looked at: a name that answers differently the second time changes nothing.
"""

from __future__ import annotations

import base64
import hashlib
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from typing import IO, Any
from urllib.parse import unquote

import httpx

PORTS = {"http": 80, "https": 443}  # the schemes and ports of addresses that people may type
_REDIRECTS = 5
_GONE = {httpx.codes.NOT_FOUND, httpx.codes.GONE}
_PLAIN = {"", "identity", "aws-chunked"}  # content encodings that pack nothing
_PACKED = (["gzip"], ["x-gzip"], ["deflate"])
_MOMENT = 0.05  # seconds: by the clock of the one who reads, the time is up before the line is cut
_NAT64 = IPv6Network("64:ff9b::/96")  # carries an IPv4 address in its last four bytes (RFC 6052)


class Unfetched(Exception):
    """The file could not be had this time; the message says why, in a sentence."""


class Gone(Unfetched):
    """Whoever held the file says that it is not there (404 or 410)."""


class NotListed(Unfetched):
    """The file is on a host that nobody has said we may fetch from."""

    def __init__(self, host: str) -> None:
        super().__init__(f"The file is on {host}, which is not listed.")
        self.host = host


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
        host = url.raw_host.decode("ascii")  # as it goes over the wire, whatever letters it has
        request.extensions = {**request.extensions, "sni_hostname": host}
        failure: Exception = Unfetched("The host of the file has no address.")
        for address in addresses(host, url.port or PORTS.get(url.scheme, 443)):
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
    check: Callable[[str], None] = lambda url: None,
) -> Fetched:
    """Stream the URL into the file, at most `limit` bytes and for so many seconds.

    At most five redirects are followed, each checked as the first address is.

    Args:
        transport: how to get there; without one, to public addresses only.
        check: raises `Unfetched` for an address that may not be fetched from.

    Raises:
        Unfetched: no such file, too large, too slow, cut short, or not where we may go.
    """
    until = time.monotonic() + seconds
    try:
        target = httpx.URL(url)
        for _ in range(_REDIRECTS + 1):
            check(str(target))
            with _answer(target, until, transport=transport) as response:
                if not response.has_redirect_location:
                    return _kept_result(response, file, limit=limit, until=until)
                # the answer itself thinks that it came from the numbers that were called
                target = target.join(response.headers["Location"])
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        raise Unfetched(f"The file could not be fetched ({type(exc).__name__}).") from exc
    raise Unfetched("The address of the file leads from one to the next without end.")


def decode(url: str, file: IO[bytes], *, limit: int) -> Fetched:
    """Write what a data URI in base64 holds (RFC 2397) into the file.

    Raises:
        Unfetched: it is none, or holds too much.
    """
    head, comma, packed = unquote(url.strip()).partition(",")
    packed = "".join(packed.split()).replace("-", "+").replace("_", "/")
    packed += "=" * (-len(packed) % 4)
    if not comma or not head.lower().endswith(";base64"):
        raise Unfetched("What was sent in the place of an address cannot be read.")
    if len(packed) * 3 // 4 > limit + 3:
        raise Unfetched("The file is too large.")
    try:
        content = base64.b64decode(packed, validate=True)
    except ValueError as exc:
        raise Unfetched("What was sent in the place of an address cannot be read.") from exc
    file.write(content)
    return Fetched(hashlib.sha256(content).hexdigest(), len(content))


def _kept_result(response: httpx.Response, file: IO[bytes], *, limit: int, until: float) -> Fetched:
    if response.status_code in _GONE:
        raise Gone(f"{response.status_code} was answered for the file: it is not there.")
    if response.status_code != httpx.codes.OK:
        raise Unfetched(f"{response.status_code} was answered for the file.")
    return _kept(response, file, limit=limit, until=until)


def fetch_picture(url: str, file: IO[bytes], *, limit: int, seconds: float) -> Fetched:
    """Stream what is at an address that a person typed into the file, as `download` does.

    At most five redirects are followed, each looked at as the first address is. Whether it is a
    picture is for the reader to find out; a web page alone is turned away here.

    Raises:
        Unfetched: it could not be had; the message says why, for the person.
    """
    until = time.monotonic() + seconds
    try:
        target = _typed(httpx.URL(url.strip()))
        for _ in range(_REDIRECTS + 1):
            with _answer(target, until, accept="image/*") as response:
                if not response.has_redirect_location:
                    return _kept_picture(response, file, limit=limit, until=until)
                # the answer itself thinks that it came from the numbers that were called
                target = _typed(target.join(response.headers["Location"]))
    except httpx.InvalidURL as exc:
        raise Unfetched("That is not an address.") from exc
    except httpx.HTTPError as exc:
        late = isinstance(exc, httpx.TimeoutException) or time.monotonic() > until
        why = "does not answer in time" if late else "cannot be reached, or breaks off"
        raise Unfetched(f"That address {why}.") from exc
    raise Unfetched("That address leads from one to the next without end.")


def _typed(url: httpx.URL) -> httpx.URL:
    """The address, if it is of a kind that may be fetched for a person; redirects pass here too."""
    if url.scheme not in PORTS or not url.host:
        raise Unfetched("Only addresses that begin with http:// or https:// can be fetched.")
    if url.userinfo:
        raise Unfetched("An address with a name or password in it is not fetched.")
    if url.port not in (None, *PORTS.values()):
        raise Unfetched("An address with a port of its own is not fetched.")
    return url


def _kept_picture(response: httpx.Response, file: IO[bytes], *, limit: int, until: float) -> Fetched:
    if response.status_code != httpx.codes.OK:
        raise Unfetched(f"That address answered {response.status_code}, not with a picture.")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        raise Unfetched("That address is a web page, not a picture.")
    return _kept(response, file, limit=limit, until=until)


@contextmanager
def _answer(
    url: httpx.URL, until: float, *, transport: httpx.BaseTransport | None = None, accept: str = "*/*"
) -> Iterator[httpx.Response]:
    """The answer of this address, its body still to come; the line is cut when the time is up."""
    _look_at_clock(until)
    left = max(_MOMENT, until - time.monotonic())
    with (
        _hung_up_after(left) as extensions,
        httpx.Client(
            transport=transport or Pinned(verify=trusted()), timeout=min(30.0, left), trust_env=False
        ) as client,
        client.stream(
            "GET",
            url,
            headers={"Accept": accept, "Accept-Encoding": "identity"},
            extensions=extensions,
        ) as response,
    ):
        yield response


@contextmanager
def _hung_up_after(seconds: float) -> Iterator[dict[str, Any]]:
    """Extensions of a request that is broken off after so long: headers may come a byte at a time.

    A line that is cut looks like the end of a file: who reads it has to look at the clock.
    """
    lines: list[socket.socket] = []

    def notice(event: str, info: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            lines.append(info["return_value"].get_extra_info("socket"))

    def hang_up() -> None:
        for line in lines:
            with suppress(OSError):  # closed already, or continued as TLS
                line.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds + _MOMENT, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield {"trace": notice}
    finally:
        timer.cancel()


def _kept(response: httpx.Response, file: IO[bytes], *, limit: int, until: float) -> Fetched:
    unpacker = _Unpacker(response.headers.get("Content-Encoding", ""), limit)
    announced = response.headers.get("Content-Length", "")
    expected = int(announced) if announced.isascii() and announced.isdigit() else None
    if expected is not None and expected > limit:
        raise Unfetched("The file is too large.")
    digest, came, size = hashlib.sha256(), 0, 0
    for chunk in _in_time(response.iter_raw(), until):
        came += len(chunk)
        content = unpacker.unpack(chunk)
        size += len(content)
        if max(came, size) > limit:
            raise Unfetched("The file is too large.")
        digest.update(content)
        file.write(content)
    if (expected is not None and expected != came) or not unpacker.has_ended:
        raise Unfetched("The file was cut short on its way.")
    return Fetched(digest.hexdigest(), size)


class _Unpacker:
    """Makes the file of what comes over the wire (RFC 9110 8.4).

    `identity` and an empty value pack nothing; `aws-chunked` is said of an upload and kept by some stores, though
    what they send is plain. A few bytes of gzip may unpack to any size: no more than the limit is unpacked.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        names = [part.strip().lower() for part in encoding.split(",")]
        packed = [name for name in names if name not in _PLAIN]
        if packed and packed not in _PACKED:
            raise Unfetched(f"The file comes packed in a way that is not read here ({packed[0][:40]}).")
        self._limit = limit
        # gzip or zlib, by its head
        self._machine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32) if packed else None

    def unpack(self, chunk: bytes) -> bytes:
        if self._machine is None:
            return chunk
        try:
            content = self._machine.decompress(chunk, self._limit + 1)
            while self._machine.unused_data.startswith(b"\x1f\x8b") and len(content) <= self._limit:
                rest = self._machine.unused_data  # another member follows (RFC 1952, 2.2)
                self._machine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
                content += self._machine.decompress(rest, self._limit + 1)
            return content
        except zlib.error as exc:
            raise Unfetched("The file comes packed, and cannot be unpacked.") from exc

    @property
    def has_ended(self) -> bool:
        return self._machine is None or self._machine.eof


def _in_time(chunks: Iterator[bytes], until: float) -> Iterator[bytes]:
    """The chunks as they arrive; the clock is looked at for each, however small it is."""
    for chunk in chunks:
        _look_at_clock(until)
        yield chunk
    _look_at_clock(until)  # the end may be where the line was cut


def _look_at_clock(until: float) -> None:
    if time.monotonic() > until:
        raise Unfetched("The file comes too slowly.")
