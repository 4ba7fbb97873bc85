"""Whole POSTs that go wrong, and refusals of one task."""

import time
from decimal import Decimal

import httpx
import pytest

from tests.integrations.sandbox.orders import ask, kite


def test_an_answer_is_lost_after_the_task_was_taken(sandbox):
    task = kite()
    sandbox.faults("answer_lost", match=task["taskUUID"], times=1)

    with pytest.raises(httpx.RemoteProtocolError):
        sandbox.post(task)

    assert sandbox.results(task)[0]["status"] == "success"
    assert sandbox.refusal(kite(taskUUID=task["taskUUID"]))["code"] == "conflictTaskUUID"


def test_an_answer_comes_late(sandbox):
    task = kite()
    sandbox.faults("answer_slow", seconds=0.5)

    with pytest.raises(httpx.ReadTimeout):
        sandbox.post(task, timeout=0.1)

    assert sandbox.results(task)[0]["status"] == "success"


@pytest.mark.parametrize(
    ("fault", "status"), [("http_429", 429), ("http_503", 503), ("http_504", 504), ("http_500", 500)]
)
def test_a_busy_server_takes_nothing(sandbox, fault, status):
    task = kite()
    sandbox.faults(fault, times=1)

    response = sandbox.post(task)

    assert response.status_code == status
    assert "retry-after" not in response.headers
    (error,) = response.json()["errors"]
    assert "taskUUID" not in error
    assert sandbox.poll(task).json() == {"data": []}
    assert sandbox.book(task)["state"] == "refused"
    sandbox.send(task)


def test_a_busy_server_may_say_for_how_long(sandbox):
    sandbox.faults("http_429", retry_after=7)

    assert sandbox.post(kite()).headers["retry-after"] == "7"


@pytest.mark.parametrize("accepted", [False, True])
def test_a_proxy_answers_with_html(sandbox, accepted):
    task = kite()
    sandbox.faults("html", accepted=accepted)

    response = sandbox.post(task)

    assert (response.status_code, response.headers["content-type"]) == (502, "text/html")
    assert bool(sandbox.poll(task).json()["data"]) is accepted


@pytest.mark.parametrize("fault", ["truncated_json", "empty_body"])
def test_an_answer_arrives_in_part_or_empty(sandbox, fault):
    task = kite()
    sandbox.faults(fault)

    response = sandbox.post(task)

    assert response.status_code == 200
    with pytest.raises(ValueError):
        response.json()
    assert sandbox.results(task)[0]["status"] == "success"


def test_a_key_is_revoked(sandbox):
    sandbox.faults("invalid_key", phase="any")

    assert sandbox.post(kite()).status_code == 401
    assert sandbox.post(ask("ping")).json()["errors"][0]["code"] == "invalidApiKey"


def test_an_error_comes_in_the_singular_envelope(sandbox):
    sandbox.faults("error_singular", code="standardError")

    response = sandbox.post(kite())

    assert response.status_code == 500
    assert response.json()["error"]["code"] == "standardError"


def test_a_fault_of_the_whole_post_can_be_kept_for_polls(sandbox):
    task = kite()
    sandbox.faults("http_503", phase="poll", match=task["taskUUID"], times=1)

    sandbox.send(task)
    assert sandbox.poll(task).status_code == 503
    assert sandbox.poll(kite()).status_code == 200
    assert sandbox.results(task)


@pytest.mark.parametrize("status", [400, 402, 200])
def test_there_is_no_money(sandbox, status):
    sandbox.faults("insufficient_credits", status=status)

    response = sandbox.post(kite())

    assert response.status_code == status
    assert response.json()["errors"][0]["code"] == "insufficientCredits"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("concurrent_limit", "concurrentRequestLimitExceeded"),
        ("refuse_moderation", "invalidProviderContent"),
        ("unknown_code", "quantumFluxMisaligned"),
    ],
)
def test_a_task_is_refused_for_a_reason(sandbox, fault, code):
    task = kite()
    sandbox.faults(fault, match=task["taskUUID"])

    assert sandbox.refusal(task)["code"] == code


def test_a_refusal_can_say_anything(sandbox):
    sandbox.faults("refuse", code="accountSuspended", message="No.", parameter=["a", "b"], status=403)

    response = sandbox.post(kite())

    assert response.status_code == 403
    (error,) = response.json()["errors"]
    assert (error["code"], error["message"], error["parameter"]) == ("accountSuspended", "No.", ["a", "b"])


@pytest.mark.parametrize("accepted", [False, True])
def test_a_task_is_in_neither_data_nor_errors(sandbox, accepted):
    task, other = kite(), kite()
    sandbox.faults("dropped", match=task["taskUUID"], accepted=accepted)

    body = sandbox.send(task, other)

    assert [item["taskUUID"] for item in body["data"]] == [other["taskUUID"]]
    assert "errors" not in body
    assert bool(sandbox.poll(task).json()["data"]) is accepted


def test_an_acknowledgement_already_carries_the_result(sandbox):
    sandbox.faults("ack_with_result")

    (item,) = sandbox.send(kite())["data"]

    assert item["videoURL"] and item["cost"] == Decimal("0.605")


def test_an_empty_errors_list_comes_beside_the_data(sandbox):
    sandbox.faults("errors_empty")

    assert sandbox.send(kite())["errors"] == []


def test_a_task_takes_longer(sandbox):
    task = kite()
    sandbox.faults("slow_task", seconds=0.5)
    began = time.monotonic()
    sandbox.send(task)

    sandbox.results(task)

    assert time.monotonic() - began > 0.5
