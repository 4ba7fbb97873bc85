"""Callbacks over a real port, and what may happen to them (`protocols.md` 10, rows 2 to 4 and 6 to 8)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from studio.generation.renders import failure_messages, lifecycle
from studio.generation.renders.models import Render
from studio.runtime.live.models import Event
from tests.integrations.sandbox.running import eventually

PRICE = Decimal("0.605")


@pytest.fixture(autouse=True)
def reachable(settings, live_server):
    """The provider can call us."""
    settings.PUBLIC_URL = live_server.url


def send(take):
    lifecycle.submit(str(take.batch))
    take.refresh_from_db()
    return take


def becomes(take, state):
    """Wait, without asking, until somebody has told us."""

    def there():
        take.refresh_from_db()
        return take.state == state

    eventually(there)


def delivered(runware, take):
    """Wait until the provider has made all its calls about this take."""

    def done():
        deliveries = runware.book({"taskUUID": str(take.code)})["deliveries"]
        return deliveries and all(delivery["state"] != "waiting" for delivery in deliveries) and deliveries

    return eventually(done)


def moves(take):
    """What became of a take; whether the acknowledgement came before the callback is left out."""
    found = Event.objects.filter(kind="render.moved", subject=str(take.code)).order_by("seq")
    return list(found.exclude(payload__state="rendering").values_list("payload__state", flat=True))


def test_a_callback_alone_brings_the_result(order, runware, books):
    (take,) = order()
    send(take)

    becomes(take, "saving")
    assert [each["attempts"] for each in delivered(runware, take)] == [1]
    assert books().spent == PRICE


def test_a_callback_before_the_acknowledgement(order, runware, books):
    """Row 2: the answer to our POST comes after the result, and moves nothing backwards."""
    runware.faults("webhook_before_ack")
    (take,) = order()

    assert send(take).state == "saving"
    assert moves(take) == ["submitting", "saving"]
    assert books().spent == PRICE


def test_a_callback_that_never_comes_is_not_missed(order, engine, runware, books):
    """Row 3: with an address to call, the next look is later, but there is one."""
    runware.faults("webhook_never")
    (take,) = order()
    send(take)

    assert timezone.now() < take.check_at < timezone.now() + timedelta(seconds=30)
    engine.run()
    assert Render.objects.get().state == "ready"
    assert books().spent == PRICE


@pytest.mark.parametrize("times", [2, 5])
def test_the_same_callback_again_and_again(order, engine, runware, books, times):
    """Row 4: all answered, one counts."""
    runware.faults("webhook_twice", value=times)
    (take,) = order()
    send(take)

    assert [each["state"] for each in delivered(runware, take)] == ["delivered"] * times
    engine.run()
    assert moves(take) == ["submitting", "saving", "ready"]
    assert books().spent == PRICE


def test_a_callback_and_a_poll_at_once(order, engine, runware, books):
    """Row 4: whoever comes first."""
    takes = order(takes=4)
    send(takes[0])
    engine.run()

    for take in takes:
        delivered(runware, take)
        assert moves(take) == ["submitting", "saving", "ready"]
    assert (books().spent, books().held) == (4 * PRICE, 0)
    assert Render.objects.count() == 4


def test_a_late_callback_finds_everything_done(order, engine, runware, books):
    """Rows 4 and 20."""
    runware.faults("webhook_late", seconds=60)
    (take,) = order()
    send(take)
    engine.run()
    runware.advance(61)
    delivered(runware, take)

    assert moves(take)[-1] == "ready"
    assert books().spent == PRICE


@pytest.mark.parametrize("fault", ["webhook_data", "webhook_list", "webhook_status"])
def test_a_result_in_another_shape(order, runware, books, fault):
    """Row 6."""
    runware.faults(fault)
    (take,) = order()
    send(take)

    becomes(take, "saving")
    assert books().spent == PRICE


@pytest.mark.parametrize("fault", [None, "webhook_data", "webhook_error_singular"])
def test_a_failure_in_another_shape(order, runware, books, fault):
    """Rows 6 and 16."""
    runware.faults("moderation")
    if fault:
        runware.faults(fault)
    (take,) = order()
    send(take)

    becomes(take, "failed")
    assert failure_messages.of_failure(take).title == "Refused by content check"
    assert (books().spent, books().held) == (0, PRICE)  # that it was free a callback only hints
    lifecycle.ask_about(str(take.task_code))
    assert (books().spent, books().held) == (0, 0)


def test_progress_first(order, runware, books):
    """Row 6: it is no result, and no failure."""
    runware.faults("webhook_progress")
    (take,) = order()
    send(take)

    becomes(take, "saving")
    assert len(delivered(runware, take)) == 2
    assert books().spent == PRICE


@pytest.mark.parametrize("fault", ["webhook_html", "webhook_wrong_task"])
def test_a_callback_of_no_use_makes_us_ask(order, engine, runware, books, fault):
    """Rows 6, 7 and 8: it is taken, so it is not sent again, and the take is looked at now."""
    runware.faults(fault)
    (take,) = order()
    send(take)

    assert [each["attempts"] for each in delivered(runware, take)] == [1]
    take.refresh_from_db()
    assert take.state == "rendering"
    assert take in Render.objects.to_settle(), "also if the callback was faster than the acknowledgement"
    lifecycle.ask()
    take.refresh_from_db()
    assert take.state == "saving"
    assert books().spent == PRICE


def test_a_callback_with_another_takes_uuid_moves_neither(order, runware, engine, books):
    """Row 7."""
    one, other = order(takes=2)
    runware.faults("slow_task", match=str(other.code), seconds=3600, times=1)
    runware.faults("webhook_wrong_task", match=str(one.code), value=str(other.code))
    send(one)
    delivered(runware, one)

    other.refresh_from_db()
    assert (moves(one), moves(other)) == (["submitting"], ["submitting"])
    runware.finish({"taskUUID": str(other.code)})
    engine.run()
    assert books().spent == 2 * PRICE


@pytest.mark.parametrize("fault", ["cost_missing", "price_factor", "result_foreign_host"])
def test_a_callback_that_does_not_fit_is_asked_again_before_it_counts(order, engine, runware, books, fault):
    """Rows 7, 24 and 31: ten times the price, no price, or a strange address."""
    runware.faults(fault, **({"times": 1} if fault == "result_foreign_host" else {}))
    (take,) = order()
    send(take)
    delivered(runware, take)

    take.refresh_from_db()
    assert (take.state, take.cost) == ("rendering", None)
    assert take in Render.objects.to_settle()
    engine.run()
    assert books().spent == (10 * PRICE if fault == "price_factor" else PRICE)


def test_callbacks_out_of_order(order, engine, runware, books):
    runware.faults("webhook_out_of_order", hold=3, seconds=5)
    takes = order(takes=3)
    send(takes[0])

    for take in takes:
        becomes(take, "saving")
    engine.run()
    assert books().spent == 3 * PRICE
