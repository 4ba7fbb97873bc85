"""Asking how a task stands, and what to make of the answer (`protocols.md` 10, rows 3, 11, 18 to 20)."""

import json
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
from django.utils import timezone

from studio.generation.renders import failure_messages, lifecycle, settlement
from studio.generation.renders.models import Render
from studio.integrations import providers
from tests.generation.conftest import balanced

PRICE = Decimal("0.605")


@pytest.fixture
def rendering(order, engine):
    """A take the provider has taken and that nobody has asked about yet."""
    (take,) = order()
    lifecycle.submit(str(take.batch))
    take.refresh_from_db()
    assert take.state == "rendering"
    return take


def ask(take):
    Render.objects.filter(pk=take.pk).update(check_at=timezone.now())
    lifecycle.ask()
    take.refresh_from_db()
    return take


def overdue(take):
    Render.objects.filter(pk=take.pk).update(deadline_at=timezone.now() - timedelta(seconds=1))


def test_without_any_callback_the_sweep_finds_the_result(rendering, engine, books):
    """Row 3: no webhook ever comes here, there is no address to call."""
    engine.run()

    assert Render.objects.get().state == "ready"
    assert books().spent == PRICE


def test_every_take_in_flight_has_a_time_at_which_someone_looks(rendering):
    """Row 3: also one that was just asked about."""
    assert timezone.now() < rendering.check_at < timezone.now() + timedelta(seconds=60)


@pytest.mark.parametrize("fault", ["http_429", "http_503", "http_500", "html", "empty_body", "invalid_key"])
def test_an_answer_nobody_can_use_means_ask_again(order, engine, runware, books, fault):
    """Rows 11 and 12: never "failed"."""
    runware.faults("never_ends", times=1)
    (take,) = order()
    lifecycle.submit(str(take.batch))
    runware.faults(fault, phase="poll", times=2)

    for _ in range(2):
        assert ask(take).state == "rendering"
        assert take.check_at > timezone.now()
    assert balanced(take.project).held == PRICE
    runware.finish({"taskUUID": str(take.code)})
    engine.run()
    assert books().spent == PRICE


@pytest.mark.parametrize("fault", ["poll_empty", "poll_not_found"])
def test_a_task_they_do_not_know_may_still_come(rendering, engine, runware, books, fault):
    """Row 18: only the deadline ends it."""
    runware.faults(fault, times=3)

    for _ in range(3):
        assert ask(rendering).state == "rendering"
    engine.run()
    assert Render.objects.get().state == "ready"
    assert books().spent == PRICE


@pytest.mark.parametrize("fault", ["poll_word", "poll_progress", "uuid_while_processing", "poll_processing"])
def test_a_running_task_is_a_running_task(order, engine, runware, books, fault):
    """Row 6, protocols 1.5: another word, progress, and a UUID that is no result yet."""
    runware.faults("never_ends", times=1)
    runware.faults(fault)
    (take,) = order()
    lifecycle.submit(str(take.batch))

    assert ask(take).state == "rendering"
    runware.http.delete(f"{runware.root}/faults")
    runware.finish({"taskUUID": str(take.code)})
    engine.run()
    assert books().spent == PRICE


def test_a_result_without_a_status_is_a_result(rendering, engine, runware, books):
    runware.faults("status_missing")
    engine.run()

    assert Render.objects.get().state == "ready"
    assert books().spent == PRICE


def test_a_task_that_never_ends_expires_and_keeps_its_hold(order, engine, runware, books):
    """Rows 19 and 20: it may have been bought; a late result is charged and saved."""
    runware.faults("never_ends", times=1)
    (take,) = order()
    lifecycle.submit(str(take.batch))
    overdue(take)

    assert ask(take).state == "expired"
    assert (books().spent, books().held) == (0, PRICE)
    runware.finish({"taskUUID": str(take.code)})
    engine.until(
        lambda: Render.objects.get().state == "ready"
    )  # expired is no open state: `run` would not wait

    assert (books().spent, books().held) == (PRICE, 0)


def test_nobody_answers_until_the_deadline(rendering, answering):
    """Rows 11 and 19: the provider is down all the while."""
    answering(lambda request: (_ for _ in ()).throw(httpx.ConnectError("refused")))
    overdue(rendering)

    assert ask(rendering).state == "expired"
    assert balanced(rendering.project).held == PRICE


