"""A result's address is chosen by somebody else: it leads to their hosts on the internet and nowhere else."""

import gzip
import io
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
import trustme

from studio.integrations.providers import Runware, Unfetched, fetching

HOST = "vm.runware.ai"
LIMITS = {"limit": 1_000_000, "seconds": 5.0}


@pytest.fixture
def provider():
    return Runware(url="https://api.runware.ai/v1", key="a key", result_hosts=["runware.ai"])


@pytest.fixture
def resolves(monkeypatch):
    """Let the host of results have these addresses: `resolves("10.0.0.1")`. Returns the names looked up.

    Several lists are given out one after the other, the last one for ever.
    """
    real = socket.getaddrinfo

    def resolves(*answers):
        asked = []

        def getaddrinfo(host, port, *args, **options):
            if host != HOST:
                return real(host, port, *args, **options)
            answer = answers[min(len(asked), len(answers) - 1)]
            asked.append(host)
            found = [answer] if isinstance(answer, str) else answer
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return resolves


@pytest.fixture
def public_loopback(monkeypatch):
    """Count 127.0.0.1 as out on the internet, so that a server here can play one there."""
    real = fetching.is_public
    monkeypatch.setattr(fetching, "is_public", lambda address: address.is_loopback or real(address))


@pytest.fixture
def server():
    """A server that answers as told: `server(handle, context=None)` returns its port."""
    servers = []

    def server(handle, context=None):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                handle(self)

            def log_message(self, *_):
                pass

        begun = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context:
            begun.socket = context.wrap_socket(begun.socket, server_side=True)
        servers.append(begun)
        threading.Thread(target=begun.serve_forever, args=(0.02,), daemon=True).start()
        return begun.server_port

    yield server
    for begun in servers:
        begun.shutdown()
        begun.server_close()


def clip(request):
    request.send_response(200)
    request.send_header("Content-Length", "4")
    request.end_headers()
    request.wfile.write(b"clip")


PRIVATE = {
    "loopback": "127.0.0.1",
    "another loopback": "127.8.8.8",
    "this network": "0.0.0.0",
    "private, ten": "10.1.2.3",
    "private, 172": "172.16.0.1",
    "private, 192": "192.168.1.1",
    "link-local, where clouds keep their keys": "169.254.169.254",
    "carrier-grade NAT": "100.64.0.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "benchmarks": "198.18.0.1",
    "IPv6 loopback": "::1",
    "IPv6 unspecified": "::",
    "IPv6 unique local": "fd00::1",
    "IPv6 link-local": "fe80::1",
    "IPv6 link-local with a scope": "fe80::1%eth0",
    "IPv6 site-local": "fec0::1",
    "IPv6 multicast": "ff02::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped metadata": "::ffff:169.254.169.254",
    "mapped and public": "::ffff:8.8.8.8",
    "6to4": "2002:7f00:1::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "NAT64 to loopback": "64:ff9b::7f00:1",
}


@pytest.mark.parametrize("kind", PRIVATE)
def test_a_name_that_leads_inside_is_not_called(provider, resolves, kind):
    """The guard in `conftest.py` fails a test that connects: nothing is even tried."""
    resolves(PRIVATE[kind])
    with pytest.raises(Unfetched, match="not public"):
        provider.fetch(f"https://{HOST}/a.mp4", io.BytesIO(), **LIMITS)


def test_one_address_inside_among_public_ones_is_enough_to_refuse(provider, resolves):
    resolves(["8.8.8.8", "10.0.0.1"])
    with pytest.raises(Unfetched, match="not public"):
        provider.fetch(f"https://{HOST}/a.mp4", io.BytesIO(), **LIMITS)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808"])
def test_addresses_on_the_internet_are_fine(address):
    assert fetching.is_public(ip_address(address))


def test_a_name_nobody_knows_is_a_file_that_is_not_there(provider, monkeypatch):
    def unknown(*args, **options):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unfetched, match="not known"):
        provider.fetch(f"https://{HOST}/a.mp4", io.BytesIO(), **LIMITS)


def test_the_address_that_was_checked_is_the_one_called(resolves, public_loopback, server):
    """DNS rebinding: a second look-up would lead to 10.0.0.1, and nobody makes one."""
    asked = resolves("127.0.0.1", "10.0.0.1")
    heard = []
    port = server(lambda request: (heard.append(request.headers["Host"]), clip(request)))
    file = io.BytesIO()

    fetched = fetching.download(f"http://{HOST}:{port}/a.mp4", file, **LIMITS)

    assert (file.getvalue(), fetched.size) == (b"clip", 4)
    assert asked == [HOST]
    assert heard == [f"{HOST}:{port}"]


