"""Money of somebody who is not here any more: it stays theirs, in every sum, and nothing breaks."""

from decimal import Decimal

import pytest

from studio.generation.renders import results, waiting
from studio.generation.renders.models import Render
from studio.people.accounts.models import User
from studio.planning.ledger import lines
from studio.planning.ledger.models import Budget, DaySpend, LedgerEntry
from studio.planning.projects import actions, people
from studio.planning.projects.models import Membership

PRICE = Decimal("0.605")


def theirs(person_id):
    """What is spent and set aside for somebody, over all days."""
    rows = DaySpend.objects.filter(person=person_id)
    return sum(row.spent for row in rows), sum(row.held for row in rows)


def leave(ana, project):
    people.remove(Membership.objects.get(user=ana, project=project), by=ana)


def close(ana, project):
    people.close_account(ana)


def delete(ana, project):
    User.objects.get(pk=ana.pk).delete()


@pytest.mark.parametrize("going", [leave, close, delete])
def test_a_take_that_comes_after_its_maker_went_is_still_theirs(order, engine, ana, project, books, going):
    """Held, charged and released for one person; nobody is left with money set aside."""
    (take,) = order()
    who = ana.pk
    going(ana, project)
    engine.run()

    take.refresh_from_db()
    assert take.state == "ready"
    assert (books().spent, books().held) == (PRICE, 0)
    assert theirs(who) == (PRICE, 0)
    assert theirs(0) == (0, 0)
    assert set(LedgerEntry.objects.values_list("by_id", "by_name")) == {(who, "Ana")}


def test_a_bill_is_corrected_after_its_maker_was_deleted(order, engine, ana, pia, project, books):
    (take,) = order()
    engine.run()
    who = ana.pk
    delete(ana, project)
    take.refresh_from_db()
    assert results.bill_again(take, Decimal("0.4"), reason="refunded", by=pia, key="a")

    assert theirs(who) == (PRICE + Decimal("0.4"), 0)
    row = LedgerEntry.objects.get(kind="adjustment")
    assert (row.who, row.reason, row.source) == ("Ana", "refunded (Pia)", "person")


def test_a_new_name_is_not_written_into_old_orders(order, engine, ana):
    """A ledger calls somebody as they were called when they ordered."""
    order()
    User.objects.filter(pk=ana.pk).update(name="Anastasia")
    engine.run()

    assert set(LedgerEntry.objects.values_list("by_name", flat=True)) == {"Ana"}


def test_what_a_deleted_person_asked_for_can_be_allowed(order, ana, pia, project, books):
    actions.change_project(project, by=pia, budget=Decimal(0))
    (take,) = order()
    delete(ana, project)
    take.refresh_from_db()

    assert waiting.allow(take, by=pia)
    assert (books().held, theirs(0)) == (PRICE, (0, PRICE))
    assert LedgerEntry.objects.get().who == "somebody who left"


def test_a_line_for_everybody_holds_for_orders_of_nobody(order, project, books):
    """By the command line, or of somebody who was deleted."""
    Budget.objects.create(project=project, scope="day", amount=Decimal("1.5"))

    assert [order(by=None)[0].state for _ in range(3)] == ["queued", "queued", "waiting"]
    assert lines.allowance(project, person_id=None, sandbox=True).day.used == 2 * PRICE
    assert lines.ordered_on(project, LedgerEntry.objects.first().day, sandbox=True) == {0: 2 * PRICE}


def test_a_persons_own_line_goes_with_them(order, ana, rae, project):
    """And theirs is not anybody else's."""
    Budget.objects.create(project=project, scope="day", person=ana, amount=Decimal("0.7"))
    assert [order()[0].state for _ in range(2)] == ["queued", "waiting"]
    assert order(by=rae)[0].state == "queued"

    delete(ana, project)
    assert not Budget.objects.exists()
    assert Render.objects.count() == 3


def test_an_own_line_may_be_above_everybodys(order, ana, rae, project):
    Budget.objects.create(project=project, scope="day", amount=Decimal(0))
    Budget.objects.create(project=project, scope="day", person=ana, amount=Decimal("0.7"))

    assert [order()[0].state, order(by=rae)[0].state] == ["queued", "waiting"]
