import uuid

import pytest

from tests.integrations.sandbox.orders import ask, kite, turbo
from tests.integrations.sandbox.running import read


def test_an_accepted_task_is_acknowledged_with_two_fields_and_no_errors_key(sandbox):
    task = kite(numberResults=3)

    body = sandbox.send(task)

    assert body == {"data": [{"taskType": "videoInference", "taskUUID": task["taskUUID"]}]}


def test_tasks_of_one_array_are_taken_or_refused_each_by_itself(sandbox):
    good, bad = kite(), kite(duration=7)

    response = sandbox.post(bad, good)

    body = read(response)
    assert response.status_code == 200
    assert [item["taskUUID"] for item in body["data"]] == [good["taskUUID"]]
    assert [item["taskUUID"] for item in body["errors"]] == [bad["taskUUID"]]


def test_when_every_task_fails_the_status_is_400_and_data_is_empty(sandbox):
    response = sandbox.post(kite(duration=7), turbo(duration=11))

    assert response.status_code == 400
    assert read(response)["data"] == []
    assert len(read(response)["errors"]) == 2


def test_different_task_types_fit_into_one_array(sandbox):
    task = kite()

    data = sandbox.send(ask("ping", ping=True), task, ask("accountManagement", operation="getDetails"))[
        "data"
    ]

    assert {item["taskType"] for item in data} == {"ping", "videoInference", "accountManagement"}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"<html>"])
def test_a_body_that_is_not_json_is_refused(sandbox, body):
    response = sandbox.http.post(sandbox.url, content=body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"].startswith("invalid")


@pytest.mark.parametrize("body", [{}, [], "tasks", [1], [[]], None])
def test_a_body_that_is_no_array_of_objects_is_refused(sandbox, body):
    response = sandbox.http.post(sandbox.url, json=body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"].startswith("invalid")


def test_an_unknown_task_type_is_refused_and_echoed(sandbox):
    error = sandbox.refusal(ask("audioInference", model="x"))

    assert error["code"] == "invalidTaskType"


def test_ping_is_answered_with_pong(sandbox):
    assert sandbox.send({"taskType": "ping", "ping": True}) == {"data": [{"taskType": "ping", "pong": True}]}


def test_there_is_one_route_and_others_say_so(sandbox):
    assert sandbox.http.get(sandbox.url).status_code == 404
    assert sandbox.http.post(f"{sandbox.root}/v2", json=[]).status_code == 404
    assert sandbox.http.get(f"{sandbox.root}/healthz").status_code == 200


def test_task_details_keep_the_request_and_the_last_answer(sandbox):
    task = kite()
    sandbox.made(task)
    asked = {"taskType": "getTaskDetails", "taskUUID": task["taskUUID"]}

    (first,) = sandbox.send(asked)["data"]
    sandbox.post(task)
    (second,) = sandbox.send(asked)["data"]

    assert first["request"] == [task]
    assert first["response"]["data"][0]["videoURL"]
    assert second["response"]["errors"][0]["code"] == "conflictTaskUUID"


def test_task_details_of_a_stranger_are_not_found(sandbox):
    response = sandbox.post({"taskType": "getTaskDetails", "taskUUID": str(uuid.uuid4())})

    assert response.status_code == 404
    assert response.json()["errors"][0]["code"] == "taskNotFound"
