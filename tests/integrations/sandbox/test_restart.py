import time

import httpx

from tests.integrations.sandbox.orders import ask, kite, picture, turbo
from tests.integrations.sandbox.running import Running


def killed(begun):
    begun.process.kill()
    begun.process.wait()


def test_after_a_kill_unfinished_tasks_go_on_and_finished_ones_stay(start, tmp_path, receiver):
    first = start(tmp_path, wait=1.0)
    sandbox = Running(first.url, first.key)
    done, running = kite(), kite(webhookURL=receiver.url, numberResults=2)
    sandbox.send(done)
    (item,) = sandbox.results(done)
    sandbox.send(running)
    killed(first)

    second = start(tmp_path, wait=1.0)

    assert (second.url, second.key) == (first.url, first.key)
    sandbox = Running(second.url, second.key)
    assert sandbox.results(done) == [item]
    assert httpx.get(item["videoURL"], trust_env=False).status_code == 200
    assert [each["status"] for each in sandbox.results(running)] == ["success"] * 2
    assert len(receiver.wait(2)) == 2
    assert sandbox.refusal(done)["code"] == "conflictTaskUUID"
    assert float(sandbox.balance()) == 1000 - 3 * 0.605


def test_on_another_port_a_poll_gives_an_address_that_works(start, tmp_path):
    first = start(tmp_path)
    task = kite()
    old = Running(first.url, first.key).made(task)["videoURL"]
    killed(first)

    second = start(tmp_path, port=0)

    assert second.url != first.url
    (item,) = Running(second.url, second.key).results(task)
    assert item["videoURL"] != old
    assert httpx.get(item["videoURL"], trust_env=False).status_code == 200


def test_a_callback_nobody_took_is_tried_again_after_a_restart(start, tmp_path, receiver):
    first = start(tmp_path)
    receiver.statuses = [503] * 3
    sandbox = Running(first.url, first.key)
    sandbox.send(kite(webhookURL=receiver.url))
    receiver.wait(1)
    killed(first)
    seen = len(receiver.calls)

    start(tmp_path)

    receiver.wait(seen + 1)
    assert receiver.calls[-1][2] == receiver.calls[0][2]


def test_uploads_and_reserved_credits_survive(start, tmp_path):
    first = start(tmp_path)
    sandbox = Running(first.url, first.key)
    (item,) = sandbox.send(ask("imageUpload", image=picture()))["data"]
    sandbox.faults("never_ends")
    task = kite()
    sandbox.send(task)
    killed(first)

    second = start(tmp_path)

    sandbox = Running(second.url, second.key)
    sandbox.send(turbo(inputs={"frameImages": [item["imageUUID"]]}))
    time.sleep(0.1)
    assert sandbox.poll(task).json()["data"][0]["status"] == "processing"
    sandbox.finish(task)
    assert sandbox.results(task)[0]["status"] == "success"
