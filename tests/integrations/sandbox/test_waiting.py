import time

import pytest

from tests.integrations.sandbox.orders import kite, still
from tests.integrations.sandbox.running import Running, eventually


@pytest.fixture(scope="module")
def slow(start):
    begun = start(wait=100.0, options=("--no-drawing", "--seed", "5"))
    return Running(begun.url, begun.key)


def statuses(sandbox, task):
    return [item["status"] for item in sandbox.poll(task).json()["data"]]


def test_a_task_is_not_finished_before_its_wait_which_varies_by_a_quarter(slow):
    tasks = [kite() for _ in range(20)]
    slow.send(*tasks)
    slow.advance(74)
    time.sleep(0.1)
    assert all(statuses(slow, task) == ["processing"] for task in tasks)

    slow.advance(27)
    eventually(lambda: any(statuses(slow, task) == ["success"] for task in tasks))
    assert any(statuses(slow, task) == ["processing"] for task in tasks)

    slow.advance(25)
    assert [item["status"] for item in slow.results(*tasks)] == ["success"] * 20


def test_one_task_can_be_let_go(slow):
    task, other = kite(), kite()
    slow.send(task, other)

    slow.finish(task)

    assert [item["status"] for item in slow.results(task)] == ["success"]
    assert statuses(slow, other) == ["processing"]


def test_uuids_and_seeds_follow_from_the_sandboxs_seed(start):
    task = kite()
    made = []
    for _ in range(2):
        begun = start(options=("--no-drawing", "--seed", "9"))
        item = Running(begun.url, begun.key).made(task)
        made.append((item["videoUUID"], item["seed"]))
        begun.stop()

    assert made[0] == made[1]


def test_a_still_holds_the_connection_unless_asked_otherwise(sandbox):
    task = still(deliveryMethod=..., numberResults=2)

    body = sandbox.send(task)

    assert len(body["data"]) == 2
    assert all(item["imageURL"].endswith(".jpg") for item in body["data"])
    assert [item["imageUUID"] for item in sandbox.results(task)] == [i["imageUUID"] for i in body["data"]]


def test_a_still_that_is_moderated_says_so_on_the_held_connection(sandbox):
    task = still(deliveryMethod="sync")
    sandbox.faults("moderation", match=task["taskUUID"])

    assert sandbox.refusal(task)["code"] == "invalidProviderContent"


def test_a_still_with_a_callback_address_is_acknowledged_at_once(sandbox, receiver):
    task = still(deliveryMethod=..., webhookURL=receiver.url)

    assert sandbox.send(task) == {"data": [{"taskType": "imageInference", "taskUUID": task["taskUUID"]}]}
    (body,) = receiver.bodies(1)
    assert body["imageURL"]


@pytest.mark.parametrize(("kind", "name"), [("base64Data", "imageBase64Data"), ("dataURI", "imageDataURI")])
def test_a_still_can_come_inside_the_answer(sandbox, kind, name):
    item = sandbox.made(still(outputType=kind, outputFormat="PNG"))

    assert "imageURL" not in item
    assert item[name].startswith("data:image/png;base64,iVBOR" if kind == "dataURI" else "iVBOR")
