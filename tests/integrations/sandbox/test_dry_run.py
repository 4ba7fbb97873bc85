"""A header that has tasks checked and priced, and nothing else done."""

import uuid
from decimal import Decimal

import pytest

from tests.integrations.sandbox.orders import ask, kite, picture, still, turbo
from tests.integrations.sandbox.running import JSON, read


@pytest.fixture
def dry_run(sandbox):
    def dry_run(*tasks, header="1"):
        return sandbox.post(*tasks, headers={**JSON, "X-Runware-Dry-Run": header})

    return dry_run


def nothing_was_done(sandbox, task):
    known = {entry["taskUUID"] for entry in sandbox.http.get(f"{sandbox.root}/tasks").json()}
    return task["taskUUID"] not in known and sandbox.poll(task).json() == {"data": []}


@pytest.mark.parametrize(
    ("make", "cost"),
    [(kite, "0.605"), (turbo, "0.2542"), (lambda: still(numberResults=2, deliveryMethod="sync"), "0.16")],
)
def test_a_task_is_priced_and_neither_made_nor_paid(sandbox, dry_run, make, cost):
    task = make()

    (item,) = read(dry_run(task))["data"]

    assert item == {"taskType": task["taskType"], "taskUUID": task["taskUUID"], "cost": Decimal(cost)}
    assert nothing_was_done(sandbox, task)
    assert sandbox.balance() == 1000
    sandbox.send(task)  # its UUID is still free


def test_it_is_checked_as_if_it_were_to_be_made(sandbox, dry_run):
    bad, good = kite(duration=7), kite()

    body = dry_run(bad, good).json()

    assert [item["taskUUID"] for item in body["data"]] == [good["taskUUID"]]
    assert [error["code"] for error in body["errors"]] == ["unsupportedDuration"]
    assert nothing_was_done(sandbox, bad)
    assert dry_run(bad).status_code == 400


def test_nothing_is_called_back(dry_run, receiver):
    dry_run(kite(webhookURL=receiver.url))

    assert receiver.calls == []


def test_what_changes_something_changes_nothing(sandbox, dry_run):
    stored = sandbox.send(ask("mediaStorage", operation="upload", media=picture()))["data"][0]

    (upload,) = dry_run(ask("imageUpload", image=picture())).json()["data"]
    assert set(upload) == {"taskType", "taskUUID"}
    dry_run(ask("mediaStorage", operation="delete", media=stored["mediaUUID"]))

    sandbox.send(turbo(inputs={"frameImages": [stored["mediaUUID"]]}))


def test_who_only_asks_is_answered(dry_run):
    polled, account = (
        dry_run({"taskType": "getResponse", "taskUUID": str(uuid.uuid4())}),
        dry_run(ask("accountManagement", operation="getDetails")),
    )

    assert polled.json() == {"data": []}
    assert account.json()["data"][0]["balance"]


@pytest.mark.parametrize("header", ["0", "", "true"])
def test_another_value_is_none(sandbox, dry_run, header):
    task = kite()
    dry_run(task, header=header)

    assert sandbox.results(task)


def test_a_provider_may_ignore_the_header(sandbox, dry_run):
    sandbox.faults("dry_run_ignored")
    task = kite()
    dry_run(task)

    assert sandbox.results(task)
    assert sandbox.book(task)["billed"] == Decimal("0.605")
