"""Whatever happens to takes, in whatever order: the money adds up and states move as they may.

These run on PostgreSQL too: `tests/on_postgres.sh`.
"""

import os
import random
import threading
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from studio.generation.orders import orders
from studio.generation.orders.orders import Wish
from studio.generation.renders import lifecycle, results, settlement, waiting
from studio.generation.renders.models import Render
from studio.integrations import providers
from studio.integrations.providers import Runware
from studio.integrations.providers.base import (
    Accepted,
    Failure,
    Later,
    Missing,
    Refused,
    Result,
    Running,
    Unknown,
)
from studio.integrations.providers.failures import FailureReason
from studio.planning.ledger import budgets, lines
from studio.planning.ledger.models import Balance, LedgerEntry
from studio.planning.projects import actions
from studio.planning.projects.models import Shot
from studio.runtime.live import events
from studio.runtime.live.models import Event
from tests import sums
from tests.generation.conftest import holds_money

PRICE = Decimal("0.605")
BUDGET = Decimal("3.03")  # five takes and a bit
COSTS = [PRICE, PRICE, Decimal("0.6042"), Decimal(0), Decimal("6.05"), None]
LINES = [None, BUDGET, 2 * PRICE, Decimal("1.3"), Decimal(0), Decimal(100)]  # what a budget may be set to
MENDED = [Decimal("-0.605"), Decimal("0.000000001"), Decimal("0.33")]  # corrections of a bill
SCENES = ["Harbour", "Attic", ""]


@pytest.fixture(autouse=True)
def no_grace(settings):
    """Silence means at once that a task was not taken; results come from a host that is allowed."""
    settings.RESEND_GRACE_SECONDS = 0
    providers.use(Runware(url="http://x/v1", key="a key", origin="http://x"))


