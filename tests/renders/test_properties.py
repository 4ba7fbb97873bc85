"""Whatever happens to takes, in whatever order: the money adds up and states move as they may.

These run on PostgreSQL too: `tests/on_postgres.sh`.
"""

import os
import random
import threading
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from studio import providers
from studio.costs.models import Balance, LedgerEntry
from studio.live.models import Event
from studio.projects import actions
from studio.providers import Runware
from studio.providers.base import Accepted, Failure, Family, Later, Missing, Refused, Result, Running, Unknown
from studio.renders import orders, pipeline, results
from studio.renders.models import Render
from studio.renders.orders import Wish
from tests.renders.conftest import HOLDS_MONEY

PRICE = Decimal("0.605")
BUDGET = Decimal("3.03")  # five takes and a bit
COSTS = [PRICE, PRICE, Decimal("0.6042"), Decimal(0), Decimal("6.05"), None]


@pytest.fixture(autouse=True)
def no_grace(settings):
    """Silence means at once that a task was not taken; results come from a host that is allowed."""
    settings.RESEND_GRACE_SECONDS = 0
    providers.use(Runware(url="http://x/v1", key="a key", origin="http://x"))


class Film:
    """A project with a tight budget, and everything that may happen to its takes.

    Each deed looks for a take it can happen to, starting at `pick`, and does nothing where
    there is none. Nothing leaves: answers and outcomes are made up.
    """

    def __init__(self, name, by):
        self.by = by
        self.project = actions.create_project(name=name, by=by, budget=BUDGET)
        self.shot = actions.create_shot(self.project, by=by, title="Kite", prompt="A kite over dunes")

    def takes(self, *states):
        found = Render.objects.filter(project=self.project).select_related("shot").order_by("pk")
        return list(found.filter(state__in=states) if states else found)

    def one(self, pick, *states):
        found = self.takes(*states)
        return found[pick % len(found)] if found else None

    # --- deeds ----------------------------------------------------------------------------

    def start(self, pick):
        wish = Wish.of(self.shot)
        legal = orders.check(wish, self.project)
        for _ in range(1 + pick % 3):
            pipeline.start(shot=self.shot, by=self.by, order=legal)

    def cancel(self, pick):
        if take := self.one(pick):
            pipeline.cancel(take, by=self.by)

    def allow(self, pick):
        if take := self.one(pick):
            pipeline.allow(take, by=self.by)

    def send(self, pick):
        if take := self.one(pick, "queued"):
            pipeline._claim(take)

    def answer(self, pick):
        if take := self.one(pick, "submitting", "rendering", "queued"):
            answers = [
                Accepted(),
                Accepted(outcome=self.made_up(take, pick)),
                Refused("invalidWidth", Family.VALIDATION, "No."),
                Later(1, "rateLimitExceeded", Family.RATE),
                Unknown(),
            ]
            pipeline.settle(take, answers[pick % len(answers)])

    def made_up(self, take, pick):
        return Result(take.code, uuid="abb"[pick % 3], url="http://x/", cost=COSTS[pick % len(COSTS)])

    def result(self, pick):
        """First, repeated, second, late or after a failure: the same or another one."""
        if take := self.one(
            pick, "submitting", "rendering", "saving", "ready", "failed", "expired", "queued"
        ):
            told = self.made_up(take, pick // 3)
            results.receive(told, asked=True)
            results.receive(told, asked=bool(pick % 2))

    def failure(self, pick):
        if take := self.one(pick):
            families = [("timeoutProvider", Family.TIMEOUT), ("taskNotFound", Family.NOT_FOUND)]
            code, family = families[pick % 2]
            if take.state != "waiting":
                results.receive(Failure(take.code, code, family, "Oh."))

    def nothing_new(self, pick):
        if take := self.one(pick):
            results.receive([Running, Missing][pick % 2](take.code))

    def look_again(self, pick):
        if take := self.one(pick, "submitting", "rendering", "expired"):
            pipeline._look_again(take, missing=bool(pick % 2))

    def expire(self, pick):
        if take := self.one(pick, "submitting", "rendering"):
            past = timezone.now() - timedelta(seconds=1)
            Render.objects.filter(pk=take.pk).update(deadline_at=past)
            pipeline._look_again(take, missing=False)

    def write_off(self, pick):
        if take := self.one(pick, "expired"):
            pipeline.write_off(take, by=self.by)

    def dismiss(self, pick):
        if take := self.one(pick):
            pipeline.dismiss(take, by=self.by)

    def save(self, pick):
        if take := self.one(pick, "saving"):
            take.move_to("ready", ended_at=timezone.now())

    def lose(self, pick):
        if take := self.one(pick, "saving"):
            results.lost(take, message="gone")

    def do(self, deed, pick):
        getattr(self, deed)(pick)

    # --- what must hold -------------------------------------------------------------------

    def balance(self):
        return Balance.of(self.project, sandbox=True)

    def committed(self):
        row = self.balance()
        return row.spent + row.held

    def check(self):
        entries = list(LedgerEntry.objects.filter(project=self.project).order_by("pk"))
        takes = {take.code: take for take in self.takes()}
        row = self.balance()
        sums = Counter()
        for entry in entries:
            sums[entry.kind] += entry.amount
        assert row.spent == sums["charge"]
        assert row.held == sums["hold"] - sums["release"]
        assert row.held == sum(take.estimate for take in takes.values() if take.state in HOLDS_MONEY)
        charges = Counter((takes[e.render_code].task_code, e.result) for e in entries if e.kind == "charge")
        assert set(charges.values()) <= {1}, "a result was charged twice"
        for take in takes.values():
            mine = [
                entry.amount for entry in entries if (entry.render_code, entry.kind) == (take.code, "charge")
            ]
            assert mine == ([take.cost] if take.cost is not None else [])
            assert (take.cost is not None) == bool(take.result_uuid)
            if take.result_uuid:
                assert take.state in ("saving", "ready") or take.failure_code == "fileGone"
        self.check_budget(entries, takes)

    def check_budget(self, entries, takes):
        """No take was let through over the budget, but by a producer. Ledger rows are in commit order."""
        committed = Decimal(0)
        for entry in entries:
            committed += entry.amount * {"hold": 1, "charge": 1, "release": -1}[entry.kind]
            if entry.kind == "hold" and not takes[entry.render_code].allowed_by_id:
                assert committed <= BUDGET

    def check_history(self):
        """Every move was legal, none was left out, and event numbers have no gaps."""
        events = list(Event.objects.filter(project=self.project).order_by("seq"))
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        state = {}
        for event in events:
            if event.kind == "render.started":
                state[event.subject] = event.payload["state"]
            elif event.kind == "render.moved":
                was, now = event.payload["was"], event.payload["state"]
                assert state[event.subject] == was
                assert now in Render.MOVES[Render.State(was)]
                state[event.subject] = now
        assert state == {str(take.code): take.state for take in self.takes()}


DEEDS = ["start", "cancel", "allow", "send", "answer", "result", "failure", "nothing_new", "look_again"]
DEEDS += ["expire", "write_off", "dismiss", "save", "lose"]
DRAWN = [*DEEDS, "start", "send", "send", "answer", "answer", "result", "result", "lose"]
MAY_COST_MORE = {"start", "allow", "answer", "result"}
films = iter(range(10**9))


@settings(
    max_examples=int(os.environ.get("PROPERTY_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a film takes minutes
)
@given(
    first=st.integers(0, 8),
    # what happens often in a life is drawn often; long lives reach more
    deeds=st.lists(st.tuples(st.sampled_from(DRAWN), st.integers(0, 60)), min_size=12, max_size=40),
)
def test_the_money_adds_up_whatever_happens(pia, first, deeds):
    film = Film(f"Film {next(films)}", pia)
    film.start(first)
    film.check()
    for deed, pick in deeds:
        before = film.committed()
        film.do(deed, pick)
        film.check()
        assert deed in MAY_COST_MORE or film.committed() <= before
    film.check_history()


@pytest.mark.django_db(transaction=True)
def test_the_money_adds_up_with_eight_at_once(pia):
    """The same deeds by eight threads on one film: the project's lock keeps the budget."""
    film = Film("Eight hands", pia)
    ready, failures = threading.Barrier(8), []

    def work(number):
        chance = random.Random(number)
        try:
            ready.wait(10)
            for _ in range(30):
                film.do(chance.choice(DRAWN), chance.randrange(60))
        except Exception as exc:
            failures.append(exc)
        finally:
            connections.close_all()

    connection.close()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert not failures
    film.check()
    film.check_history()
    assert LedgerEntry.objects.filter(kind="charge").exists()


@pytest.mark.django_db(transaction=True)
def test_eight_presses_at_once_share_one_budget(pia):
    """Design 4: five takes fit, the others wait for a producer."""
    film = Film("Eight presses", pia)
    ready = threading.Barrier(8)
    legal = orders.check(Wish.of(film.shot), film.project)

    def press():
        try:
            ready.wait(10)
            pipeline.start(shot=film.shot, by=pia, order=legal)
        finally:
            connections.close_all()

    connection.close()
    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert Counter(take.state for take in film.takes()) == {"queued": 5, "waiting": 3}
    assert [take.number for take in film.takes()] == list(range(1, 9))
    film.check()
    film.check_history()
