from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from tests.integrations.sandbox.orders import kite
from tests.integrations.sandbox.running import read


def test_a_known_uuid_is_a_conflict_and_nothing_is_charged_twice(sandbox):
    task = kite()
    first = sandbox.made(task)

    error = sandbox.refusal(task)

    assert error["code"] == "conflictTaskUUID"
    assert error["context"]["taskUUID"] == task["taskUUID"]
    assert sandbox.results(task) == [first]
    assert sandbox.book(task)["billed"] == Decimal("0.605")
    assert sandbox.book(task)["posts"] == 2


def test_a_known_uuid_is_a_conflict_while_it_runs_and_whatever_the_rest_says(sandbox):
    task = kite()
    sandbox.faults("never_ends", match=task["taskUUID"])
    sandbox.send(task)

    assert sandbox.refusal(task)["code"] == "conflictTaskUUID"
    assert sandbox.refusal(task | {"duration": 7})["code"] == "conflictTaskUUID"


def test_the_same_uuid_twice_in_one_array_is_taken_once(sandbox):
    task = kite()

    body = read(sandbox.post(task, task))

    assert len(body["data"]) == 1
    assert body["errors"][0]["code"] == "conflictTaskUUID"
    assert len(sandbox.results(task)) == 1


def test_of_many_posts_at_once_exactly_one_is_taken(sandbox):
    task = kite()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sandbox.post(task), range(16)))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 15
    assert sandbox.ended(task).status_code == 200
    assert sandbox.book(task)["billed"] == Decimal("0.605")
