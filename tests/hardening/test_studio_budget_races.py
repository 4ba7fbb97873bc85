"""Orders that race each other in several projects never pass the studio's budget, not by a cent.

Before there was one, eight producers who ordered at once spent what they liked: each project's line was its only
one, and a project without a budget had none. These run on PostgreSQL too: `tests/on_postgres.sh`.
"""

import os
import random
import threading
from contextlib import suppress
from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from studio.generation.orders import orders
from studio.generation.orders.orders import Wish
from studio.generation.renders import lifecycle, results, waiting
from studio.generation.renders.models import Render
from studio.integrations.providers.base import Failure, Result
from studio.integrations.providers.failures import FailureReason
from studio.planning.ledger import lines, studio_budgets
from studio.planning.ledger.models import StudioBudget
from studio.planning.projects import actions
from tests import sums
from tests.generation.renders.test_failures_at_once import at_once

WORKERS = 8
PRICE = Decimal("0.605")
BILLS = [
    PRICE,
    PRICE,
    Decimal("0.6042"),
    Decimal(0),
    None,
]  # never above the estimate: those are always booked
pytestmark = pytest.mark.django_db(transaction=True)


class Studio:
    """Three films, and what people do in them at once.

    A take is either billed or comes to nothing, by its number: a result that comes after a failure is booked,
    whatever line it passes, and so is a bill above its estimate.
    """

    def __init__(self, by):
        self.by = by
        films = [actions.create_project(name=f"Film {uuid4()}", by=by) for _ in range(3)]
        self.shots = [actions.create_shot(film, by=by, prompt="A kite over dunes") for film in films]
        self.legal = [orders.check(Wish.of(shot), shot.project) for shot in self.shots]

    def takes(self, *states):
        found = Render.objects.filter(shot__in=self.shots, state__in=states or Render.State.values)
        return list(found.select_related("shot").order_by("pk"))

    def one(self, pick, *states, odd=None):
        found = [take for take in self.takes(*states) if odd is None or take.pk % 2 == odd]
        return found[pick % len(found)] if found else None

    def order(self, pick):
        shot, legal = self.shots[pick % 3], self.legal[pick % 3]
        lifecycle.start_many([(shot, legal)] * (1 + pick % 2), project_id=shot.project_id, by=self.by)

    def allow(self, pick):
        """A producer's word does not go past it."""
        if take := self.one(pick, "waiting"):
            with suppress(waiting.NeedsOwner):
                waiting.allow(take, by=self.by)

    def admit(self, pick):
        waiting.admit(self.shots[pick % 3].project, by=self.by)

    def bill(self, pick):
        if take := self.one(pick, "queued", odd=True):
            told = Result(take.code, uuid=str(take.pk), url="http://x/", cost=BILLS[pick % len(BILLS)])
            results.receive(told, asked=True)

    def fail(self, pick):
        if take := self.one(pick, "queued", odd=False):
            told = Failure(take.code, "timeoutProvider", FailureReason.TIMEOUT, "Oh.", cost=Decimal(0))
            results.receive(told, asked=True)

    def cancel(self, pick):
        if take := self.one(pick, "queued", "waiting", odd=False):
            lifecycle.cancel(take, by=self.by)


DEEDS = ["order", "order", "order", "allow", "admit", "bill", "bill", "fail", "cancel"]


def work(studio, seed, deeds, line):
    """So many deeds of one worker, who looks after each whether the line is passed."""
    chance = random.Random(seed)
    for _ in range(deeds):
        getattr(studio, chance.choice(DEEDS))(chance.randrange(60))
        assert studio_budgets.spending(sandbox=True).committed("day") <= line


@settings(
    max_examples=int(os.environ.get("PROPERTY_EXAMPLES", "8")) // 8 + 3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    seed=st.integers(0, 10**6),
    takes=st.integers(0, 12),
    nano=st.sampled_from([0, -1, 1, 300_000_000]),
    period=st.sampled_from(["day", "month", "both"]),
)
def test_racing_orders_never_pass_it(pia, seed, takes, nano, period):
    """From eight workers in three projects, while takes are billed, fail, and are let through by producers."""
    studio = Studio(pia)
    before = studio_budgets.spending(sandbox=True).committed("day")
    line = max(before, before + takes * PRICE + Decimal(nano) / 10**9)
    for each in StudioBudget.Period:
        studio_budgets.set_line(each, line if period in (each, "both") else None)

    at_once(*[partial(work, studio, seed * WORKERS + number, 6, line) for number in range(WORKERS)])

    now = studio_budgets.spending(sandbox=True)
    assert now.today == now.month
    assert now.committed("day") <= line
    for shot in studio.shots:
        sums.add_up(shot.project)
    for shot in studio.shots:
        waiting.admit(shot.project, by=pia)
    assert studio_budgets.spending(sandbox=True).committed("day") <= line
    for take in studio.takes("waiting"):  # and nothing waits that fits
        mine = lines.allowance(take.project, person_id=pia.pk, sandbox=True)
        assert mine.owners_refuse(take.estimate)


def test_eight_presses_in_eight_projects_share_it(pia):
    """Five takes fit: five go out, whichever they are."""
    studios = [Studio(pia) for _ in range(3)]
    shots = [
        (shot, legal) for studio in studios for shot, legal in zip(studio.shots, studio.legal, strict=True)
    ]
    studio_budgets.set_line("day", 5 * PRICE + Decimal("0.6"))
    presses = [
        partial(lifecycle.start_many, [(shot, legal)] * 3, project_id=shot.project_id, by=pia)
        for shot, legal in shots[:WORKERS]
    ]
    at_once(*presses)

    assert Render.objects.filter(state="queued").count() == 5
    assert Render.objects.filter(state="waiting").count() == 19
    assert studio_budgets.spending(sandbox=True).held == 5 * PRICE


def test_an_order_that_is_under_way_when_the_line_is_drawn_counts(pia):
    """It had not seen the line, and the next order did not see it: both went out, and one fitted."""
    studio = Studio(pia)
    (first, legal), (second, other) = zip(studio.shots[:2], studio.legal[:2], strict=True)
    ordered, drawn, may_end = threading.Event(), threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            lifecycle.start_many([(first, legal)], project_id=first.project_id, by=pia)
            ordered.set()
            may_end.wait(10)

    def draw():
        ordered.wait(10)
        studio_budgets.set_line("day", PRICE)
        drawn.set()

    def order():
        ordered.wait(10)
        if not drawn.wait(1):  # it waits for the order, as it should
            may_end.set()
            drawn.wait(30)
        lifecycle.start_many([(second, other)], project_id=second.project_id, by=pia)
        may_end.set()

    at_once(slow, draw, order)

    assert sorted(take.state for take in studio.takes()) == ["queued", "waiting"]
