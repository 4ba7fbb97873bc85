"""Sockets are opened by our own pages alone, and by nobody without end."""

import pytest
from asgiref.testing import ApplicationCommunicator

from studio.asgi import application
from studio.runtime import socket_doors
from studio.runtime.socket_doors import BURST, MOST_SOCKETS, TOO_MUCH, Moderate


@pytest.mark.parametrize(
    ("origin", "host", "ours"),
    [
        ("http://localhost:8000", "localhost:8000", True),
        ("http://localhost:8001", "localhost:8000", False),  # another program on this machine
        ("http://localhost", "localhost:8000", False),
        ("http://127.0.0.1:8000", "localhost:8000", False),
        ("http://localhost:80", "localhost", True),
        ("https://localhost", "localhost:443", True),
        ("http://LOCALHOST:8000", "localhost:8000", True),
        ("http://evil.example", "evil.example", False),  # the host is none of ours
        ("https://studio.example", "127.0.0.1:8000", True),  # a proxy names us as it likes
        ("https://studio.example:444", "127.0.0.1:8000", False),
        ("http://studio.example", "127.0.0.1:8000", False),
        ("https://studio.example.evil", "127.0.0.1:8000", False),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("http://[::1]:8001", "[::1]:8000", False),
        ("http://localhost:99999", "localhost:99999", False),
        ("null", "localhost:8000", False),
        ("", "localhost:8000", False),
        ("file://localhost:8000", "localhost:8000", False),
    ],
)
def test_a_page_of_ours_has_our_host_and_our_port(settings, origin, host, ours):
    settings.PUBLIC_URL = "https://studio.example"
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "studio.example"]
    assert socket_doors.is_ours(origin, host) is ours


@pytest.mark.parametrize("path", ["/live/dunes/", "/room/dunes/"])
async def test_the_page_of_another_port_is_not_let_in(path):
    headers = [(b"host", b"localhost:8000"), (b"origin", b"http://localhost:8001")]
    scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
    talk = ApplicationCommunicator(application, scope)
    await talk.send_input({"type": "websocket.connect"})
    assert await talk.receive_output(5) == {"type": "websocket.close", "code": 4403}


class Person:
    def __init__(self, pk):
        self.pk = pk


@pytest.fixture(autouse=True)
def nobody_before(monkeypatch):
    monkeypatch.setattr(Moderate, "_open", type(Moderate._open)())
    monkeypatch.setattr(Moderate, "_allowances", {})


def talk(person):
    async def echo(scope, receive, send):
        while (message := await receive())["type"] != "websocket.disconnect":
            if message["type"] == "websocket.connect":
                await send({"type": "websocket.accept"})

    return ApplicationCommunicator(Moderate(echo), {"type": "websocket", "user": Person(person)})


async def opened(person):
    """A socket of this person that is open, or the code it was closed with."""
    socket = talk(person)
    await socket.send_input({"type": "websocket.connect"})
    said = await socket.receive_output(5)
    return socket if said["type"] == "websocket.accept" else said["code"]


async def test_nobody_opens_sockets_without_end(monkeypatch):
    monkeypatch.setattr(socket_doors, "BURST", 10**6)
    mine = [await opened(1) for _ in range(MOST_SOCKETS)]
    assert TOO_MUCH not in mine
    assert await opened(1) == TOO_MUCH
    other = await opened(2)
    assert other != TOO_MUCH, "somebody else is not stopped"
    await mine[0].send_input({"type": "websocket.disconnect", "code": 1001})
    await mine[0].wait(5)
    again = await opened(1)
    assert again != TOO_MUCH, "one that is closed counts no more"
    for each in (*mine[1:], other, again):
        each.stop()


async def test_who_says_very_much_is_hung_up_on(monkeypatch):
    monkeypatch.setattr(socket_doors, "PER_SECOND", 0)
    mine, tab, other = await opened(1), await opened(1), await opened(2)
    for _ in range(BURST):
        await mine.send_input({"type": "websocket.receive", "text": '{"since": 1}'})
    assert await mine.receive_output(5) == {"type": "websocket.close", "code": TOO_MUCH}
    await mine.wait(5)
    await tab.send_input({"type": "websocket.receive", "text": "{}"})
    assert await tab.receive_output(5) == {"type": "websocket.close", "code": TOO_MUCH}
    assert await opened(1) == TOO_MUCH
    await other.send_input({"type": "websocket.receive", "text": "{}"})
    assert await other.receive_nothing()
    other.stop()


async def test_pages_that_try_again_do_not_keep_each_other_out(monkeypatch):
    """A refusal was counted as well, and sixty tabs that came back together were out for good."""
    monkeypatch.setattr(socket_doors, "PER_SECOND", 0)
    Moderate._allowances[1] = socket_doors._Allowance(12, 0)
    tries = [await opened(1) for _ in range(50)]
    let_in = [each for each in tries if each != TOO_MUCH]
    assert len(let_in) == 2 and Moderate._allowances[1].left == 2
    for each in let_in:
        each.stop()


def test_all_the_tabs_somebody_may_have_open_come_back_at_once():
    assert BURST >= 2 * MOST_SOCKETS * socket_doors._OPENING


def test_a_studio_behind_tls_lets_no_page_of_plain_http_in(settings):
    settings.PUBLIC_URL, settings.SECURE, settings.ALLOWED_HOSTS = (
        "https://studio.example",
        True,
        ["studio.example"],
    )
    assert socket_doors.is_ours("https://studio.example", "studio.example")
    assert not socket_doors.is_ours("http://studio.example", "studio.example")
