"""The switchboard itself: who is struck, how often, and always the same way."""

import pytest

from studio.integrations.sandbox.faults import KINDS
from tests.integrations.sandbox.orders import kite
from tests.integrations.sandbox.running import Running


def test_a_fault_strikes_whom_it_names(sandbox):
    by_uuid, by_prompt, spared = kite(), kite(positivePrompt="a red kite"), kite()
    sandbox.faults("refuse", match=by_uuid["taskUUID"], code="first")
    sandbox.faults("refuse", match="prompt:red", code="second")

    assert sandbox.refusal(by_uuid)["code"] == "first"
    assert sandbox.refusal(by_prompt)["code"] == "second"
    sandbox.send(spared)


def test_a_fault_strikes_so_many_times_and_is_counted(sandbox):
    sandbox.faults("refuse", times=2)
    task = kite()

    sandbox.refusal(task)
    sandbox.refusal(task)
    sandbox.send(task)

    assert sandbox.fired() == [2]
    assert sandbox.book(task)["posts"] == 3


def test_faults_add_up_until_they_are_cleared(sandbox):
    sandbox.faults("nsfw")
    sandbox.faults("cost_missing")
    item = sandbox.made(kite())
    assert item["NSFWContent"] is True
    assert "cost" not in item

    sandbox.http.delete(f"{sandbox.root}/faults")

    assert sandbox.fired() == []
    assert "NSFWContent" not in sandbox.made(kite())


def test_chance_is_the_same_under_the_same_seed(start):
    taken = []
    for seed in ("3", "3", "4"):
        begun = start(options=("--no-drawing", "--seed", seed))
        sandbox = Running(begun.url, begun.key)
        sandbox.faults("refuse", probability=0.5)
        taken.append([sandbox.post(kite()).status_code for _ in range(40)])
        begun.stop()

    assert taken[0] == taken[1] != taken[2]
    assert 8 < taken[0].count(400) < 32


@pytest.mark.parametrize(
    "wish",
    [
        {},
        [{"fault": "gremlins"}],
        [{"fault": "refuse", "sauce": 1}],
        [{"fault": "refuse", "times": "x"}],
        [1],
    ],
)
def test_a_fault_there_is_none_of_is_refused_in_words(sandbox, wish):
    response = sandbox.http.post(f"{sandbox.root}/faults", json=wish)

    assert response.status_code == 400
    assert response.json()["detail"]
    assert sandbox.fired() == []


def test_every_fault_says_what_it_does():
    assert all(kind.says.endswith(".") for kind in KINDS.values())
