"""An address that a person typed leads to a picture out on the internet, or to a sentence beside the field."""

import io
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from studio.integrations.providers import Unfetched, fetching

HOST, OTHER, INSIDE = "pictures.example", "elsewhere.example", "inside.example"
LIMITS = {"limit": 100_000, "seconds": 5.0}


@pytest.fixture(autouse=True)
def names(monkeypatch):
    """Who lives where; 127.0.0.1 counts as out on the internet, 127.0.0.9 does not. Gives the names looked up."""
    places = {HOST: "127.0.0.1", OTHER: "127.0.0.1", INSIDE: "127.0.0.9"}
    asked, look_up, is_public = [], socket.getaddrinfo, fetching.is_public

    def getaddrinfo(host, port, *args, **options):
        if host != "127.0.0.1":  # the address itself, when it is called
            asked.append(host)
        return look_up(places.get(host, host), port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(
        fetching, "is_public", lambda address: str(address) == "127.0.0.1" or is_public(address)
    )
    return asked


@pytest.fixture
def server(monkeypatch):
    """A server that answers as told, on a port that counts as the usual one: returns the start of its addresses."""
    begun = []

    def server(handle, context=None):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                # whoever asks may hang up at any moment
                try:
                    handle(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *_):
                pass

        web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context:
            web.socket = context.wrap_socket(web.socket, server_side=True)
        begun.append(web)
        threading.Thread(target=web.serve_forever, args=(0.02,), daemon=True).start()
        scheme = "https" if context else "http"
        monkeypatch.setitem(fetching.PORTS, scheme, web.server_port)
        return f"{scheme}://{HOST}:{web.server_port}"

    yield server
    for web in begun:
        web.shutdown()
        web.server_close()


def answer(request, content=b"picture", status=200, **headers):
    request.send_response(status)
    for name, value in {"Content-Length": str(len(content)), **headers}.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(content)


def leading(targets):
    """Answers that lead to these places one after the other, then the picture; the paths asked for are kept."""
    asked = []

    def handle(request):
        asked.append((request.headers["Host"].partition(":")[0], request.path))
        if len(asked) <= len(targets):
            answer(request, b"", status=302, Location=targets[len(asked) - 1])
        else:
            answer(request)

    return handle, asked


def fetch(url, **limits):
    file = io.BytesIO()
    fetched = fetching.fetch_picture(url, file, **LIMITS | limits)
    assert fetched.size == len(file.getvalue())
    return file.getvalue()


def test_a_picture_is_fetched_from_the_address_that_was_looked_at(server, names):
    heard = []
    start = server(lambda request: (heard.append(request.headers), answer(request)))

    assert fetch(f"  {start}/a.png ") == b"picture"
    assert names == [HOST]
    assert (heard[0]["Host"], heard[0]["Accept"]) == (start.removeprefix("http://"), "image/*")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://pictures.example/a.png", "http:// or https://"),
        ("file:///etc/passwd", "http:// or https://"),
        ("data:image/png;base64,AAAA", "http:// or https://"),
        ("javascript:alert(1)", "http:// or https://"),
        ("pictures.example/a.png", "http:// or https://"),
        ("//pictures.example/a.png", "http:// or https://"),
        ("http:///a.png", "http:// or https://"),
        ("", "http:// or https://"),
        ("https://me:secret@pictures.example/a.png", "name or password"),
        ("https://pictures.example@10.0.0.1/a.png", "name or password"),
        ("https://pictures.example:8443/a.png", "port"),
        ("http://pictures.example:22/a.png", "port"),
        ("http://pictures.example:6379/", "port"),
        ("https://pictures.example:99999/a.png", "."),
        ("https://pictures.example:port/a.png", "not an address"),
        ("https://pictures.example\n.evil.example/a.png", "not an address"),
        ("https://[not-six]/a.png", "not an address"),
        ("https://" + "a" * 70_000, "not an address"),
    ],
)
def test_an_odd_address_is_refused_before_it_is_looked_up(names, url, words):
    with pytest.raises(Unfetched, match=words):
        fetch(url)
    assert names == []


