"""Connections from which no request comes shut nobody else out, and headers have an end."""

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest

from studio.core.streaming import PATIENT
from studio.runtime import connections
from studio.runtime.server import Server

ASK = b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def answer(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        return
    if scope["path"] in ("/film", "/page"):
        await answer_much(scope, send)
        return
    if scope["path"] == "/waits":
        while (await receive()).get("more_body"):
            pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


told = []  # of answers that came to their end


async def answer_much(scope, send):
    scope[PATIENT] = scope["path"] == "/film"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"99999999")]})
    for _ in range(100):
        await send({"type": "http.response.body", "body": b"a" * 999_999, "more_body": True})
    told.append(scope["path"])
    await send({"type": "http.response.body", "body": b"a" * 99})


@pytest.fixture
async def port():
    """Where a server with our settings answers."""
    server = Server(answer, host="127.0.0.1", port=0)
    server.config.lifespan = "off"
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    server.force_exit = True
    await running


@contextlib.asynccontextmanager
async def connected(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def asked(port, times=1):
    """What the server answers to so many requests on one connection."""
    async with connected(port) as (reader, writer):
        said = b""
        for number in range(times):
            writer.write(ASK % number)
            said += await reader.readuntil(b"ok")
        return said


async def test_connections_that_say_nothing_shut_nobody_out(port, monkeypatch):
    monkeypatch.setattr(connections, "MOST_WAITING", 50)
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    for each in silent[::2]:
        each.sendall(b"POST /signin HTTP/1.1\r\nHost: local")
    assert (await asked(port, 3)).count(b"200 OK") == 3
    assert len(connections._waiting) <= 50
    for each in silent:
        each.close()


async def test_the_crowd_from_one_address_makes_room_before_somebody_else(monkeypatch):
    monkeypatch.setattr(connections, "MOST_WAITING", 10)
    waiting = [Waits("9.9.9.9"), *(Waits("6.6.6.6") for _ in range(11))]
    monkeypatch.setattr(connections, "_waiting", dict.fromkeys(waiting))
    assert connections._least_welcome() is waiting[1]


class Waits:
    def __init__(self, address):
        self.client = (address, 1)


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: lo", b"GET /a+a+a"])
async def test_half_a_request_is_waited_for_only_so_long(port, monkeypatch, begun):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    async with connected(port) as (reader, writer):
        writer.write(begun)
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 10) == b""
    assert not connections._waiting


async def test_a_second_half_request_on_a_kept_connection_is_no_exception(port, monkeypatch):
    async with connected(port) as (reader, writer):
        writer.write(ASK % 1)
        await reader.readuntil(b"ok")
        monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
        writer.write(b"GET /2 HTTP/1.1\r\nHo")
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 10) == b""


async def test_headers_without_an_end_are_refused(port):
    async with connected(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\n")
        for number in range(200):
            writer.write(b"X-%d: %s\r\n" % (number, b"a" * 1000))
            with contextlib.suppress(ConnectionError):
                await writer.drain()
            await asyncio.sleep(0)
        with contextlib.suppress(ConnectionError):
            assert b"400 Bad Request" in await asyncio.wait_for(reader.read(), 10)


async def test_a_body_that_comes_with_its_head_is_no_long_head(port):
    async with connected(port) as (reader, writer):
        body = b"a" * 200_000
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        assert b"200 OK" in await reader.readuntil(b"ok")


@pytest.mark.parametrize("then", [b"\r\n", b"a", b"GET /2 HT"])
@pytest.mark.parametrize("ask", [ASK % 1, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n"])
async def test_who_has_been_answered_is_not_waited_for_either(port, monkeypatch, ask, then):
    """A byte behind an answer took the end away that a connection has between two requests."""
    async with connected(port) as (reader, writer):
        writer.write(ask)
        await reader.readuntil(b"ok")
        monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
        writer.write(then)
        with contextlib.suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), 10)
    assert not connections._waiting


async def test_a_socket_that_is_opened_on_a_kept_connection_stays(port, monkeypatch):
    """Proxies open sockets on connections that were answered before; it was given up after 20 s."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    upgrade = (
        b"GET /socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    async with connected(port) as (reader, writer):
        writer.write(ASK % 1)
        await reader.readuntil(b"ok")
        writer.write(upgrade)
        assert b"101 " in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        assert not connections._waiting
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.6)


async def test_a_browser_that_reads_slowly_is_written_to_as_long_as_it_reads(port, monkeypatch):
    monkeypatch.setattr(connections, "STALL_SECONDS", 0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n")
    read = 0
    for _ in range(30):
        read += len(await asyncio.wait_for(reader.readexactly(60_000), 10))
        await asyncio.sleep(0.05)
    assert read == 30 * 60_000
    writer.close()


async def test_headers_behind_a_body_have_an_end(port):
    """A chunked body may be followed by more headers: 48 MB of them were taken."""
    async with connected(port) as (reader, writer):
        writer.write(b"POST /waits HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        with contextlib.suppress(ConnectionError):
            for number in range(200):
                writer.write(b"X-%d: %s\r\n" % (number, b"a" * 10_000))
                await writer.drain()
                await asyncio.sleep(0.001)
        with contextlib.suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), 10)
    assert not connections._waiting


@pytest.mark.parametrize("patient", [False, True])
async def test_who_reads_nothing_is_not_written_to_for_ever(port, monkeypatch, patient):
    """But a player that is paused reads nothing for as long as it likes."""
    monkeypatch.setattr(connections, "STALL_SECONDS", 0.2)
    path = "/film" if patient else "/page"
    before = told.count(path)
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    slow.setblocking(False)
    await asyncio.get_running_loop().sock_connect(slow, ("127.0.0.1", port))
    asked = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode()
    await asyncio.get_running_loop().sock_sendall(slow, asked * 3)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1.5 if patient else 10):
            while told.count(path) == before:
                await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    assert told.count(path) - before == (0 if patient else 1), "and what was asked behind it is not begun"
    slow.close()


def test_however_it_is_started_it_is_the_same_server():
    """The Procfile named another one, without limits on messages and on what waits."""
    web = next(line for line in Path("Procfile").read_text().splitlines() if line.startswith("web:"))
    assert web.endswith("manage.py web")
    serve, web_command = (
        Path(f"studio/bootstrap/management/commands/{name}.py").read_text() for name in ("serve", "web")
    )
    assert all("from studio.runtime.server import Server" in each for each in (serve, web_command))


def test_the_process_may_have_many_connections_open(monkeypatch):
    asked = []
    monkeypatch.setattr(connections.resource, "getrlimit", lambda which: (1024, 4096))
    monkeypatch.setattr(connections.resource, "setrlimit", lambda which, limits: asked.append(limits))
    connections.allow_many()
    assert asked == [(4096, 4096)]
