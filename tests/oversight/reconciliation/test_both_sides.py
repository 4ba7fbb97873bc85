"""Our books beside the account of the sandbox: what is certain is booked, the rest is listed and settled."""

from datetime import timedelta
from decimal import Decimal
from unittest import mock

import httpx
import pytest

from studio.generation.renders import lifecycle, results, settlement
from studio.generation.renders.models import Render
from studio.integrations import providers
from studio.integrations.providers.base import Result
from studio.oversight.reconciliation import books, listing, settling
from studio.oversight.reconciliation.models import Comparison, Difference
from studio.people.accounts.models import User
from studio.people.notifications.models import Notice
from studio.planning.ledger.models import Balance, LedgerEntry
from studio.planning.projects import actions
from tests.generation.conftest import balanced
from tests.integrations.sandbox.orders import kite

PRICE = Decimal("0.605")


@pytest.fixture
def made(order, engine, level):
    """Takes that the sandbox has made and billed."""

    def made(**wish):
        takes = order(**wish)
        engine.run()
        for take in takes:
            take.refresh_from_db()
        return takes

    return made


def test_nothing_is_missing_when_all_went_well(made, open_ones):
    made(takes=2)
    seen = books.compare()
    assert (seen.ours, seen.asked, seen.problem) == (2 * PRICE, 2, "")
    assert open_ones() == []


def test_a_bill_that_never_came_is_asked_for_again_and_booked_once(order, runware, level, project):
    (take,) = order()
    lifecycle.submit(str(take.batch))
    (item,) = runware.results({"taskUUID": str(take.code)})
    results.receive(Result(take.code, uuid=item["videoUUID"], url=item["videoURL"], cost=None), asked=True)
    take.refresh_from_db()
    assert (take.cost, take.cost_source) == (PRICE, "computed")

    assert [books.compare().late_bills, books.compare().late_bills] == [1, 0]
    take.refresh_from_db()
    assert (take.cost, take.cost_source) == (PRICE, "provider")
    entry = LedgerEntry.objects.get(kind="adjustment")
    assert (entry.amount, entry.reason, entry.source) == (0, "the bill came late", "provider")
    assert balanced(project).spent == PRICE


def test_a_take_that_was_given_up_and_made_all_the_same_is_filed_and_charged(
    order, runware, engine, level, open_ones
):
    runware.faults("webhook_never")
    (take,) = order()
    lifecycle.submit(str(take.batch))
    runware.results({"taskUUID": str(take.code)})
    take.refresh_from_db()
    take.move_to("expired")
    settlement.write_off(take, by=None)

    assert books.compare().late_results == 1
    engine.run()
    take.refresh_from_db()
    assert (take.state, take.cost) == ("ready", PRICE)
    books.compare()
    assert open_ones() == []


def test_a_bill_that_is_another_now_is_listed_for_a_person(made, open_ones, pia, project):
    (take,) = made()
    Render.objects.filter(pk=take.pk).update(cost=Decimal("0.5"))  # as if they had told us another sum then
    books.compare()
    books.compare()

    (found,) = [each for each in open_ones() if each.kind == "bill"]
    assert (found.project, found.render_code, found.ours, found.theirs) == (
        project,
        take.code,
        Decimal("0.5"),
        PRICE,
    )
    assert settling.adjust(found, by=pia, reason="they told us wrong")
    take.refresh_from_db()
    assert (take.cost, take.cost_source) == (PRICE, "person")


def test_what_is_left_as_it_is_is_not_listed_again(made, open_ones, pia):
    (take,) = made()
    Render.objects.filter(pk=take.pk).update(cost=Decimal("0.5"))
    books.compare()
    (found,) = [each for each in open_ones() if each.kind == "bill"]
    assert settling.leave(found, by=pia, reason="a rebate is agreed")
    books.compare()
    assert [each for each in open_ones() if each.kind == "bill"] == []
    assert not LedgerEntry.objects.filter(kind="adjustment").exists()


def test_what_somebody_else_used_the_account_for_is_listed_and_adjusted_with_a_reason(
    made, runware, open_ones, project, pia
):
    made()
    runware.made(kite())
    books.compare()

    (found,) = open_ones()
    assert (found.kind, found.apart, found.project) == ("usage", PRICE, None)
    with pytest.raises(settling.NoProject):
        settling.adjust(found, by=pia, reason="a test of the key")
    assert settling.adjust(found, by=pia, reason="a test of the key", project=project)
    assert not settling.adjust(found, by=pia, reason="again", project=project)

    entry = LedgerEntry.objects.get(kind="adjustment")
    assert (entry.amount, entry.reason, entry.source) == (PRICE, "a test of the key (Pia)", "person")
    assert Balance.of(project, sandbox=True).spent == 2 * PRICE
    books.compare()
    assert open_ones() == []


def test_a_use_that_is_left_alone_stays_explained(made, runware, open_ones, pia):
    made()
    runware.made(kite())
    books.compare()
    (found,) = open_ones()
    settling.leave(found, by=pia, reason="of another studio")
    books.compare()
    assert open_ones() == []
    runware.made(kite())
    books.compare()
    (found,) = open_ones()
    assert found.apart == PRICE


def test_while_takes_are_on_their_way_nothing_is_concluded(made, order, runware, open_ones):
    runware.faults("never_ends")
    (take,) = order()
    lifecycle.submit(str(take.batch))
    seen = books.compare()
    assert seen.on_their_way == 1
    assert open_ones() == []


