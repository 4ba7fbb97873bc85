"""The websocket endpoint, as a client that knows no SDK meets it."""

import asyncio
import json
import time
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from studio.integrations.sandbox import sockets
from studio.integrations.sandbox.clock import Clock
from studio.integrations.sandbox.sockets import Sockets
from tests.integrations.sandbox.orders import ask, kite, still
from tests.integrations.sandbox.running import eventually


class Client:
    """One connection that sends arrays and reads envelopes."""

    def __init__(self, socket):
        self.socket = socket

    def send(self, *tasks):
        self.socket.send(json.dumps(tasks))

    def read(self):
        return json.loads(self.socket.recv(timeout=10))

    def asked(self, *tasks):
        self.send(*tasks)
        return self.read()

    def enter(self, key, session=None):
        """Authenticate; return the session's UUID."""
        (item,) = self.asked(hello(key, connectionSessionUUID=session))["data"]
        return item["connectionSessionUUID"]


def hello(key, **fields):
    return {"taskType": "authentication", "apiKey": key, **fields}


@pytest.fixture
def connected(sandbox):
    """Open connections; those still open end with the test."""
    with ExitStack() as stack:

        def connected(path="/v1"):
            return Client(stack.enter_context(connect(sandbox.root.replace("http", "ws") + path, proxy=None)))

        yield connected


@pytest.fixture
def client(connected, sandbox):
    client = connected()
    client.session = client.enter(sandbox.key)
    return client


def test_a_ping_is_answered(client):
    assert client.asked({"taskType": "ping", "ping": True}) == {"data": [{"taskType": "ping", "pong": True}]}


def test_the_path_may_carry_a_query_and_no_other_path_is_there(connected, sandbox):
    assert connected(path="/v1?sdk=js&version=1.3.2").enter(sandbox.key)

    with pytest.raises(InvalidStatus) as raised:
        connected(path="/v2")
    assert raised.value.response.status_code == 403


@pytest.mark.parametrize("task", [hello("wrong"), hello(None), {"taskType": "ping", "ping": True}, kite()])
def test_nothing_is_done_for_whoever_has_no_key(connected, sandbox, task):
    stranger = connected()

    (error,) = stranger.asked(task)["errors"]

    assert (error["code"], error["taskType"]) == ("invalidApiKey", "authentication")
    assert "taskUUID" not in error
    assert stranger.enter(sandbox.key)  # who has one after all is let in


def test_what_stands_behind_the_key_in_the_same_array_is_carried_out(connected, sandbox):
    client = connected()

    client.send(hello(sandbox.key), {"taskType": "ping", "ping": True})

    assert [client.read()["data"][0]["taskType"] for _ in range(2)] == ["authentication", "ping"]


def test_a_video_is_acknowledged_and_then_polled(client):
    task = kite()

    assert client.asked(task) == {"data": [{name: task[name] for name in ("taskType", "taskUUID")}]}

    def finished():
        (item,) = client.asked({"taskType": "getResponse", "taskUUID": task["taskUUID"]})["data"]
        return item if item["status"] == "success" else None

    assert eventually(finished)["videoURL"].endswith(".mp4")


def test_a_still_that_is_waited_for_comes_by_itself(client, sandbox):
    task = still(deliveryMethod="sync", numberResults=2)

    items = client.asked(task)["data"]

    assert [item["taskUUID"] for item in items] == [task["taskUUID"]] * 2
    assert items[0]["imageURL"].startswith(sandbox.root)


def test_who_waits_for_a_still_keeps_nobody_waiting(client, sandbox):
    slow = still(deliveryMethod="sync")
    sandbox.faults("never_ends", match=slow["taskUUID"])
    client.send(slow)

    assert client.asked({"taskType": "ping", "ping": True})["data"][0]["pong"]

    sandbox.finish(slow)
    assert client.read()["data"][0]["taskUUID"] == slow["taskUUID"]


def test_every_task_of_an_array_is_answered_by_itself(client):
    good, bad = kite(), kite(duration=7)

    client.send(good, bad)

    answers = {next(iter(part))["taskUUID"]: said for said in (client.read(), client.read())
               for part in said.values() if part}  # fmt: skip
    assert answers[good["taskUUID"]]["data"]
    assert answers[bad["taskUUID"]]["errors"][0]["code"] == "unsupportedDuration"


@pytest.mark.parametrize("text", ["", "hello", "{}", "[]", "[1]", "[" * 600, b"\xff\xfe"])
def test_what_is_no_array_of_tasks_is_refused(client, text):
    client.socket.send(text)

    (error,) = client.read()["errors"]

    assert error["code"] in ("invalidJSON", "invalidRequest")


def test_whoever_leaves_in_the_middle_does_no_harm(connected, client, sandbox):
    task = kite()
    client.send(still(deliveryMethod="sync"), task)
    client.socket.socket.close()

    eventually(lambda: sandbox.poll(task).json()["data"])
    assert connected().enter(sandbox.key)


def test_a_session_is_resumed_with_what_was_not_read(connected, client, sandbox):
    task = still(deliveryMethod="sync")
    sandbox.faults("never_ends", match=task["taskUUID"])
    client.send(task)
    client.asked({"taskType": "ping", "ping": True})
    client.socket.close()
    sandbox.finish(task)
    sandbox.ended(task)
    time.sleep(0.1)  # the answer is kept right after the result

    again = connected()

    assert again.enter(sandbox.key, client.session) == client.session
    assert again.read()["data"][0]["imageURL"]


def test_a_session_is_not_kept_for_ever_nor_for_others(connected, client, sandbox):
    client.socket.close()
    (error,) = connected().asked(hello("wrong", connectionSessionUUID=client.session))["errors"]
    assert error["code"] == "invalidApiKey"

    sandbox.advance(sockets.RESUME_SECONDS + 1)
    assert connected().enter(sandbox.key, client.session) != client.session


def test_faults_strike_here_too(client, sandbox):
    task = kite()
    sandbox.faults("http_429", match=task["taskUUID"], times=1)
    assert client.asked(task)["errors"][0]["code"] == "rateLimitExceeded"

    sandbox.faults("answer_lost", match=task["taskUUID"])
    client.send(task)
    with pytest.raises(ConnectionClosed):
        client.read()
    assert sandbox.book(task)["posts"] == 2
    assert sandbox.results(task)


def test_a_key_may_be_revoked_meanwhile(client, sandbox):
    sandbox.faults("invalid_key", phase="any", times=1)

    (error,) = client.asked(ask("accountManagement", operation="getDetails"))["errors"]

    assert error["code"] == "invalidApiKey"


async def test_a_connection_that_says_nothing_is_closed(monkeypatch):
    monkeypatch.setattr(sockets, "IDLE_SECONDS", 0.01)
    sent = []

    async def send(message):
        sent.append(message["type"])

    async def receive():
        if not sent:
            return {"type": "websocket.connect"}
        return await asyncio.get_running_loop().create_future()

    endpoint = Sockets(is_key=bool, clock=Clock())
    await endpoint.attend({"path": "/v1"}, receive, send, serve=None, cut=None)

    assert sent == ["websocket.accept", "websocket.close"]


def test_an_address_may_ask_for_dry_runs(connected, sandbox):
    client = connected(path="/v1?sdk=js&dryRun=1")
    client.enter(sandbox.key)
    task = kite()

    assert client.asked(task)["data"][0]["cost"] == 0.605
    assert sandbox.poll(task).json() == {"data": []}
