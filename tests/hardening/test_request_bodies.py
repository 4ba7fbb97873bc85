"""A body has an end: by what is asked for and who asks, counted as it comes, whatever it announces."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from studio.runtime import request_bodies
from studio.runtime.request_bodies import FOR_EVERYBODY, FOR_FILES, FOR_GUESTS, FOR_WORDS

PART = 64 * 1024
pytestmark = pytest.mark.django_db(transaction=True)


class Browser:
    """Sends parts of a body until it is told to stop, and hears the answer."""

    def __init__(self, path, *, length=None, sends=0, cookie="", ends=True, part=PART):
        headers = [(b"host", b"localhost")]
        if length is not None:
            headers.append((b"content-length", str(length).encode()))
        if cookie:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
        self.scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": headers,
        }
        self.left, self.ends, self.part = sends, ends, part
        self.sent = self.reached = 0
        self.status, self.words = None, b""

    async def receive(self):
        if self.left <= 0 and not self.ends:
            await asyncio.Event().wait()
        size = min(self.left, self.part)
        self.left -= size
        self.sent += size
        return {"type": "http.request", "body": b"a" * size, "more_body": self.left > 0 or not self.ends}

    async def send(self, message):
        self.status = message.get("status", self.status)
        self.words += message.get("body", b"")

    async def door(self, scope, receive, send):
        """A view that reads all of the body."""
        while True:
            message = await receive()
            self.reached += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"taken"})

    async def asks(self):
        await asyncio.wait_for(request_bodies.guard(self.door, self.scope, self.receive, self.send), 20)
        return self.status


@pytest.fixture
def here(pia, client_of):
    """The session of somebody who is signed in."""
    return client_of(pia).session.session_key


@pytest.fixture(autouse=True)
def no_lingering(monkeypatch):
    monkeypatch.setattr(request_bodies, "_LINGER", 0)


WORDS, FILES = "/projects/dunes/people/invite", "/projects/dunes/shots/010/first-frame"
_CODE = "4b1d2c1e-7a3f-4c55-9d3e-0f6b7c1a2d3e"
NOTE, GUESTS = f"/takes/{_CODE}/notes", f"/s/a-link/takes/{_CODE}/notes"
MANY = 400 * 1024 * 1024


@pytest.mark.parametrize("path", ["/signin", "/nowhere", "/forgotten", "/hooks/runware/x", "/s/a-link/"])
@pytest.mark.parametrize("cookie", ["", "made-up-by-somebody-outside"])
async def test_nobody_we_do_not_know_sends_much(path, cookie):
    """400 MB without a length were read and held."""
    browser = Browser(path, sends=MANY, cookie=cookie)
    assert await browser.asks() == 413
    assert browser.reached <= FOR_EVERYBODY and browser.sent < FOR_EVERYBODY + 5 * PART
    assert "64 KB" in browser.words.decode()


@pytest.mark.parametrize("path", [FILES, NOTE, GUESTS, WORDS, "/account"])
async def test_who_is_signed_out_is_told_so_and_the_browser_keeps_what_it_sent(path):
    """`outbox.js` keeps what is answered by 401; by 413 it would give it up."""
    browser = Browser(path, sends=MANY)
    assert await browser.asks() == 401 and browser.reached <= FOR_EVERYBODY
    assert "signed out" in browser.words.decode()


async def test_who_is_signed_in_sends_words_and_files_where_files_are_taken(here):
    words = Browser(WORDS, sends=MANY, cookie=here)
    assert await words.asks() == 413 and words.reached <= FOR_WORDS
    files = Browser(FILES, sends=FOR_FILES - 1, cookie=here)
    assert await files.asks() == 200 and files.reached == FOR_FILES - 1
    too_many = Browser(FILES, sends=MANY, cookie=here)
    assert await too_many.asks() == 413 and too_many.reached <= FOR_FILES


async def test_a_guest_whom_we_let_in_sends_a_drawing():
    session = SessionStore()
    session["guests"] = {"a link": "a guest"}
    await sync_to_async(session.create)()
    drawing = Browser(GUESTS, sends=FOR_GUESTS, cookie=session.session_key)
    assert await drawing.asks() == 200 and drawing.reached == FOR_GUESTS
    too_large = Browser(GUESTS, sends=MANY, cookie=session.session_key)
    assert await too_large.asks() == 413 and too_large.reached <= FOR_GUESTS


async def test_what_announces_too_much_is_not_read_at_all(here):
    for browser in (
        Browser(FILES, length=FOR_FILES + 1, sends=10, cookie=here),
        Browser("/signin", length="1e9", sends=10),
        Browser("/signin", length="9" * 40, sends=10),
    ):
        assert await browser.asks() == 413 and browser.reached == 0
    small = Browser("/signin", length=FOR_EVERYBODY + 1, sends=FOR_EVERYBODY + 1)
    assert await small.asks() == 413 and small.reached == 0


async def test_who_lies_about_the_length_is_counted_all_the_same():
    assert await Browser("/signin", length=10, sends=MANY).asks() == 413


async def test_a_session_that_has_ended_sends_as_little_as_a_stranger(here):
    from django.contrib.sessions.models import Session

    await sync_to_async(Session.objects.all().delete)()
    assert await Browser(FILES, sends=MANY, cookie=here).asks() == 401


async def test_a_body_that_stops_in_the_middle_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(request_bodies, "IDLE_SECONDS", 0.05)
    browser = Browser("/signin", sends=100, ends=False)
    assert await browser.asks() == 408
    assert "did not come" in browser.words.decode()


async def test_a_body_that_drips_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(request_bodies, "_SLOW_AFTER", 0)
    browser = Browser("/signin", sends=10**6, part=1)
    monkeypatch.setattr(request_bodies, "_SLOWEST", 10**9)
    assert await browser.asks() == 408


async def test_an_address_has_an_end_too():
    browser = Browser("/" + "a" * 20_000, sends=0)
    assert await browser.asks() == 414


async def test_an_answer_that_waits_for_the_browser_to_go_has_all_the_time(monkeypatch):
    """Django listens for that while a view works; only a body has to come soon."""
    monkeypatch.setattr(request_bodies, "IDLE_SECONDS", 0.01)

    async def door(scope, receive, send):
        assert (await receive())["more_body"] is False
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(receive(), 0.2)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    browser = Browser("/signin", sends=10)
    first = browser.receive

    async def receive():
        return await first() if browser.left else await asyncio.Event().wait()

    await request_bodies.guard(door, browser.scope, receive, browser.send)
    assert browser.status == 200