def test_a_provider_that_does_not_answer_is_noted_and_nothing_is_listed(made, open_ones, answering):
    made()
    answering(lambda request: httpx.Response(502, html="<h1>Bad gateway</h1>"))
    seen = books.compare()
    assert "could not be asked" in seen.problem
    assert open_ones() == []


def test_a_difference_of_a_take_that_is_gone_can_still_be_adjusted(made, open_ones, pia, project):
    (take,) = made()
    Render.objects.filter(pk=take.pk).update(cost=Decimal("0.5"))
    books.compare()
    (found,) = [each for each in open_ones() if each.kind == "bill"]
    Render.objects.all().delete()
    assert settling.adjust(found, by=pia, reason="they told us wrong")
    entry = LedgerEntry.objects.get(kind="adjustment")
    assert (entry.what, entry.shot_code, entry.amount) == (
        "010 take 1 · Gen-4.5 · 5 s",
        "010",
        Decimal("0.105"),
    )
    assert Difference.objects.get(pk=found.pk).adjusted == Decimal("0.105")


def test_an_archived_project_can_be_corrected_too(made, open_ones, pia, project):
    (take,) = made()
    Render.objects.filter(pk=take.pk).update(cost=Decimal("0.5"))
    actions.archive_project(project, by=pia)
    books.compare()
    (found,) = [each for each in open_ones() if each.kind == "bill"]
    assert settling.adjust(found, by=pia, reason="they told us wrong")


def test_a_difference_goes_by_itself_when_both_sides_agree_again(made, open_ones):
    (take,) = made()
    Render.objects.filter(pk=take.pk).update(cost=Decimal("0.5"))
    books.compare()
    assert [each.kind for each in open_ones()][:1] == ["bill"]
    Render.objects.filter(pk=take.pk).update(cost=PRICE)
    books.compare()
    assert open_ones() == []


def test_of_two_differences_of_a_take_only_the_last_explains_the_use(made, open_ones, pia):
    (take,) = made()
    for cost, reason in ((Decimal("0.5"), "a rebate"), (Decimal("0.4"), "a larger one")):
        Render.objects.filter(pk=take.pk).update(cost=cost)
        books.compare()
        (found,) = [each for each in open_ones() if each.kind == "bill"]
        settling.leave(found, by=pia, reason=reason)
    left = Difference.objects.filter(kind="bill").order_by("pk")
    assert [each.apart for each in left] == [Decimal("0.105"), Decimal("0.205")]
    seen = Comparison.objects.order_by("-pk").first()
    assert listing._explained(seen) == Decimal("0.205")


def test_another_account_is_counted_anew(made, runware, open_ones, pia):
    """By the days that are compared, and without what was left alone in the one before."""
    made()
    runware.made(kite())
    books.compare()
    (found,) = open_ones()
    settling.leave(found, by=pia, reason="of another studio")
    Comparison.objects.update(account="The account before")
    seen = books.compare()
    (found,) = open_ones()
    assert found.apart == seen.theirs - seen.ours >= PRICE


def test_what_changed_since_it_was_looked_at_is_not_booked(made, runware, open_ones, pia, project):
    made()
    runware.made(kite())
    books.compare()
    (looked_at,) = open_ones()
    runware.made(kite())
    books.compare()
    assert not settling.adjust(looked_at, by=pia, reason="a test of the key", project=project)
    assert not LedgerEntry.objects.filter(kind="adjustment").exists()


def test_a_late_bill_far_from_the_estimate_is_for_a_person_to_book(order, runware, level, open_ones):
    runware.faults("price_factor", value="10")
    (take,) = order()
    lifecycle.submit(str(take.batch))
    (item,) = runware.results({"taskUUID": str(take.code)})
    results.receive(Result(take.code, uuid=item["videoUUID"], url=item["videoURL"], cost=None), asked=True)

    assert books.compare().late_bills == 0
    (found,) = [each for each in open_ones() if each.kind == "bill"]
    assert (found.ours, found.theirs) == (PRICE, 10 * PRICE)


def test_a_second_result_that_only_the_provider_has_is_filed(made, runware, project, open_ones):
    (take,) = made()
    second = Result(take.code, uuid="a second one", url=take.result_url, cost=PRICE)
    asked = providers.get("runware").ask
    with mock.patch.object(
        type(providers.get("runware")), "ask", lambda self, codes: [*asked(codes), second]
    ):
        seen = books.compare()
    assert seen.late_results == 1
    extra = Render.objects.exclude(pk=take.pk).get()
    assert (extra.cost, extra.verdict) == (PRICE, "")


def test_a_comparison_beside_a_charge_concludes_nothing(made, open_ones, runware, monkeypatch):
    monkeypatch.setattr(books, "QUIET", timedelta(minutes=2))
    made()
    runware.made(kite())
    seen = books.compare()
    assert not seen.conclusive
    assert open_ones() == []


def test_the_owner_hears_of_a_new_difference_once(made, runware):
    olga = User.objects.create_superuser("olga@studio.example", "a long enough word", name="Olga")
    made()
    runware.made(kite())
    books.compare()
    books.compare()
    assert [each.text for each in Notice.objects.filter(user=olga)] == [
        "The provider's account and our ledger differ: Counted by the account"
    ]
