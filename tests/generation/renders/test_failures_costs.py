"""What it cost, when the bill is odd (`protocols.md` 10, rows 20 and 24; design 4)."""

from decimal import Decimal

import pytest
from django.utils import timezone

from studio.generation.renders import lifecycle, results
from studio.generation.renders.models import Render
from studio.integrations.providers.base import Result
from studio.integrations.providers.failures import FailureReason
from studio.planning.ledger import lines
from studio.planning.ledger.models import LedgerEntry
from studio.planning.projects import actions
from tests.generation.conftest import balanced

PRICE = Decimal("0.605")


def test_a_missing_cost_is_charged_at_the_estimate(order, engine, runware, books):
    """Row 24: and marked computed."""
    runware.faults("cost_missing")
    (take,) = order()
    engine.run()

    take.refresh_from_db()
    assert (take.state, take.cost, take.cost_source) == ("ready", PRICE, "computed")
    assert LedgerEntry.objects.get(kind="charge").source == "computed"
    assert (books().spent, books().held) == (PRICE, 0)


@pytest.mark.parametrize(
    "told", ["NaN", "Infinity", "-Infinity", '"abc"', "-0.605", "true", "null", "[1]", "1e400", "1e12"]
)
def test_a_cost_that_is_no_figure_is_charged_at_the_estimate(order, engine, runware, books, told):
    """Row 24: a poll is the truth, but this is none."""
    runware.faults("cost_value", value=told)
    (take,) = order()
    engine.run()

    take.refresh_from_db()
    assert (take.state, take.cost, take.cost_source) == ("ready", PRICE, "computed")
    assert books().spent == PRICE


@pytest.mark.parametrize(
    ("told", "charged"),
    [("0", "0"), ("0.0", "0"), ("6.05e-1", "0.605"), ("1", "1"), ("0.1234567891", "0.123456789")],
)
def test_a_figure_is_charged_to_the_last_place(order, engine, runware, told, charged):
    runware.faults("cost_value", value=told)
    (take,) = order()
    engine.run()

    take.refresh_from_db()
    assert (take.state, take.cost, take.cost_source) == ("ready", Decimal(charged), "provider")
    assert balanced(take.project).spent == Decimal(charged)


def test_ten_times_the_price_is_booked_and_shows_as_an_overrun(order, engine, runware, books, project):
    """Row 24: it was billed, so it is booked; estimate and bill stay apart, and the hold was the estimate's."""
    actions.change_project(project, by=project.created_by, budget=Decimal("1"))
    runware.faults("price_factor", value="10")
    (take,) = order()
    engine.run()

    take.refresh_from_db()
    assert (take.state, take.estimate, take.cost) == ("ready", PRICE, Decimal("6.05"))
    row = books()
    assert (row.spent, row.held) == (Decimal("6.05"), 0)
    assert not lines.allowance(project, person_id=None, sandbox=True).project.takes(Decimal("0.01"))
    assert [waiting.state for waiting in order()] == ["waiting"]


def test_a_second_result_for_a_task_is_an_extra_take(order, engine, runware, shot):
    """Design 3.4: it should not come, it was paid, it is kept; its file is fetched like any other."""
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    second = Result(take.code, uuid="second", url=take.result_url, seed=7, cost=Decimal("0.61"))

    for _ in range(2):
        results.receive(second, asked=True)
    engine.run()

    first, extra = Render.objects.order_by("number")
    assert (extra.number, extra.state, extra.seed, extra.parent) == (2, "ready", 7, first)
    assert extra.file != first.file
    assert balanced(take.project).spent == PRICE + Decimal("0.61")


def test_a_result_for_a_take_that_was_called_off_is_an_extra_take(order, runware):
    """Row 20: cancelled, and yet somebody made it."""
    (take,) = order()
    assert lifecycle.cancel(take, by=take.created_by)
    results.receive(Result(take.code, uuid="one", url="http://x/", cost=PRICE), asked=True)

    take.refresh_from_db()
    assert take.state == "cancelled"
    extra = Render.objects.exclude(pk=take.pk).get()
    assert (extra.state, extra.cost) == ("saving", PRICE)
    row = balanced(take.project)
    assert (row.spent, row.held) == (PRICE, 0)


def test_another_result_after_the_first_was_lost_is_an_extra_take(order, engine, runware):
    """Rows 20 and 21: the first was paid too, and its row goes on saying so."""
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    Render.objects.update(state="saving", check_at=timezone.now())
    take.refresh_from_db()
    assert results.lost(take, reason=FailureReason.FILE_GONE, note="gone")
    other = Result(take.code, uuid="other", url=take.result_url, cost=PRICE)
    results.receive(other, asked=True)
    results.receive(other, asked=True)

    assert list(Render.objects.order_by("number").values_list("state", flat=True)) == ["failed", "saving"]
    assert balanced(take.project).spent == 2 * PRICE


def test_the_budget_holds_for_the_next_press_while_takes_are_out(order, project, runware):
    """Design 4: what is set aside counts."""
    actions.change_project(project, by=project.created_by, budget=Decimal("1.5"))

    assert [take.state for take in order(takes=3)] == ["queued", "queued", "waiting"]
    assert balanced(project).held == 2 * PRICE


def test_a_poll_that_tells_ten_times_the_price_is_asked_once_more(order, runware):
    """It may be true, and then it is booked; but a cost so far off is not taken from one answer."""
    runware.faults("webhook_never")
    runware.faults("price_factor", value="10")
    (take,) = order()
    lifecycle.submit(str(take.batch))
    runware.results({"taskUUID": str(take.code)})

    states = []
    for _ in range(2):
        Render.objects.filter(pk=take.pk).update(check_at=timezone.now())
        lifecycle.ask()
        take.refresh_from_db()
        states.append((take.state, take.cost))
    assert states == [("rendering", None), ("saving", Decimal("6.05"))]
