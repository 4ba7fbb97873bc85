"""What a take that failed cost, settled by what the account has used: only where the sums leave no doubt."""

from datetime import timedelta
from decimal import Decimal
from unittest import mock

import pytest
from django.core.cache import cache
from django.utils import timezone

from studio.generation.renders import results, settlement
from studio.generation.renders.models import Render
from studio.integrations.providers.base import Failure
from studio.integrations.providers.failures import FailureReason
from studio.oversight.reconciliation import books, settling
from studio.oversight.reconciliation.models import Comparison
from studio.planning.ledger.models import LedgerEntry
from tests.generation.conftest import balanced
from tests.integrations.sandbox.orders import kite

PRICE = Decimal("0.605")


@pytest.fixture
def failed(order, engine, runware, level):
    """Takes that failed without a word about money, so many minutes ago."""

    def failed(takes=1, minutes=30):
        runware.faults("fail", code="timeoutProvider", message="It took too long.", times=takes)
        made = order(takes=takes)
        engine.run()
        Render.objects.update(ended_at=timezone.now() - timedelta(minutes=minutes))
        return made

    return failed


def unknown():
    return Render.objects.filter(charge_unknown=True).count()


def test_where_the_account_used_nothing_it_was_free(failed, project):
    failed(takes=2)
    books.compare()
    assert unknown() == 0
    assert (balanced(project).spent, balanced(project).held) == (0, 0)
    reasons = set(LedgerEntry.objects.filter(kind="release").values_list("reason", flat=True))
    assert reasons == {"the provider's account shows no charge"}


def test_where_the_account_used_what_all_of_them_should_cost_each_was_charged(
    failed, runware, project, open_ones
):
    failed(takes=2)
    for _ in range(2):
        runware.made(kite())  # the same sum, as if they had charged for the failures
    books.compare()
    assert unknown() == 0
    assert (balanced(project).spent, balanced(project).held) == (2 * PRICE, 0)
    assert open_ones() == []


def test_where_the_sums_leave_a_doubt_a_person_settles_it(failed, runware, project, open_ones):
    failed(takes=2)
    runware.made(kite())
    books.compare()
    assert unknown() == 2
    assert balanced(project).held == 2 * PRICE
    assert [each.kind for each in open_ones()] == ["usage"]


def test_a_failure_of_just_now_waits_until_the_account_would_show_it(failed):
    failed(minutes=5)
    books.compare()
    assert unknown() == 1


def test_what_was_sent_with_the_key_of_another_account_is_not_settled_by_this_one(failed, level):
    failed()
    Comparison.objects.filter(pk=level.pk).update(account="another")
    books.compare()
    books.compare()
    assert unknown() == 1


def test_while_something_is_on_its_way_nothing_is_concluded(failed, order, engine):
    failed()
    (take,) = order()
    take.move_to("submitting")
    books.compare()
    assert unknown() == 1


def test_a_bill_of_a_failure_that_is_told_meanwhile_is_booked(failed, project):
    (take,) = failed()
    told = Failure(
        take.code, "timeoutProvider", FailureReason.TIMEOUT, "It took too long.", cost=Decimal("0.25")
    )
    with mock.patch.object(books, "_answers", return_value=[(Render.objects.get(), [told])]):
        books.compare()
    assert unknown() == 0
    assert balanced(project).spent == Decimal("0.25")


def test_the_account_is_asked_soon_after_such_a_failure_and_not_for_ever(failed):
    def compared():
        cache.delete("reconcile:asked-after-failures")
        with mock.patch.object(books.jobs, "soon") as soon:
            books.sweep()
        return soon.called

    failed(minutes=5)
    Comparison.objects.update(conclusive=True, at=timezone.now() - timedelta(minutes=20))
    cache.set("reconcile:looked", 1, 3600)
    assert not compared()
    Render.objects.update(ended_at=timezone.now() - timedelta(minutes=11))
    assert compared()
    Comparison.objects.create(sandbox=True, ours=0, conclusive=True)  # came to nothing: a person's turn
    assert not compared()
    settlement.free(Render.objects.get(), reason="x")
    assert not compared()


def told(take, cost):
    return Failure(take.task_code, "timeoutProvider", FailureReason.TIMEOUT, "It took too long.", cost=cost)


def compare(**answers):
    """Compare, where the provider says this of each take."""
    with mock.patch.object(books, "_answers", return_value=answers["of"]):
        books.compare()


def test_a_failure_that_both_sides_book_alike_is_no_difference(failed, runware, open_ones):
    (one,) = failed()
    results.receive(told(one, PRICE), asked=True)
    runware.made(kite())  # the account used it
    (other,) = failed()
    one, other = Render.objects.get(pk=one.pk), Render.objects.get(pk=other.pk)
    compare(of=[(one, [told(one, PRICE)]), (other, [told(other, None)])])
    other.refresh_from_db()
    assert (other.charge_unknown, other.cost) == (False, None)
    assert open_ones() == []


def test_a_failure_that_is_billed_otherwise_by_now_is_listed(failed, open_ones):
    (take,) = failed()
    results.receive(told(take, Decimal("0.25")), asked=True)
    take = Render.objects.get()
    compare(of=[(take, [told(take, Decimal("0.3"))])])
    (found,) = [each for each in open_ones() if each.kind == "failed"]
    assert (found.ours, found.theirs) == (Decimal("0.25"), Decimal("0.3"))


def test_what_was_called_free_and_is_told_to_cost_is_booked(failed, project):
    failed()
    settlement.free(Render.objects.get(), reason="a producer said so")
    take = Render.objects.get()
    compare(of=[(take, [told(take, PRICE)])])
    assert balanced(project).spent == PRICE


def test_a_use_that_a_person_settled_frees_nothing_by_itself(failed, runware, open_ones, pia):
    failed(takes=2)
    runware.made(kite())  # one of the two was charged
    books.compare()
    (found,) = open_ones()
    settling.leave(found, by=pia, reason="seen")
    books.compare()
    assert unknown() == 2


def test_one_that_cannot_be_settled_keeps_no_other_waiting(failed):
    (old,) = failed()
    Render.objects.update(sent_at=timezone.now() - timedelta(days=45))
    failed()
    books.compare()
    assert list(Render.objects.filter(charge_unknown=True)) == [old]
