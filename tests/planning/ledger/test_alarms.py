"""Producers hear once when a line is nearly used, and once when it is passed."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from studio.generation.renders import results, waiting
from studio.integrations.providers.base import Result
from studio.people.notifications.models import Notice, Switches
from studio.planning.ledger import ledger
from studio.planning.ledger.models import Budget
from studio.planning.ledger.purchase import Purchase
from studio.planning.projects import actions, people
from studio.planning.projects.models import Membership
from tests.generation.conftest import balanced

PRICE = Decimal("0.605")


def told(user, kind="budget"):
    """What somebody was told of budgets, oldest first."""
    texts = Notice.objects.filter(user=user, kind=kind).order_by("pk").values_list("text", flat=True)
    return [text.removesuffix(" (sandbox money)") for text in texts]


@pytest.fixture
def hold(project, shot, ana):
    """Set an amount aside for an order of Ana's; returns what it was about, to be charged or released."""

    def hold(amount, *, by=ana, shot=shot, sandbox=True):
        about = Purchase(
            project.pk, uuid.uuid4(), "w", shot.code, "gen-4.5", 5, sandbox, by.pk, Decimal(amount), shot.pk
        )
        ledger.hold(about)
        return about

    return hold


@pytest.fixture
def budget(project, pia):
    return lambda amount: actions.change_project(project, by=pia, budget=amount and Decimal(amount))


def test_told_once_near_the_line_and_once_behind_it(hold, budget, pia):
    budget(10)
    hold("7.999999999")
    assert told(pia) == []
    hold("0.000000001")
    assert told(pia) == ["The project's budget is 80 % used: $8.00 of $10"]
    hold("2")
    assert len(told(pia)) == 1  # used to the last digit is not passed
    hold("0.000000001")
    assert told(pia)[1:] == ["The project's budget is passed: $10.00 of $10"]
    hold("50")
    assert len(told(pia)) == 2


def test_sandbox_money_is_told_as_such_and_real_money_without_a_word(hold, budget, pia):
    budget(10)
    hold("9", sandbox=True)
    hold("9", sandbox=False)
    said = "The project's budget is 90 % used: $9.00 of $10"
    assert set(Notice.objects.filter(user=pia).values_list("text", flat=True)) == {
        said,
        f"{said} (sandbox money)",
    }


def test_one_step_over_both_lines_tells_the_worse(hold, budget, pia):
    budget(10)
    hold("12")

    assert told(pia) == ["The project's budget is passed: $12.00 of $10"]


def test_only_producers_are_told(hold, budget, pia, ana, rae, bo, cid):
    budget(1)
    hold("5")

    assert set(Notice.objects.filter(kind="budget").values_list("user", flat=True)) == {pia.pk}


def test_a_line_that_was_passed_before_is_no_news(hold, budget, project, pia, cid):
    """Not for who becomes a producer later, nor when the line is drawn below what is used."""
    budget(10)
    hold("12")
    Membership.objects.create(project=project, user=cid, role="producer")
    hold("1")
    budget(5)
    hold("1")

    assert (len(told(pia)), told(cid)) == (1, [])


def test_whoever_switched_it_off_is_not_told(hold, budget, pia):
    Switches.objects.create(user=pia, budget=False)
    budget(1)
    hold("5")

    assert told(pia) == []


def test_what_is_given_back_tells_nothing_and_going_up_again_is_no_news(hold, budget, pia):
    budget(10)
    about = hold("8.5")
    assert len(told(pia)) == 1
    ledger.release(about)
    hold("8.5")

    assert len(told(pia)) == 1


def test_another_budget_tells_anew(hold, budget, pia):
    budget(10)
    hold("8.5")
    budget(20)
    hold("1")
    assert len(told(pia)) == 1  # 9.50 of 20
    hold("7")

    assert told(pia)[1:] == ["The project's budget is 82 % used: $16.50 of $20"]


def test_a_bill_below_its_estimate_tells_nothing_and_one_above_it_does(order, engine, runware, budget, pia):
    """Setting aside told already; what a bill adds is what counts."""
    budget(1)
    runware.faults("price_factor", value="1.9")
    order()
    assert told(pia) == []
    engine.run()
    assert told(pia) == ["The project's budget is passed: $1.15 of $1"]


def test_a_correction_tells_too(order, engine, budget, pia):
    budget(1)
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    results.bill_again(take, Decimal("-0.1"), reason="refund", key="a")
    assert told(pia) == []
    results.bill_again(take, Decimal("0.315"), reason="late", key="b")
    assert told(pia) == ["The project's budget is 82 % used: $0.82 of $1"]


