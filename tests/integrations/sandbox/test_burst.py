import time
from collections import Counter

from tests.integrations.sandbox.orders import kite


def test_five_hundred_tasks_in_a_few_arrays_are_taken_finished_and_called_back(sandbox, receiver):
    tasks = [kite(webhookURL=f"{receiver.url}/?n={number}") for number in range(500)]
    began = time.monotonic()
    for first in range(0, 500, 125):
        assert len(sandbox.send(*tasks[first : first + 125])["data"]) == 125
    taken = time.monotonic()

    bodies = receiver.bodies(500) if len(receiver.wait(500, within=20)) else []

    finished = time.monotonic()
    assert Counter(body["taskUUID"] for body in bodies) == Counter(t["taskUUID"] for t in tasks)
    assert taken - began < 5
    assert finished - began < 15
    assert sandbox.balance() == 1000 - 500 * 0.605
