import httpx
import pytest

from tests.integrations.sandbox.orders import kite


def post(sandbox, tasks, **headers):
    return httpx.post(sandbox.url, json=tasks, headers=headers, trust_env=False)


def test_the_key_may_be_the_first_element_of_the_array(sandbox):
    task = kite()

    response = post(sandbox, [{"taskType": "authentication", "apiKey": sandbox.key}, task])

    assert response.status_code == 200
    assert [item["taskUUID"] for item in response.json()["data"]] == [task["taskUUID"]]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}])
def test_a_wrong_or_missing_key_is_401_with_the_vendors_words_and_nothing_is_done(sandbox, header):
    task = kite()

    response = post(sandbox, [task], **header)

    assert response.status_code == 401
    (error,) = response.json()["errors"]
    assert "data" not in response.json()
    assert (error["code"], error["parameter"], error["taskType"]) == (
        "invalidApiKey",
        "apiKey",
        "authentication",
    )
    assert "taskUUID" not in error
    assert sandbox.poll(task).json() == {"data": []}


def test_a_wrong_key_in_the_array_is_refused(sandbox):
    response = post(sandbox, [{"taskType": "authentication", "apiKey": "wrong"}, kite()])

    assert response.status_code == 401


@pytest.mark.parametrize("path", ["/faults", "/tasks", "/balance"])
def test_the_control_routes_need_the_key(sandbox, path):
    assert httpx.get(f"{sandbox.root}{path}", trust_env=False).status_code == 401
