"""The account is empty, reserved, or the key is gone (`protocols.md` 10, rows 13 to 15)."""

from decimal import Decimal

import pytest
from django.utils import timezone

from studio.generation.renders import lifecycle, provider_backoff
from studio.generation.renders.models import ProviderHold, Render
from studio.integrations.providers import failures
from studio.runtime.live.models import Event

PRICE = Decimal("0.605")
WHY = {
    "insufficient_credits": "The provider account is out of money.",
    "invalid_key": "The provider does not accept our key.",
    "concurrent_limit": "The provider has set the rest of the balance aside for takes in progress.",
    "http_429": "The provider is busy.",
}


def send(take):
    Render.objects.filter(pk=take.pk).update(due_at=timezone.now())
    lifecycle.submit(str(take.batch))
    take.refresh_from_db()
    return take


@pytest.mark.parametrize("fault", WHY)
def test_one_hold_for_all_and_everything_goes_on_when_it_is_over(order, engine, runware, books, posts, fault):
    """Rows 12 to 15: nothing else is tried meanwhile, nothing fails, one sentence says why."""
    runware.faults(fault, times=1)
    (first,), (second,), (third,) = order(), order(), order()

    assert (send(first).state, first.note) == ("queued", WHY[fault])
    for take in (second, third):
        assert (send(take).state, take.note, posts_or_none(posts, take)) == ("queued", WHY[fault], 0)
        assert take.due_at > timezone.now()
    assert provider_backoff.sentence(failures.stored(provider_backoff.current().family)) == WHY[fault]
    assert Event.objects.filter(kind="provider.held").count() == 1
    assert books().held == 3 * PRICE

    ProviderHold.objects.update(until=timezone.now())
    send(first)  # one is let through to try; its success wakes the others
    assert first.state in ("rendering", "ready")
    assert not ProviderHold.objects.exists()
    assert set(Render.objects.to_send()) == {second, third}
    assert Event.objects.filter(kind="provider.held").count() == 2
    engine.run()
    assert set(Render.objects.values_list("state", flat=True)) == {"ready"}
    assert (books().spent, books().held) == (3 * PRICE, 0)


def posts_or_none(posts, take):
    try:
        return posts(take)
    except StopIteration:  # the sandbox has never heard of it
        return 0


@pytest.mark.parametrize("status", [400, 402, 200])
def test_no_money_is_told_in_three_ways(order, runware, status):
    """Rows 10 and 13."""
    runware.faults("insufficient_credits", status=status)
    (take,) = order()

    assert (send(take).state, take.note) == ("queued", WHY["insufficient_credits"])
    assert ProviderHold.objects.get().code == "insufficientCredits"


@pytest.mark.parametrize(
    ("fault", "shortest", "longest"),
    [("insufficient_credits", 60, 300), ("concurrent_limit", 60, 300), ("invalid_key", 120, 600)],
)
def test_it_waits_for_minutes_not_seconds(order, runware, fault, shortest, longest):
    """Rows 13 to 15."""
    runware.faults(fault)
    (take,) = order()

    wait = (send(take).due_at - timezone.now()).total_seconds()
    assert shortest < wait < longest


def test_an_empty_account_for_real(order, engine, runware, books):
    """Row 13: no fault, the sandbox's balance is spent."""
    runware.set_balance("0.60")
    (take,) = order()

    assert send(take).note == WHY["insufficient_credits"]
    runware.set_balance("10")
    engine.run()
    assert books().spent == PRICE


def test_the_trial_fails_again(order, runware, posts):
    """Row 13: still no money when the hold is over: it is prolonged, and its beginning stands."""
    runware.faults("insufficient_credits")
    (take,) = order()
    send(take)
    since = ProviderHold.objects.get().since
    ProviderHold.objects.update(until=timezone.now())

    assert send(take).state == "queued"
    assert posts(take) == 2
    hold = ProviderHold.objects.get()
    assert hold.since == since
    assert hold.until > timezone.now()
    assert Event.objects.filter(kind="provider.held").count() == 1


def test_only_one_batch_tries_when_the_hold_is_over(order, runware, posts, answering):
    """Row 13: the trial has the door to itself until it is answered."""
    runware.faults("insufficient_credits", times=1)
    (first,), (second,) = order(), order()
    send(first)
    ProviderHold.objects.update(until=timezone.now())

    assert provider_backoff.may_send([first])
    assert not provider_backoff.may_send([second])


def test_a_take_put_off_can_be_cancelled_for_free(order, runware, books):
    runware.faults("insufficient_credits")
    (take,) = order()
    send(take)

    assert lifecycle.cancel(take, by=take.created_by)
    assert books().held == 0


def test_what_runs_still_finishes_when_the_key_is_revoked(order, engine, runware, books):
    """Row 15: polls are refused too, and mean nothing about the task."""
    runware.faults("slow_task", seconds=3600)
    (take,) = order()
    send(take)
    runware.faults("invalid_key", phase="poll", times=2)

    for _ in range(2):
        engine.hurry()
        lifecycle.ask()
        take.refresh_from_db()
        assert take.state == "rendering"
    runware.finish({"taskUUID": str(take.code)})
    engine.run()
    assert books().spent == PRICE


def test_no_take_fails_while_nobody_pays(order, runware, books):
    """Row 13: not one error per row."""
    runware.faults("insufficient_credits")
    takes = order(takes=4)
    for take in takes:
        send(take)

    assert set(Render.objects.values_list("state", flat=True)) == {"queued"}
    assert ProviderHold.objects.count() == 1
    assert books().held == 4 * PRICE