class Film:
    """A project with a tight budget, and everything that may happen to its takes and its budgets.

    Each deed looks for a take it can happen to, starting at `pick`, and does nothing where
    there is none. Nothing leaves: answers and outcomes are made up. `moved` remembers how the lines
    lay when, so that each hold can be judged by those of its moment.
    """

    def __init__(self, name, *people, clock=None):
        self.by, self.people, self.clock = people[0], people, clock
        self.project = actions.create_project(name=name, by=self.by, budget=BUDGET)
        self.shots = [
            actions.create_shot(self.project, by=self.by, scene=scene, prompt="A kite over dunes")
            for scene in SCENES[:2]
        ]
        self.shot = self.shots[0]
        self.moved = [(0, "project", BUDGET), *((0, shot.pk, shot.scene) for shot in self.shots)]

    def takes(self, *states):
        found = Render.objects.filter(project=self.project).select_related("shot").order_by("pk")
        return list(found.filter(state__in=states) if states else found)

    def one(self, pick, *states):
        found = self.takes(*states)
        return found[pick % len(found)] if found else None

    # --- deeds ----------------------------------------------------------------------------

    def start(self, pick):
        shot = self.shots[pick % 2]  # as an open page knows it: it may be in another scene by now
        legal = orders.check(Wish.of(shot), self.project)
        for _ in range(1 + pick % 3):
            lifecycle.start(shot=shot, by=self.people[pick // 2 % len(self.people)], order=legal)

    def cancel(self, pick):
        if take := self.one(pick):
            lifecycle.cancel(take, by=self.by)

    def allow(self, pick):
        if take := self.one(pick):
            waiting.allow(take, by=self.by)

    def send(self, pick):
        if take := self.one(pick, "queued"):
            lifecycle._claim(take)

    def answer(self, pick):
        if take := self.one(pick, "submitting", "rendering", "queued"):
            answers = [
                Accepted(),
                Accepted(outcome=self.made_up(take, pick)),
                Refused("invalidWidth", FailureReason.VALIDATION, "No.", may_cost=bool(pick % 2)),
                Later(1, "rateLimitExceeded", FailureReason.RATE),
                Unknown(),
            ]
            lifecycle.settle(take, answers[pick % len(answers)])

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
            families = [("timeoutProvider", FailureReason.TIMEOUT), ("taskNotFound", FailureReason.NOT_FOUND)]
            code, family = families[pick % 2]
            if take.state != "waiting":
                cost = [None, Decimal(0), Decimal("0.25")][pick // 2 % 3]
                results.receive(Failure(take.code, code, family, "Oh.", cost=cost), asked=bool(pick % 5))

    def nothing_new(self, pick):
        if take := self.one(pick):
            results.receive([Running, Missing][pick % 2](take.code))

    def look_again(self, pick):
        if take := self.one(pick, "submitting", "rendering", "expired"):
            lifecycle._look_again(take, missing=bool(pick % 2))

    def expire(self, pick):
        if take := self.one(pick, "submitting", "rendering"):
            past = timezone.now() - timedelta(seconds=1)
            Render.objects.filter(pk=take.pk).update(deadline_at=past)
            lifecycle._look_again(take, missing=False)

    def write_off(self, pick):
        if take := self.one(pick, "expired", "failed"):
            settlement.write_off(take, by=self.by)

    def book(self, pick):
        if take := self.one(pick, "expired", "failed"):
            settlement.book(take, by=self.by)

    def dismiss(self, pick):
        if take := self.one(pick):
            lifecycle.dismiss(take, by=self.by)

    def save(self, pick):
        if take := self.one(pick, "saving"):
            take.move_to("ready", ended_at=timezone.now())

    def lose(self, pick):
        if take := self.one(pick, "saving"):
            results.lost(take, reason=FailureReason.FILE_GONE, note="gone")

    def bill_again(self, pick):
        """The bill of a take is corrected: before it comes, after, or when it never does. What waits has none."""
        if take := self.one(pick, *(state for state in Render.State.values if state != "waiting")):
            key = "abc"[pick % 3]
            told = results.bill_again(take, MENDED[pick % 3], reason="mended", by=self.by, key=key)
            again = results.bill_again(take, MENDED[pick % 3], reason="mended", by=self.by, key=key)
            assert told in (True, False) and again is False

    # --- deeds to the lines ---------------------------------------------------------------

    def budget(self, pick):
        self.lay("project", LINES[pick % 6])

    def scene_budget(self, pick):
        self.lay(("scene", SCENES[pick % 2]), LINES[pick // 2 % 6])

    def day_budget(self, pick):
        self.lay(("day", [None, *self.people][pick % 3]), LINES[pick // 3 % 6])

    def lay(self, line, amount):
        """Set a budget, or with None take it away."""
        with self.moving(line, amount):
            match line:
                case "project":
                    actions.change_project(self.project, by=self.by, budget=amount)
                case "scene", scene:
                    budgets.set_line(self.project, by=self.by, scope="scene", scene=scene, amount=amount)
                case "day", person:
                    budgets.set_line(self.project, by=self.by, scope="day", person=person, amount=amount)

    def move(self, pick):
        shot, scene = self.shots[pick % 2], SCENES[pick // 2 % 3]
        with self.moving(shot.pk, scene):
            actions.change_shot(Shot.objects.get(pk=shot.pk), by=self.by, scene=scene)

    @contextmanager
    def moving(self, what, to):
        with events.locked(self.project.pk):
            yield
            last = LedgerEntry.objects.filter(project=self.project).order_by("pk").last()
            self.moved.append((last.pk if last else 0, what, to))

    def admit(self, pick):
        waiting.admit(self.project, by=self.by)

    def more(self, pick):
        """A line is taken away, and what waited for it goes through."""
        self.lay(["project", ("scene", SCENES[0]), ("scene", SCENES[1]), ("day", None)][pick % 4], None)
        waiting.admit(self.project, by=self.by)

    def sleep(self, pick):
        """Another day comes; or the clock goes back."""
        self.clock.shift = timedelta(days=pick % 3 - 1, hours=pick % 7)

    def do(self, deed, pick):
        getattr(self, deed)(pick)

    # --- what must hold -------------------------------------------------------------------

    def balance(self):
        return Balance.of(self.project, sandbox=True)

    def committed(self):
        row = self.balance()
        return row.spent + row.held

    def check(self):
        entries = sums.add_up(self.project)
        assert all(sums.on_its_day(entry) for entry in entries)
        takes = {take.code: take for take in self.takes()}
        held = sum(take.estimate for take in takes.values() if holds_money(take))
        assert self.balance().held == held
        charges = Counter((takes[e.render_code].task_code, e.result) for e in entries if e.kind == "charge")
        assert set(charges.values()) <= {1}, "a result was charged twice"
        billed, paid = defaultdict(list), Counter()
        for entry in entries:
            if entry.kind in ("charge", "adjustment"):
                billed[entry.render_code].append(entry.amount)
                paid[entry.render_code] += entry.kind == "charge"
        for take in takes.values():
            assert take.cost == (sum(billed[take.code]) if take.code in billed else None)
            assert paid[take.code] <= 1  # what a late result costs more is a correction
            assert paid[take.code] or not take.result_uuid
            if take.result_uuid:
                assert take.state in ("saving", "ready") or take.failure_code == "fileGone"
        self.check_lines(entries, takes)

    def check_lines(self, entries, takes):
        """No take was let through over a line that lay there then, but by a producer.

        Ledger rows are in commit order. A day's line counts what was ordered that day, whenever it is billed.
        """
        now, ordered, used = {}, {}, defaultdict(Decimal)
        moved = list(reversed(self.moved))
        for entry in entries:
            while moved and moved[-1][0] < entry.pk:
                _, what, to = moved.pop()
                now[what] = to
            if entry.kind == "hold":
                ordered[entry.render_code] = (entry.by_id, entry.day)
            amount = -entry.amount if entry.kind == "release" else entry.amount
            used["project"] += amount
            used[entry.shot_ref] += amount
            used[ordered.get(entry.render_code)] += amount
            if entry.kind == "hold" and not takes[entry.render_code].allowed_by_id:
                for line, so_far in self.above(entry, now, used):
                    assert line is None or so_far <= line

    def above(self, hold, now, used):
        """The lines above an order, and what was used of each with it."""
        scene, own = now[hold.shot_ref], now.get(("day", hold.by))
        yield now["project"], used["project"]
        yield now.get(("scene", scene)), sum(used[shot.pk] for shot in self.shots if now[shot.pk] == scene)
        yield now.get(("day", None)) if own is None else own, used[hold.by_id, hold.day]

    def check_admitted(self):
        """Nothing waits that fits."""
        for take in self.takes("waiting"):
            allowance = lines.allowance(self.project, person_id=take.created_by_id, sandbox=True)
            assert allowance.refuses(take.estimate, scene=take.shot.scene)

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
DEEDS += ["expire", "write_off", "book", "dismiss", "save", "lose", "bill_again"]
LINE_DEEDS = ["budget", "scene_budget", "day_budget", "move", "admit", "more", "more"]
DRAWN = [*DEEDS, *LINE_DEEDS, "start", "start", "send", "send", "answer", "answer", "result", "result"]
MAY_COST_MORE = {"start", "allow", "answer", "result", "failure", "bill_again", "admit", "more"}
films = iter(range(10**9))


@settings(
    max_examples=int(os.environ.get("PROPERTY_EXAMPLES", "30")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a film takes minutes
)
@given(
    first=st.integers(0, 8),
    lines_at_first=st.integers(0, 120),
    # what happens often in a life is drawn often; long lives reach more
    deeds=st.lists(
        st.tuples(st.sampled_from([*DRAWN, "sleep"]), st.integers(0, 60)), min_size=12, max_size=40
    ),
)
def test_the_money_adds_up_whatever_happens(pia, cid, clock, first, lines_at_first, deeds):
    clock.shift = timedelta()
    film = Film(f"Film {next(films)}", pia, cid, clock=clock)
    film.scene_budget(lines_at_first)
    film.day_budget(lines_at_first // 6)
    for pick in (first, first + 3, 2):
        film.start(pick)
    film.check()
    for deed, pick in deeds:
        before = film.committed()
        film.do(deed, pick)
        film.check()
        assert deed in MAY_COST_MORE or film.committed() <= before
        if deed in ("admit", "more"):
            film.check_admitted()
    film.check_history()


@pytest.mark.django_db(transaction=True)
def test_the_money_adds_up_with_eight_at_once(pia, cid):
    """The same deeds by eight threads on one film: the project's lock keeps every line."""
    film = Film("Eight hands", pia, cid)
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
            lifecycle.start(shot=film.shot, by=pia, order=legal)
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
