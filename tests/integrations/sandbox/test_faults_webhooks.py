"""Callbacks that go wrong."""

import json
import time

from tests.integrations.sandbox.orders import kite, still


def called(sandbox, receiver, count=1, task=None):
    task = task or kite(webhookURL=receiver.url)
    sandbox.send(task)
    return task, receiver.bodies(count)


def test_no_callback_comes(sandbox, receiver):
    sandbox.faults("webhook_never")
    task = kite(webhookURL=receiver.url)
    sandbox.send(task)
    sandbox.results(task)

    time.sleep(0.2)
    assert receiver.calls == []


def test_a_callback_comes_twice(sandbox, receiver):
    sandbox.faults("webhook_twice")

    _, (first, second) = called(sandbox, receiver, 2)

    assert first == second


def test_a_callback_comes_late(sandbox, receiver):
    sandbox.faults("webhook_late", seconds=0.5)
    began = time.monotonic()

    called(sandbox, receiver)

    assert time.monotonic() - began > 0.5


def test_callbacks_come_last_one_first(sandbox, receiver):
    sandbox.faults("webhook_out_of_order", hold=3)
    tasks = [kite(webhookURL=receiver.url) for _ in range(3)]
    for task in tasks:
        sandbox.send(task)
        sandbox.results(task)

    bodies = receiver.bodies(3)

    order = [body["taskUUID"] for body in bodies]
    assert order == [task["taskUUID"] for task in reversed(tasks)]


def test_held_callbacks_come_in_the_end_if_there_are_too_few(sandbox, receiver):
    sandbox.faults("webhook_out_of_order", hold=9, seconds=0.3)

    called(sandbox, receiver)


def test_a_callback_names_another_task(sandbox, receiver):
    sandbox.faults("webhook_wrong_task")

    task, (body,) = called(sandbox, receiver)

    assert body["taskUUID"] != task["taskUUID"]


def test_a_callback_comes_before_the_acknowledgement(sandbox, receiver):
    task = kite(webhookURL=receiver.url)
    sandbox.faults("webhook_before_ack", match=task["taskUUID"])
    receiver.pause = 0.2

    began = time.monotonic()
    body = sandbox.send(task)

    assert len(receiver.calls) == 1
    assert time.monotonic() - began > 0.2
    assert body["data"] == [{"taskType": "videoInference", "taskUUID": task["taskUUID"]}]


def test_a_callback_is_the_envelope_or_a_list(sandbox, receiver):
    sandbox.faults("webhook_data", times=1)
    task, (envelope,) = called(sandbox, receiver)
    assert envelope["data"][0]["taskUUID"] == task["taskUUID"]

    sandbox.faults("webhook_list", times=1)
    task, (_, items) = called(sandbox, receiver, 2)
    assert items[0]["taskUUID"] == task["taskUUID"]


def test_a_failure_is_called_back_in_an_envelope(sandbox, receiver):
    sandbox.faults("moderation")
    sandbox.faults("webhook_data", times=1)
    _, (envelope,) = called(sandbox, receiver)
    assert list(envelope) == ["errors"]
    assert envelope["errors"][0]["code"] == "invalidProviderContent"

    sandbox.faults("webhook_error_singular")
    _, (_, singular) = called(sandbox, receiver, 2)
    assert singular["error"]["code"] == "invalidProviderContent"


def test_a_callback_is_html(sandbox, receiver):
    sandbox.faults("webhook_html")
    sandbox.send(kite(webhookURL=receiver.url))

    ((_, _, body, headers, _),) = receiver.wait(1)

    assert body.startswith(b"<!doctype html>")
    assert headers["Content-Type"] == "text/html"


def test_a_callback_carries_a_status_or_only_progress(sandbox, receiver):
    sandbox.faults("webhook_status", times=1)
    _, (body,) = called(sandbox, receiver)
    assert body["status"] == "success"

    sandbox.faults("webhook_progress", value=40)
    sandbox.send(kite(webhookURL=receiver.url))
    items = [json.loads(call[2]) for call in receiver.wait(3)[1:]]
    assert sorted(item.get("progress", 100) for item in items) == [40, 100]


def test_only_one_of_several_results_is_called_back(sandbox, receiver):
    sandbox.faults("webhook_partial", position=1)
    task = still(numberResults=3, webhookURL=receiver.url)

    _, (body,) = called(sandbox, receiver, task=task)

    assert body["imageUUID"] == sandbox.results(task)[1]["imageUUID"]
    time.sleep(0.2)
    assert len(receiver.calls) == 1