@pytest.mark.parametrize(
    "host",
    [
        INSIDE,
        "127.0.0.9",
        "10.0.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "[fe80::1]",
        "0x7f000009",
        "2130706441",
        "127.9",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_address_that_leads_inside_is_not_called(scheme, host):
    with pytest.raises(Unfetched, match=r"not public|not known"):
        fetch(f"{scheme}://{host}/a.png")


# --- redirects ----------------------------------------------------------------------------------


def test_redirects_are_followed_by_name(server, names):
    targets = ["/b/b.png", "c.png?x=1"]
    handle, asked = leading(targets)
    start = server(handle)
    targets.append(f"{start.replace(HOST, OTHER)}/d.png")

    assert fetch(f"{start}/a.png") == b"picture"
    assert asked == [(HOST, "/a.png"), (HOST, "/b/b.png"), (HOST, "/b/c.png?x=1"), (OTHER, "/d.png")]
    assert names == [HOST, HOST, HOST, OTHER]


def test_five_redirects_are_followed_and_no_more(server):
    handle, asked = leading(["/again.png"] * 5)
    assert fetch(f"{server(handle)}/a.png") == b"picture"

    handle, asked = leading(["/again.png"] * 50)
    with pytest.raises(Unfetched, match="without end"):
        fetch(f"{server(handle)}/a.png")
    assert len(asked) == 6


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (f"http://{INSIDE}/secret", "not public"),
        ("http://127.0.0.9/", "not public"),
        ("http://169.254.169.254/latest/meta-data", "not public"),
        ("https://10.0.0.1/", "not public"),
        ("http://[::1]/", "not public"),
        (f"http://{HOST}:22/", "port"),
        (f"https://me:secret@{HOST}/", "name or password"),
        ("file:///etc/passwd", "http:// or https://"),
        ("ftp://10.0.0.1/", "http:// or https://"),
        ("http://[not-six]/", "cannot be reached"),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_looked_at_like_the_first_address(server, target, words, status):
    asked = []
    start = server(
        lambda request: (asked.append(request.path), answer(request, b"", status=status, Location=target))
    )
    with pytest.raises(Unfetched, match=words):
        fetch(f"{start}/a.png")
    assert asked == ["/a.png"]


def test_a_name_that_leads_inside_the_second_time_is_not_followed(server, names, monkeypatch):
    """DNS rebinding: each redirect is a look-up of its own, and what it finds is judged again."""
    handle, asked = leading(["/b.png"])
    start = server(handle)
    look_up = socket.getaddrinfo

    def getaddrinfo(host, *args, **options):
        return look_up(INSIDE if host == HOST and HOST in names else host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(Unfetched, match="not public"):
        fetch(f"{start}/a.png")
    assert asked == [(HOST, "/a.png")]


# --- what comes -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text/html", "Text/HTML; charset=utf-8", "application/xhtml+xml"])
def test_a_web_page_is_called_one(server, kind):
    start = server(lambda request: answer(request, b"<html>", Content_Type=kind))
    with pytest.raises(Unfetched, match=r"^That address is a web page, not a picture\.$"):
        fetch(start)


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream", "text/plain", "nonsense", ""])
def test_any_other_kind_is_judged_later_by_its_content(server, kind):
    assert fetch(server(lambda request: answer(request, Content_Type=kind))) == b"picture"


@pytest.mark.parametrize("status", [204, 304, 401, 403, 404, 410, 429, 500, 503])
def test_another_answer_is_named(server, status):
    start = server(lambda request: answer(request, b"", status=status, Content_Type="text/html"))
    with pytest.raises(Unfetched, match=f"answered {status}, not with a picture"):
        fetch(start)


def test_a_redirect_to_nowhere_is_no_picture(server):
    with pytest.raises(Unfetched, match="answered 302"):
        fetch(server(lambda request: answer(request, b"", status=302)))


def test_nothing_is_told_of_us_and_nothing_kept_between_redirects(server):
    heard = []

    def handle(request):
        heard.append(dict(request.headers))
        more = {} if len(heard) > 1 else {"Location": "/b.png", "Set_Cookie": "a=1"}
        answer(request, status=200 if len(heard) > 1 else 302, **more)

    fetch(f"{server(handle)}/a.png")
    for headers in heard:
        assert not {"Cookie", "Authorization", "Referer"} & set(headers)


def test_proxies_of_the_surroundings_are_passed_over(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.9:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.9:1")
    assert fetch(server(answer)) == b"picture"


# --- size and time ------------------------------------------------------------------------------


def sent(headers, pieces):
    """An answer with these headers that sends pieces until it is hung up; what was sent is counted."""
    count = []

    def handle(request):
        request.send_response(200)
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        for piece in pieces:
            request.wfile.write(piece)
            count.append(len(piece))

    return handle, count


def test_a_file_that_says_it_is_too_large_is_not_begun(server):
    handle, count = sent({"Content-Length": str(2 << 30)}, [])
    file = io.BytesIO()
    with pytest.raises(Unfetched, match="too large"):
        fetching.fetch_picture(server(handle), file, **LIMITS)
    assert (file.getvalue(), count) == (b"", [])


@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_that_does_not_say_so_is_given_up_at_the_limit(server, chunked):
    block = bytes(1 << 16)
    piece = b"10000\r\n" + block + b"\r\n" if chunked else block
    headers = {"Transfer-Encoding": "chunked"} if chunked else {}
    handle, count = sent(headers, (piece for _ in range(2 << 14)))  # 2 GB in all
    file = io.BytesIO()
    start = server(handle)
    with pytest.raises(Unfetched, match="too large"):
        fetching.fetch_picture(start, file, **LIMITS)
    assert len(file.getvalue()) <= LIMITS["limit"]
    assert sum(count) < 64 << 20  # what fits between two programs, and no more


def test_a_file_of_exactly_the_limit_is_taken(server):
    content = bytes(LIMITS["limit"])
    assert fetch(server(lambda request: answer(request, content))) == content


def test_a_file_cut_short_is_no_file(server):
    def handle(request):
        answer(request, b"pict", Content_Length="7")
        request.close_connection = True

    with pytest.raises(Unfetched, match="breaks off"):
        fetch(server(handle))


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "7, 8", "seven"])
def test_a_length_that_is_none_is_no_answer(server, length):
    with pytest.raises(Unfetched):
        fetch(server(lambda request: answer(request, Content_Length=length)))


def test_a_packed_file_is_refused(server):
    with pytest.raises(Unfetched, match="packed"):
        fetch(server(lambda request: answer(request, Content_Encoding="gzip")))


def drip(request, beginning, piece):
    request.wfile.write(beginning)
    until = time.monotonic() + 5
    while time.monotonic() < until:
        request.wfile.write(piece)
        time.sleep(0.02)


SLOW = {
    "the file": (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    "the file, with its length": (b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n", b"x"),
    "a header": (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
    "one header after the other": (b"HTTP/1.1 200 OK\r\n", b"X-More: x\r\n"),
    "one early answer after the other": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
}


@pytest.mark.parametrize("what", SLOW)
def test_what_comes_a_byte_at_a_time_is_given_up_when_the_time_is_up(server, what):
    start = server(lambda request: drip(request, *SLOW[what]))
    began = time.monotonic()
    with pytest.raises(Unfetched, match=r"too slowly|in time"):
        fetch(start, seconds=0.3)
    assert time.monotonic() - began < 2


def test_a_server_that_says_nothing_is_given_up(server):
    start = server(lambda request: time.sleep(3))
    began = time.monotonic()
    with pytest.raises(Unfetched, match="in time"):
        fetch(start, seconds=0.3)
    assert time.monotonic() - began < 2


def test_the_time_is_one_for_all_redirects(server):
    def handle(request):
        time.sleep(0.2)
        answer(request, b"", status=302, Location="/again")

    began = time.monotonic()
    with pytest.raises(Unfetched, match=r"too slowly|in time"):
        fetch(server(handle), seconds=0.5)
    assert time.monotonic() - began < 2


def test_a_port_where_nobody_listens_is_said_so(server, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setitem(fetching.PORTS, "http", port)
    with pytest.raises(Unfetched, match="cannot be reached"):
        fetch(f"http://{HOST}:{port}/a.png")


# --- TLS --------------------------------------------------------------------------------------


@pytest.fixture
def over_tls(monkeypatch, server):
    """The address of a server whose certificate is for this name, from an authority that is trusted here."""

    def over_tls(certified, handle=answer):
        authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(certified).configure_cert(context)
        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)
        monkeypatch.setattr(fetching, "trusted", lambda: trusting)
        return server(handle, context)

    return over_tls


def test_a_picture_comes_over_tls(over_tls):
    assert fetch(f"{over_tls(HOST)}/a.png") == b"picture"


@pytest.mark.parametrize("certified", [OTHER, "127.0.0.1"])
def test_a_certificate_for_another_name_is_refused(over_tls, certified):
    with pytest.raises(Unfetched, match="cannot be reached"):
        fetch(over_tls(certified))


def test_a_slow_answer_over_tls_is_given_up_too(over_tls):
    start = over_tls(HOST, lambda request: drip(request, b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"))
    began = time.monotonic()
    with pytest.raises(Unfetched, match="in time"):
        fetch(start, seconds=0.5)
    assert time.monotonic() - began < 2