def test_an_expired_take_is_still_asked_about_now_and_then(order, engine, runware):
    """Row 20."""
    runware.faults("never_ends", times=1)
    (take,) = order()
    lifecycle.submit(str(take.batch))
    overdue(take)
    ask(take)

    assert ask(take).state == "expired"
    wait = (take.check_at - timezone.now()).total_seconds()
    assert 60 < wait <= 900


def test_an_expired_task_that_failed_gives_its_money_back(order, engine, runware, books):
    runware.faults("never_ends", times=1)
    runware.faults("moderation", times=1)
    (take,) = order()
    lifecycle.submit(str(take.batch))
    overdue(take)
    ask(take)
    runware.finish({"taskUUID": str(take.code)})

    engine.until(lambda: Render.objects.get().state == "failed")
    assert (books().spent, books().held) == (0, 0)


def test_a_take_given_up_for_good_is_charged_all_the_same_when_it_comes(order, engine, runware, books, pia):
    """Row 20: written off by a producer, then the result arrives."""
    runware.faults("never_ends", times=1)
    (take,) = order()
    lifecycle.submit(str(take.batch))
    overdue(take)
    ask(take)
    assert settlement.write_off(take, by=pia)
    take.refresh_from_db()
    assert failure_messages.of_failure(take).title == "Written off"
    assert books().held == 0

    runware.finish({"taskUUID": str(take.code)})
    runware.ended({"taskUUID": str(take.code)})
    told = providers.get("runware").ask([take.code])
    lifecycle.results.receive(told[0])
    engine.run()
    take.refresh_from_db()
    assert take.state == "ready"
    assert (books().spent, books().held) == (PRICE, 0)


# --- bodies the sandbox would not write -----------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"data":[{"taskUUID":',
        b"null",
        b'{"errors":[{"code":"internalServerError","message":"Oh."}]}',
        b'{"errors":[{"code":"invalidApiKey","taskType":"authentication"}]}',
        b'{"error":true,"errorId":19,"errorMessage":"Invalid API key."}',
        b'{"error":{"code":"rateLimitExceeded"}}',
    ],
    ids=repr,
)
@pytest.mark.parametrize("status", [200, 400, 502])
def test_a_poll_that_says_nothing_of_the_task_means_nothing(rendering, answering, body, status):
    """Rows 10, 11 and 15."""
    answering(lambda request: httpx.Response(status, content=body))

    assert ask(rendering).state == "rendering"
    assert rendering.check_at > timezone.now()
    assert balanced(rendering.project).held == PRICE


@pytest.mark.parametrize("code", ["rateLimitExceeded", "serviceUnavailable", "invalidApiKey", "taskNotFound"])
def test_an_error_of_the_asking_is_not_a_failure_of_the_task(rendering, answering, code):
    """Rows 12 and 18: it names the task, but no failed task: those carry a status (1.7)."""

    def handler(request):
        (asked,) = json.loads(request.content)
        error = {
            "code": code,
            "message": "Not now.",
            "taskUUID": asked["taskUUID"],
            "taskType": "getResponse",
        }
        return httpx.Response(400, json={"errors": [error]})

    answering(handler)

    assert ask(rendering).state == "rendering"
    assert balanced(rendering.project).held == PRICE


def test_many_are_asked_about_in_one_call(order, answering):
    """Row 12: polling twenty takes is one request."""
    takes = [*order(takes=4), *order(takes=4)]
    Render.objects.update(state="rendering", check_at=timezone.now())
    seen = answering(lambda request: httpx.Response(200, json={"data": []}))

    lifecycle.ask()

    (request,) = seen
    asked = {task["taskUUID"] for task in json.loads(request.content)}
    assert asked == {str(take.code) for take in takes}


def test_an_answer_about_a_stranger_is_ignored(order, answering, rendering):
    """Row 7: also from a poll only what was asked counts."""
    (other,) = order()
    result = {"taskUUID": str(other.code), "videoUUID": "x", "videoURL": "https://vm.runware.ai/x.mp4"}
    answering(lambda request: httpx.Response(200, json={"data": [result | {"cost": 0.605}]}))

    assert ask(rendering).state == "rendering"
    other.refresh_from_db()
    assert other.state == "queued"
    assert balanced(rendering.project).spent == 0
