"""Polls, results and files that go wrong."""

import time
from decimal import Decimal

import httpx
import pytest

from tests.integrations.sandbox.orders import kite, still
from tests.integrations.sandbox.running import read


def failed(sandbox, fault="moderation", **parameters):
    task = kite()
    sandbox.faults(fault, match=task["taskUUID"], **parameters)
    sandbox.send(task)
    return task


def test_the_provider_times_out(sandbox):
    task = failed(sandbox, "timeout_provider")

    assert read(sandbox.ended(task))["errors"][0]["code"] == "timeoutProvider"


def test_a_task_fails_with_any_code(sandbox):
    task = failed(sandbox, "fail", code="modelNotReady", message="Soon.")

    (error,) = read(sandbox.ended(task))["errors"]
    assert (error["code"], error["message"]) == ("modelNotReady", "Soon.")


def test_a_task_never_ends_until_it_is_let_go(sandbox):
    task = failed(sandbox, "never_ends")
    sandbox.advance(0)
    assert sandbox.poll(task).json()["data"][0]["status"] == "processing"

    sandbox.finish(task)

    assert sandbox.results(task)[0]["status"] == "success"


def test_a_failure_is_polled_as_200(sandbox):
    task = failed(sandbox)
    sandbox.faults("poll_failed_as_200")

    response = sandbox.ended(task)

    assert response.status_code == 200
    assert read(response)["errors"][0]["code"] == "invalidProviderContent"


def test_a_failure_is_polled_inside_data(sandbox):
    task = failed(sandbox)
    sandbox.faults("poll_error_in_data")

    response = sandbox.ended(task)

    (item,) = read(response)["data"]
    assert response.status_code == 200
    assert "errors" not in read(response)
    assert (item["status"], item["error"]["code"]) == ("error", "invalidProviderContent")


def test_a_known_task_is_not_found_for_a_while(sandbox):
    task = kite()
    sandbox.send(task)
    sandbox.faults("poll_empty", times=1)
    assert (sandbox.poll(task).status_code, sandbox.fired()) == (200, [1])

    sandbox.faults("poll_not_found", times=1)
    response = sandbox.poll(task)

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "taskNotFound"
    assert sandbox.results(task)


def test_a_running_task_uses_other_words_and_carries_more(sandbox):
    task = failed(sandbox, "never_ends")
    sandbox.faults("poll_word", value="scheduled")
    sandbox.faults("poll_progress", value=30)
    sandbox.faults("uuid_while_processing")

    (item,) = sandbox.poll(task).json()["data"]

    assert (item["status"], item["progress"]) == ("scheduled", 30)
    assert item["videoUUID"] and "videoURL" not in item


def test_a_finished_task_still_says_processing(sandbox):
    task = kite()
    sandbox.made(task)
    sandbox.faults("poll_processing", times=1)

    assert sandbox.poll(task).json()["data"][0]["status"] == "processing"
    assert sandbox.poll(task).json()["data"][0]["status"] == "success"


def test_a_success_is_flagged(sandbox):
    sandbox.faults("nsfw")

    assert sandbox.made(kite())["NSFWContent"] is True


def test_a_cost_is_missing_but_billed(sandbox):
    task = kite()
    sandbox.faults("cost_missing")

    assert "cost" not in sandbox.made(task)
    assert sandbox.book(task)["billed"] == Decimal("0.605")


@pytest.mark.parametrize("value", ["NaN", '"abc"', "-1", "6.05", "null", "1e400", "0.6050000000000000001"])
def test_a_cost_is_any_json_text(sandbox, value):
    task = kite()
    sandbox.faults("cost_value", value=value)
    sandbox.send(task)

    assert f'"cost":{value}}}' in sandbox.ended(task).text
    assert sandbox.book(task)["billed"] == Decimal("0.605")


def test_a_price_is_ten_times_the_usual(sandbox):
    task = kite()
    sandbox.faults("price_factor", value="10")

    assert sandbox.made(task)["cost"] == Decimal("6.05")
    assert sandbox.book(task)["billed"] == Decimal("6.05")


def test_an_address_is_on_another_host_once(sandbox):
    task = kite()
    sandbox.faults("result_foreign_host", times=1, value="http://198.51.100.7")
    sandbox.send(task)

    assert sandbox.results(task)[0]["videoURL"].startswith("http://198.51.100.7/video/")
    assert sandbox.results(task)[0]["videoURL"].startswith(sandbox.root)


def test_a_finished_item_has_no_status(sandbox):
    sandbox.faults("status_missing")

    assert "status" not in sandbox.made(kite())


def get(address, **headers):
    return httpx.get(address, headers=headers, trust_env=False)


def test_a_file_is_not_there_yet(sandbox):
    address = sandbox.made(kite())["videoURL"]
    sandbox.faults("result_404", times=2)

    assert [get(address).status_code for _ in range(3)] == [404, 404, 200]


def test_a_file_breaks_off(sandbox):
    address = sandbox.made(kite())["videoURL"]
    sandbox.faults("result_truncated", times=1)

    with pytest.raises(httpx.RemoteProtocolError):
        get(address)

    assert get(address).status_code == 200


def test_a_file_is_short_and_says_so(sandbox):
    address = sandbox.made(kite())["videoURL"]
    whole = get(address).content
    sandbox.faults("result_truncated", declared=False)

    assert get(address).content == whole[: len(whole) // 2]


def test_a_file_is_a_web_page(sandbox):
    address = sandbox.made(still())["imageURL"]
    sandbox.faults("result_wrong_type", content_type="image/jpeg")

    response = get(address)

    assert response.headers["content-type"] == "image/jpeg"
    assert response.content.startswith(b"<!doctype html>")


def test_a_file_starts_late_or_without_a_length(sandbox):
    address = sandbox.made(kite())["videoURL"]
    sandbox.faults("result_slow", seconds=0.3)
    sandbox.faults("result_without_length")
    began = time.monotonic()

    response = get(address)

    assert time.monotonic() - began > 0.3
    assert "content-length" not in response.headers
    assert len(response.content) > 1000
