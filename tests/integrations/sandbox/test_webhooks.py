import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from tests.integrations.sandbox.orders import kite, still
from tests.integrations.sandbox.running import Running, eventually


def test_a_result_is_called_back_as_the_flat_task_object_without_a_status(sandbox, receiver):
    task = kite(webhookURL=f"{receiver.url}/hook")
    sandbox.send(task)

    (body,) = receiver.bodies(1)

    (polled,) = sandbox.results(task)
    polled.pop("status")
    assert body == polled


def test_the_address_is_used_exactly_as_given(sandbox, receiver):
    target = "/hooks/runware/?t=9f2c&next=a%2Fb|c'd&empty=&t=2"
    sandbox.send(kite(webhookURL=receiver.url + target))

    ((method, path, _, headers, _),) = receiver.wait(1)

    assert (method, path) == ("POST", target)
    assert headers["Content-Type"] == "application/json"
    assert not [name for name in headers if "sign" in name.lower()]


def test_every_result_is_called_back_by_itself(sandbox, receiver):
    task = still(numberResults=5, webhookURL=receiver.url)
    sandbox.send(task)

    bodies = receiver.bodies(5)

    assert {body["taskUUID"] for body in bodies} == {task["taskUUID"]}
    uuids = {item["imageUUID"] for item in sandbox.results(task)}
    assert {body["imageUUID"] for body in bodies} == uuids
    assert len(receiver.calls) == 5


def test_a_failure_is_called_back_as_the_flat_error(sandbox, receiver):
    task = kite(webhookURL=receiver.url)
    sandbox.faults("moderation", match=task["taskUUID"])
    sandbox.send(task)

    (body,) = receiver.bodies(1)

    assert (body["code"], body["taskUUID"]) == ("invalidProviderContent", task["taskUUID"])
    assert "status" not in body


def test_the_task_can_be_polled_when_the_callback_comes(sandbox, receiver):
    tasks = [kite(webhookURL=receiver.url) for _ in range(20)]
    sandbox.send(*tasks)
    receiver.wait(20)

    assert len(sandbox.poll(*tasks).json()["data"]) == 20


def test_anything_but_2xx_is_tried_again_with_growing_pauses(sandbox, receiver):
    receiver.statuses = [500, 404, 302]
    task = kite(webhookURL=receiver.url)
    sandbox.send(task)

    calls = receiver.wait(4)

    pauses = [later[4] - earlier[4] for earlier, later in pairwise(calls)]
    for pause, wanted in zip(pauses, (0.25, 0.5, 1.0), strict=True):
        assert pause > 0.7 * wanted  # a busy machine may take longer, never less
    assert len({call[2] for call in calls}) == 1
    told = [{"kind": "post", "state": "delivered", "attempts": 4}]
    eventually(lambda: sandbox.book(task)["deliveries"] == told)


def test_a_receiver_that_cannot_be_reached_is_given_up_in_the_end(start):
    begun = start(options=("--no-drawing", "--webhook-attempts", "2"))
    sandbox = Running(begun.url, begun.key)
    task = kite(webhookURL="http://127.0.0.1:9/")
    sandbox.send(task)

    told = [{"kind": "post", "state": "given up", "attempts": 2}]
    eventually(lambda: sandbox.book(task)["deliveries"] == told)


def test_a_receiver_has_five_seconds(sandbox, receiver):
    receiver.pause = 5.5
    sandbox.send(kite(webhookURL=receiver.url))

    first, second = receiver.wait(2, within=12)[:2]

    assert second[4] - first[4] > 5.0


def test_many_callbacks_are_not_sent_one_after_another(sandbox, receiver):
    receiver.pause = 0.2
    tasks = [kite(webhookURL=receiver.url) for _ in range(100)]
    began = time.monotonic()
    sandbox.send(*tasks)

    receiver.wait(100)

    assert time.monotonic() - began < 5


def test_the_file_is_put_to_an_upload_endpoint_after_the_callback(sandbox, receiver):
    task = kite(webhookURL=f"{receiver.url}/hook", uploadEndpoint=f"{receiver.url}/bucket/kite.mp4?sig=1")
    sandbox.send(task)

    first, second = receiver.wait(2)

    assert (first[0], second[0], second[1]) == ("POST", "PUT", "/bucket/kite.mp4?sig=1")
    (item,) = sandbox.results(task)
    assert second[2] == sandbox.http.get(item["videoURL"]).content


def test_callbacks_and_polls_may_cross_without_harm(sandbox, receiver):
    tasks = [kite(webhookURL=receiver.url) for _ in range(10)]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(sandbox.send, tasks))
        list(pool.map(sandbox.results, tasks))

    receiver.wait(10)
    assert len({body["taskUUID"] for body in receiver.bodies(10)}) == 10
