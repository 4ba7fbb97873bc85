"""A clock that is put back, while the studio runs or between two starts, leaves no take asleep."""

from datetime import timedelta

import pytest
from django.utils import timezone

from studio.bootstrap import clock_set_back
from studio.generation.renders.models import ProviderHold, Render
from studio.people.mail.models import Mail
from studio.runtime.jobs import engine
from tests.generation.conftest import clock

__all__ = ["clock"]

HOUR = timedelta(hours=1)


@pytest.fixture
def ticks(monkeypatch):
    """The clock that nobody puts back."""
    ticks = [1000.0]
    monkeypatch.setattr(clock_set_back.time, "monotonic", lambda: ticks[0])
    return ticks


@pytest.fixture
def asleep(ready, shot, ana):
    """Takes in every state that waits for a moment, five minutes from now; a provider's stop; a mail."""
    soon = timezone.now() + timedelta(minutes=5)
    states = ["queued", "submitting", "rendering", "saving", "expired", "ready"]
    for number, state in enumerate(states, start=1):
        ready(state=state, number=number, due_at=soon, check_at=soon, deadline_at=soon)
    ProviderHold.objects.create(provider="runware", code="a", family="rate", until=soon)
    Mail.objects.create(to="a@x.example", subject="a", body="b", due_at=soon)

    def asleep():
        """For how many minutes each of them sleeps by the clock as it is now."""
        now = timezone.now()
        moments = {}
        for take in Render.objects.all():
            moments[take.state] = take.due_at if take.state == "queued" else take.check_at
        moments |= {"deadline": Render.objects.get(state="rendering").deadline_at}
        moments |= {"stop": ProviderHold.objects.get().until, "mail": Mail.objects.get().due_at}
        return {round((moment - now).total_seconds() / 60) for moment in moments.values()}

    return asleep


def test_while_it_runs_everything_is_brought_forward_by_as_much(asleep, clock, ticks):
    """A take slept for as long as the clock had been put back."""
    clock_set_back.sweep()
    clock.shift, ticks[0] = -HOUR, ticks[0] + 1
    assert asleep() == {65}
    clock_set_back.sweep()
    assert asleep() == {5}
    clock_set_back.sweep()
    assert asleep() == {5}, "once"


def test_between_two_starts_it_is_told_by_the_last_news(asleep, clock, ticks):
    clock.shift = -HOUR
    clock_set_back.sweep()
    assert asleep() == {5}


@pytest.mark.parametrize("hours", [0, 1, 24])
def test_time_that_goes_by_or_a_clock_put_forward_changes_nothing(asleep, clock, ticks, hours):
    clock_set_back.sweep()
    kept = set(Render.objects.values_list("pk", "due_at", "check_at"))
    clock.shift, ticks[0] = hours * HOUR + timedelta(seconds=10), ticks[0] + 10
    clock_set_back.sweep()
    assert set(Render.objects.values_list("pk", "due_at", "check_at")) == kept


def test_the_engine_looks_each_time_before_it_looks_for_what_is_due():
    assert engine._sweeps[0] is clock_set_back.sweep