def test_a_scenes_line_tells(hold, shot, project, pia, ana):
    actions.change_shot(shot, by=pia, scene="Harbour")
    Budget.objects.create(project=project, scope="scene", scene="Harbour", amount=Decimal(10))
    elsewhere = actions.create_shot(project, by=pia, scene="Attic")
    hold("9", shot=elsewhere)
    assert told(pia) == []
    hold("8")
    hold("3")
    hold("1")

    assert told(pia) == [
        "The budget of scene Harbour is 80 % used: $8.00 of $10",
        "The budget of scene Harbour is passed: $11.00 of $10",
    ]


def test_a_persons_day_tells_for_each_person_and_day(hold, project, pia, ana, rae, clock):
    Budget.objects.create(project=project, scope="day", amount=Decimal(10))
    clock.show(datetime(2026, 11, 26, 12, tzinfo=UTC))
    hold("8")
    hold("0.5")
    assert told(pia) == ["The budget of one person for a day is 80 % used: $8.00 of $10"]
    hold("9", by=rae)
    assert len(told(pia)) == 2
    clock.shift = timedelta(days=1)
    hold("7")
    assert len(told(pia)) == 2
    hold("1")
    assert told(pia)[2:] == told(pia)[:1]  # word for word, of another day
    hold("3")
    assert told(pia)[3:] == ["The budget of one person for a day is passed: $11.00 of $10"]


def test_a_bill_of_yesterdays_order_on_a_day_without_a_budget(order, engine, runware, project, pia, clock):
    """Nothing was ordered today and nothing may be; what was ordered before is charged all the same."""
    runware.faults("price_factor", value="1.5")
    clock.show(datetime(2026, 11, 25, 12, tzinfo=UTC))
    (take,) = order()
    Budget.objects.create(project=project, scope="day", amount=Decimal(0))
    clock.shift = timedelta(days=1)
    engine.run()

    take.refresh_from_db()
    assert (take.state, take.cost) == ("ready", PRICE * Decimal("1.5"))
    assert told(pia) == []
    balanced(project)


def test_a_project_without_a_budget_to_spend(order, engine, project, budget, pia):
    """What a producer allows passes it; what was given back more than paid tells nothing."""
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    results.bill_again(take, -2 * PRICE, reason="refunded twice", by=pia, key="a")
    budget(0)
    (again,) = order()
    assert (again.state, told(pia)) == ("queued", [])  # it is used up to the last digit again
    (more,) = order()
    assert waiting.allow(more, by=pia)
    assert told(pia) == ["The project's budget is passed: $0.61 of $0"]


def test_sandbox_money_is_told_apart(hold, budget, pia):
    """A line that was passed in the sandbox is told of again when real money passes it."""
    budget(10)
    hold("11")
    assert len(told(pia)) == 1
    hold("8", sandbox=False)
    hold("3", sandbox=False)

    assert len(told(pia)) == 3
    assert told(pia)[1:] == [
        "The project's budget is 80 % used: $8.00 of $10",
        "The project's budget is passed: $11.00 of $10",
    ]


def test_whoever_produces_no_longer_has_no_sums_left(hold, budget, order, project, pia, cid):
    """Neither of budgets nor of takes that waited; of other projects they keep them."""
    Membership.objects.create(project=project, user=cid, role="producer")
    theirs = actions.create_project(name="Another", by=cid, budget=Decimal(1))
    budget(1)
    order(takes=2)
    hold("1")
    other = actions.create_shot(theirs, by=cid, prompt="x")
    order(shot=other, takes=2)
    kinds = Notice.objects.filter(user=cid).values_list("kind", "project")
    assert set(kinds) == {(kind, project.name) for kind in ("budget", "waiting")} | {("waiting", "Another")}

    people.change_role(Membership.objects.get(user=cid, project=project), "reviewer", by=pia)
    assert set(kinds.exclude(kind="invited")) == {("waiting", "Another")}
    assert told(pia)


def test_a_take_is_held_and_charged_if_nobody_can_be_told(order, engine, project, budget, pia):
    Membership.objects.all().delete()
    budget(Decimal("0.7"))
    (take,) = order()
    results.receive(Result(take.code, uuid="a", url="http://x/", cost=Decimal("6.05")), asked=True)

    assert balanced(project).spent == Decimal("6.05")
    assert not Notice.objects.exists()
