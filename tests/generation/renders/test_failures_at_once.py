"""Several workers with the same row at the same moment (`protocols.md` 10, rows 4 and 28)."""

import threading
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.utils import timezone

from studio.generation.orders import orders
from studio.generation.renders import archive, lifecycle, results
from studio.generation.renders.models import Render
from studio.integrations import providers
from studio.integrations.providers.base import Failure, Result
from studio.integrations.providers.failures import FailureReason
from studio.runtime.live.models import Event
from tests.generation.conftest import balanced

PRICE = Decimal("0.605")
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Make all calls at the same moment, each in a thread with a connection of its own."""
    start, failures = threading.Barrier(len(calls)), []

    def run(call):
        try:
            start.wait(10)
            call()
        except Exception as exc:
            failures.append(exc)
        finally:
            connections.close_all()

    connection.close()
    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures


def moved_to(state):
    return Event.objects.filter(kind="render.moved", payload__state=state).count()


def result_of(take, runware):
    while True:
        (told,) = providers.get("runware").ask([take.code])
        if isinstance(told, Result):
            return told


def test_four_workers_send_one_batch(order, runware, posts):
    """Row 28: the state is the guard; each task is posted once."""
    takes = order(takes=4)
    at_once(*[lambda: lifecycle.submit(str(takes[0].batch))] * 4)

    assert [posts(take) for take in takes] == [1, 1, 1, 1]
    assert set(Render.objects.values_list("state", flat=True)) == {"rendering"}


def test_four_workers_ask_about_the_same_take(order, runware, books):
    """Row 28: asking is harmless, and the answer counts once."""
    (take,) = order()
    lifecycle.submit(str(take.batch))
    result_of(take, runware)
    Render.objects.update(check_at=timezone.now())
    at_once(*[lifecycle.ask] * 4)

    assert moved_to("saving") == 1
    assert (books().spent, books().held) == (PRICE, 0)


def test_one_result_by_four_roads_at_once(order, runware, books):
    """Row 4."""
    (take,) = order()
    lifecycle.submit(str(take.batch))
    told = result_of(take, runware)
    at_once(
        lambda: results.receive(told),
        lambda: results.receive(told, asked=True),
        lambda: lifecycle.settle(Render.objects.get(), providers.base.Accepted(outcome=told)),
        lambda: results.receive(told),
    )

    assert moved_to("saving") == 1
    assert (books().spent, books().held) == (PRICE, 0)


def test_two_results_of_one_task_at_once(order, runware):
    """Design 3.4: one is the take's, the other an extra take; both are paid."""
    (take,) = order()
    lifecycle.submit(str(take.batch))
    told = result_of(take, runware)
    second = Result(take.code, uuid="second", url=told.url, cost=told.cost)
    at_once(*[lambda: results.receive(told), lambda: results.receive(second)] * 2)

    assert list(Render.objects.order_by("number").values_list("state", flat=True)) == ["saving", "saving"]
    assert balanced(take.project).spent == 2 * PRICE


def test_a_result_and_a_failure_at_once(order, runware, books):
    """Rows 4 and 20: whichever comes first, what was made is charged and kept."""
    for _ in range(3):
        (take,) = order()
        lifecycle.submit(str(take.batch))
        told = result_of(take, runware)
        failure = Failure(take.code, "timeoutProvider", FailureReason.TIMEOUT, "late")
        at_once(lambda told=told: results.receive(told), lambda failure=failure: results.receive(failure))
        take.refresh_from_db()
        assert take.state == "saving"
    assert (books().spent, books().held) == (3 * PRICE, 0)


def test_four_workers_save_the_same_file(order, runware, books):
    """Row 28: the lease is the guard; the file is fetched once."""
    (take,) = order()
    lifecycle.submit(str(take.batch))
    results.receive(result_of(take, runware), asked=True)
    runware.faults("result_slow", seconds=0.1)
    at_once(*[lambda: archive.save(str(take.code))] * 4)

    assert runware.fired() == [1]
    assert Render.objects.get().state == "ready"
    assert moved_to("ready") == 1
    assert books().spent == PRICE


def test_undo_and_sending_at_once(order, ana, runware, posts):
    """Design 3.8: either it was cancelled and never sent, or it was sent and not cancelled."""
    for _ in range(4):
        (take,) = order()
        cancelled = []
        at_once(
            lambda take=take: lifecycle.submit(str(take.batch)),
            lambda take=take, cancelled=cancelled: cancelled.append(lifecycle.cancel(take, by=ana)),
        )
        take.refresh_from_db()
        sent = take.state == "rendering"
        assert take.state in ("rendering", "cancelled")
        assert cancelled == [not sent]
        assert balanced(take.project).held == PRICE * moved_to("rendering")


def test_the_same_press_twice_at_once(order, shot, ana, runware):
    """Two clicks, one order."""
    legal = orders.check(orders.Wish.of(shot), shot.project)
    press = "7f3a9f0c-83cb-4a4f-8a0b-2b1d6a0c2201"
    at_once(*[lambda: lifecycle.start(shot=shot, by=ana, order=legal, press=press)] * 4)

    assert Render.objects.count() == 1
    assert balanced(shot.project).held == PRICE