def test_the_next_address_is_tried_where_one_does_not_answer(resolves, public_loopback, server):
    resolves(["127.0.0.2", "127.0.0.1"])
    port = server(clip)

    assert fetching.download(f"http://{HOST}:{port}/a.mp4", io.BytesIO(), **LIMITS).size == 4


# --- redirects and odd addresses ------------------------------------------------------------


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest/meta-data", "https://10.0.0.1/", "/b.mp4"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_leads_to_no_private_address_and_not_round_for_ever(
    resolves, public_loopback, server, target, status
):
    resolves("127.0.0.1")
    asked = []

    def elsewhere(request):
        asked.append(request.path)
        request.send_response(status)
        request.send_header("Location", target)
        request.end_headers()

    port = server(elsewhere)
    why = "without end" if target == "/b.mp4" else "not public"
    with pytest.raises(Unfetched, match=why):
        fetching.download(f"http://{HOST}:{port}/a.mp4", io.BytesIO(), **LIMITS)
    assert asked == (["/a.mp4", *["/b.mp4"] * 5] if target == "/b.mp4" else ["/a.mp4"])


@pytest.mark.parametrize(
    "url",
    [
        f"https://user:pass@{HOST}/a.mp4",
        f"https://{HOST}@10.0.0.1/a.mp4",
        f"https://10.0.0.1\\@{HOST}/a.mp4",
        f"https://10.0.0.1#@{HOST}/a.mp4",
        f"https://{HOST}:8443/a.mp4",
        f"https://{HOST}:22/a.mp4",
        f"http://{HOST}/a.mp4",
        f"https://{HOST}.evil.example/a.mp4",
        f"https://evil-{HOST.removeprefix('vm.')}/a.mp4",
        "https://8.8.8.8/a.mp4",
        "https://[::1]/a.mp4",
        "https://0x7f000001/a.mp4",
        "https://2130706433/a.mp4",
        f"https://{HOST}\n.evil.example/a.mp4",
        f"gopher://{HOST}/a.mp4",
        "file:///etc/passwd",
        f"//{HOST}/a.mp4",
        "",
    ],
)
def test_an_odd_address_is_refused_before_it_is_looked_up(provider, resolves, url):
    asked = resolves("8.8.8.8")
    with pytest.raises(Unfetched):
        provider.fetch(url, io.BytesIO(), **LIMITS)
    assert asked == []


# --- TLS --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def over_tls(authority, resolves, public_loopback, server):
    """Fetch from a server whose certificate is for this name; also the name it was asked for by SNI."""

    def over_tls(certified):
        resolves("127.0.0.1")
        named, context = [], ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(certified).configure_cert(context)
        context.sni_callback = lambda _socket, name, _context: named.append(name)
        port = server(clip, context)
        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)
        pinned = fetching.Pinned(verify=trusting)
        url = f"https://{HOST}:{port}/a.mp4"
        return fetching.download(url, io.BytesIO(), transport=pinned, **LIMITS), named

    return over_tls


def test_the_certificate_is_checked_for_the_name(over_tls):
    fetched, named = over_tls(HOST)
    assert (fetched.size, named) == (4, [HOST])


@pytest.mark.parametrize("certified", ["evil.example", "127.0.0.1"])
def test_a_certificate_for_another_name_is_refused(over_tls, certified):
    """Not even one for the address that is called."""
    with pytest.raises(Unfetched, match="ConnectError"):
        over_tls(certified)


# --- size and time ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "why"), [("gzip", "too large"), ("br", "not read here"), ("gzip, gzip", "not")]
)
def test_a_packed_file_unpacks_to_no_more_than_the_limit(resolves, public_loopback, server, encoding, why):
    """A few bytes of it may unpack to any size."""
    resolves("127.0.0.1")

    def packed(request):
        request.send_response(200)
        request.send_header("Content-Encoding", encoding)
        request.end_headers()
        request.wfile.write(gzip.compress(bytes(50_000_000)))

    port = server(packed)
    with pytest.raises(Unfetched, match=why):
        fetching.download(f"http://{HOST}:{port}/a.mp4", io.BytesIO(), **LIMITS)


def test_a_file_that_comes_a_byte_at_a_time_is_given_up(resolves, public_loopback, server):
    resolves("127.0.0.1")
    enough = threading.Event()

    def trickle(request):
        request.send_response(200)
        request.end_headers()
        while not enough.wait(0.02):
            request.wfile.write(b"x")

    port = server(trickle)
    with pytest.raises(Unfetched, match="slowly"):
        fetching.download(f"http://{HOST}:{port}/a.mp4", io.BytesIO(), limit=1_000_000, seconds=0.2)
    enough.set()
