import uuid
from decimal import Decimal

import pytest

from tests.integrations.sandbox.orders import kite, still, turbo
from tests.integrations.sandbox.running import read


def test_a_running_task_says_processing_once_for_each_result(sandbox):
    task = kite(numberResults=3)
    sandbox.faults("never_ends", match=task["taskUUID"])
    sandbox.send(task)

    body = read(sandbox.poll(task))

    running = {"taskType": "videoInference", "taskUUID": task["taskUUID"], "status": "processing"}
    assert body == {"data": [running] * 3}


def test_a_finished_task_gives_its_results_again_on_every_poll(sandbox):
    task = kite(numberResults=4, seed=7)
    sandbox.send(task)

    items = sandbox.results(task)

    assert items == sandbox.results(task)
    assert [item["status"] for item in items] == ["success"] * 4
    assert [item["taskType"] for item in items] == ["videoInference"] * 4
    assert [item["seed"] for item in items] == [7, 8, 9, 10]
    assert len({item["videoUUID"] for item in items}) == 4
    assert len({item["videoURL"] for item in items}) == 4


def test_a_seed_is_returned_also_when_none_was_sent(sandbox):
    seeds = {sandbox.made(kite())["seed"], sandbox.made(kite())["seed"], sandbox.made(still())["seed"]}

    assert len(seeds) == 3


@pytest.mark.parametrize(
    ("task", "cost"),
    [
        (kite(duration=5), "0.605"),
        (kite(duration=8), "0.965"),
        (kite(duration=...), "1.205"),
        (turbo(duration=2), "0.1042"),
        (turbo(duration=6), "0.3042"),
        (turbo(duration=8, width=1584, height=672), "0.4042"),
        (still(), "0.08"),
    ],
)
def test_a_cost_is_the_catalogues_price_written_exactly(sandbox, task, cost):
    sandbox.send(task)

    response = sandbox.ended(task)

    assert f'"cost":{cost}' in response.text
    assert read(response)["data"][0]["cost"] == Decimal(cost)
    assert sandbox.book(task)["billed"] == Decimal(cost)


def test_a_cost_is_told_only_on_request_and_billed_all_the_same(sandbox):
    task = kite(includeCost=False)

    assert "cost" not in sandbox.made(task)
    assert sandbox.book(task)["billed"] == Decimal("0.605")


def test_a_failed_task_is_400_with_the_status_error(sandbox):
    task = kite()
    sandbox.faults("moderation", match=task["taskUUID"])
    sandbox.send(task)

    response = sandbox.ended(task)

    assert response.status_code == 400
    assert read(response)["data"] == []
    (error,) = read(response)["errors"]
    assert (error["code"], error["status"]) == ("invalidProviderContent", "error")
    assert (error["taskType"], error["taskUUID"]) == ("videoInference", task["taskUUID"])
    assert "responseContent" in error
    assert sandbox.book(task)["billed"] == 0


def test_an_unknown_uuid_has_nothing_to_say(sandbox):
    response = sandbox.poll({"taskUUID": str(uuid.uuid4())})

    assert (response.status_code, response.json()) == (200, {"data": []})


def test_several_tasks_can_be_asked_after_in_one_array(sandbox):
    good, bad, running = kite(), kite(), kite()
    sandbox.faults("never_ends", match=running["taskUUID"])
    sandbox.faults("timeout_provider", match=bad["taskUUID"])
    sandbox.send(good, bad, running)
    sandbox.ended(good, bad)

    response = sandbox.poll(good, bad, running)

    body = read(response)
    assert response.status_code == 200
    assert {item["taskUUID"]: item["status"] for item in body["data"]} == {
        good["taskUUID"]: "success",
        running["taskUUID"]: "processing",
    }
    assert [error["taskUUID"] for error in body["errors"]] == [bad["taskUUID"]]


def test_some_results_of_a_task_may_fail(sandbox):
    task = kite(numberResults=3)
    sandbox.faults("moderation", match=task["taskUUID"], results=[1])
    sandbox.send(task)

    response = sandbox.ended(task)

    assert response.status_code == 200
    assert len(read(response)["data"]) == 2
    assert len(read(response)["errors"]) == 1
    assert sandbox.book(task)["billed"] == Decimal("1.21")
