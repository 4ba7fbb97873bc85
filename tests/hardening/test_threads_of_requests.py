"""A request has a thread to itself, which stays for the next one with its connection to the database."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse

from studio.core.streaming import Stepwise
from studio.runtime.handler import KEPT, Handler


class Serving(Handler):
    """Answers with the name of its thread; `?wait` waits until the test lets it go."""

    def __init__(self):
        super().__init__()
        self.go, self.begun, self.ended = threading.Event(), threading.Semaphore(0), []

    def get_response(self, request):
        if "wait" in request.GET:
            self.begun.release()
            assert self.go.wait(10)
            self.ended.append(threading.get_ident())
        if request.path == "/stream":
            answer: HttpResponse | StreamingHttpResponse = Stepwise(self._parts())
        else:
            answer = HttpResponse(str(threading.get_ident()))
        answer._resource_closers.append(request.close)
        return answer

    def _parts(self):
        for _ in range(3):
            yield f"{threading.get_ident()} ".encode()


async def get(handler, path="/", query=b"", *, leaves=False):
    """What it answers; with `leaves` the browser goes as soon as the view has begun."""
    said = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query,
        "headers": [(b"host", b"localhost")],
    }
    asked = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        if asked:
            return asked.pop()
        if leaves:
            await asyncio.to_thread(handler.begun.acquire)
            return {"type": "http.disconnect"}
        return await asyncio.Event().wait()

    async def send(message):
        said.append(message.get("body", b""))

    await handler(scope, receive, send)
    return b"".join(said).decode()


@pytest.fixture
def handler(db):
    return Serving()


async def test_the_next_request_has_the_same_thread(handler):
    first = await get(handler)
    await asyncio.sleep(0.05)
    assert await get(handler) == first


async def test_requests_at_once_wait_for_nobody_and_not_all_threads_stay(handler):
    many = KEPT + 5
    together = [asyncio.create_task(get(handler, query=b"wait")) for _ in range(many)]
    for _ in range(many):  # all of them have begun before one has ended
        assert await asyncio.to_thread(handler.begun.acquire, timeout=10)
    handler.go.set()
    assert len(set(await asyncio.gather(*together))) == many
    await asyncio.sleep(0.1)
    assert len(handler._threads) == KEPT


async def test_a_thread_that_still_works_for_somebody_who_left_is_not_lent(handler):
    left = asyncio.create_task(get(handler, query=b"wait", leaves=True))
    await asyncio.sleep(0.2)
    answer = await asyncio.wait_for(get(handler), 5)
    handler.go.set()
    await left
    assert handler.ended and str(handler.ended[0]) != answer


async def test_a_streamed_answer_is_made_on_the_thread_of_its_request(handler):
    made = (await get(handler, "/stream")).split()
    assert len(made) == 3 and len(set(made)) == 1
    assert made[0] != str(await sync_to_async(threading.get_ident)())


class Asking(Handler):
    """Asks the database in its view and for each part of its answer, and notes what is held in between."""

    def __init__(self, answer):
        super().__init__()
        self.answer, self.held = answer, []

    def get_response(self, request):
        _ask()
        answer = HttpResponse(b"a page") if self.answer == "page" else Stepwise(self._parts())
        answer._resource_closers.append(request.close)
        return answer

    def _parts(self):
        for _ in range(3):
            _ask()
            yield b"a part"


def _ask():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@pytest.mark.parametrize("answer", ["page", "export"])
@pytest.mark.django_db(transaction=True)
async def test_no_connection_to_a_database_with_a_pool_is_held_while_bytes_go_out(answer):
    """Sixteen slow players held all of them until their last byte, and every page waited."""
    handler = Asking(answer)
    held = []

    async def slow(message):
        held.append(await sync_to_async(lambda: connection.connection is not None)())

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    asked = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        return asked.pop() if asked else await asyncio.Event().wait()

    await handler(scope, receive, slow)
    assert len(held) > 1
    assert set(held) == {connection.vendor == "sqlite"}  # whose connections nobody waits for
