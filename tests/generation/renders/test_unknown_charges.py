"""A take that failed: what it cost is said only where it is known, and what was set aside stays until then."""

import json
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import httpx
import pytest
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders import lifecycle, results, settlement
from studio.generation.renders.models import Render
from studio.generation.trash import trash
from studio.integrations import catalogue
from studio.integrations.providers import bodies
from studio.integrations.providers.base import Failure, Result
from studio.integrations.providers.failures import FailureReason
from studio.planning.ledger import estimate
from studio.planning.ledger.models import DaySpend, LedgerEntry
from tests.generation.conftest import balanced

PRICE = Decimal("0.605")
NOT_KNOWN = "Not known yet whether this was charged"


@pytest.mark.parametrize(
    ("words", "cost"),
    [
        ("Rejected. This request was not charged.", 0),
        ("You have not been charged for this request", 0),
        ("You weren't charged.", 0),
        ("You will not be charged.", 0),
        ("There is no charge for this request.", 0),
        ("You were not charged for this request. Try other words.", 0),
        ("There is no charge for retries, but this attempt was billed at $0.60.", None),
        ("No charges are made for queueing. Credits were deducted for this attempt.", None),
        ("It is not known whether this was or was not charged.", None),
        ("This task has not been charged yet; it will appear on your next invoice.", None),
        ("You will not be charged twice for this task.", None),
        ("You were not charged the full price, only half.", None),
        ("You were not charged. The generation cost 5 credits.", None),
        ("Your card was not charged; 0.605 USD was taken from your balance.", None),
        ("If you were not charged, contact support.", None),
        ("It is not true that nothing was charged.", None),
        ("We cannot promise that you were not charged.", None),
        ("This is not free of charge.", None),
        ("This request was not charged." + " x" * 5000 + ". The output was billed.", None),
        ("Nothing was charged; change the words.", 0),
        ("You have been charged for this request.", None),
        ("It could not be made, and you have been charged.", None),
        ("Input was not charged. The output was charged.", None),
        ("The battery is not charging in this picture.", None),
        ("Rejected by content moderation.", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("field", ["message", "responseContent"])
def test_what_a_failure_cost_is_read_from_its_words_only_where_they_leave_no_doubt(field, words, cost):
    assert bodies.failure(uuid4(), {"code": "invalidProviderContent", field: words}).cost == cost


def test_a_figure_goes_before_words():
    item = {"code": "x", "message": "You were not charged.", "cost": Decimal("0.25")}
    assert bodies.failure(uuid4(), item).cost == Decimal("0.25")


@pytest.fixture
def failed(order, engine, runware):
    """A take that the provider made a failure of, with these words."""

    def failed(message="What happened, in their words."):
        runware.faults("fail", code="invalidProviderContent", message=message)
        (take,) = order()
        engine.run()
        take.refresh_from_db()
        assert take.state == "failed"
        return take

    return failed


def viewer(client, take):
    address = reverse("board:viewer", args=[take.project.slug, take.shot.code])
    return client.get(address, {"take": take.code}).content.decode()


def card(client, take):
    return client.get(reverse("viewer:card", args=[take.code])).content.decode()


def costs(client, take):
    return client.get(reverse("reports:costs", args=[take.project.slug])).content.decode()


def test_where_nothing_is_said_of_money_every_page_says_so_and_the_hold_stays(failed, client_of, ana, pia):
    take = failed()
    assert (balanced(take.project).spent, balanced(take.project).held) == (0, take.estimate)
    for person in (ana, pia):
        client = client_of(person)
        assert NOT_KNOWN in viewer(client, take)
        assert "$0.605 stays set aside" in viewer(client, take)
        assert "Not charged" not in viewer(client, take).replace("Write it off, not charged", "")
        assert "Charge not known yet" in card(client, take)
        assert (
            "charge not known yet"
            in client.get(reverse("queue:queue", args=[take.project.slug])).content.decode()
        )
        assert "Not known yet whether charged" in costs(client, take)
    assert "Book $0.605 as charged" in viewer(client_of(pia), take)
    assert "as charged</button>" not in viewer(client_of(ana), take)
    assert "was charged</button>" not in costs(client_of(ana), take)


def test_a_reviewer_who_sees_no_money_reads_nothing_of_it(failed, client_of, rae):
    take = failed()
    assert "charged" not in viewer(client_of(rae), take)
    assert "charged" not in card(client_of(rae), take)


def test_where_it_is_said_to_be_free_the_hold_is_given_back(failed, client_of, pia):
    take = failed("Rejected. This request was not charged.")
    assert not take.charge_unknown
    assert (balanced(take.project).spent, balanced(take.project).held) == (0, 0)
    assert "Not charged" in viewer(client_of(pia), take)
    assert "Not known yet whether charged" not in costs(client_of(pia), take)


@pytest.mark.parametrize(
    ("address", "spent", "said"),
    [("viewer:book_without_file", PRICE, "Charged $0.605"), ("viewer:write_off", 0, "Not charged")],
)
def test_a_producer_settles_it_once(failed, client_of, ana, pia, address, spent, said):
    take = failed()
    to = reverse(address, args=[take.code])
    assert client_of(ana).post(to).status_code == 404
    for _ in range(2):
        client_of(pia).post(to)
    other = {"viewer:book_without_file": "viewer:write_off", "viewer:write_off": "viewer:book_without_file"}
    client_of(pia).post(reverse(other[address], args=[take.code]))
    take.refresh_from_db()
    assert (take.state, take.charge_unknown) == ("failed", False)
    assert take.failure_code == "invalidProviderContent"  # still why
    assert (balanced(take.project).spent, balanced(take.project).held) == (spent, 0)
    assert said in viewer(client_of(pia), take)


def test_what_was_booked_by_hand_is_said_to_be_computed(failed, pia):
    take = failed()
    settlement.book(take, by=pia)
    assert LedgerEntry.objects.get(kind="charge").source == "computed"


def test_a_figure_that_comes_later_settles_it(failed):
    take = failed()
    told = Failure(take.code, "invalidProviderContent", FailureReason.SAFETY, "", cost=Decimal("0.25"))
    results.receive(told, asked=True)
    results.receive(told, asked=True)
    take.refresh_from_db()
    assert (take.cost, take.charge_unknown) == (Decimal("0.25"), False)
    assert (balanced(take.project).spent, balanced(take.project).held) == (Decimal("0.25"), 0)


def test_a_late_word_that_it_was_free_settles_it(failed):
    take = failed()
    told = Failure(take.code, "invalidProviderContent", FailureReason.SAFETY, "", cost=Decimal(0))
    results.receive(told, asked=True)
    take.refresh_from_db()
    assert (take.cost, take.charge_unknown) == (None, False)
    assert balanced(take.project).held == 0
    assert LedgerEntry.objects.get(kind="release").reason == "the provider says it was not charged"


def test_a_late_result_settles_it(failed):
    take = failed()
    results.receive(Result(take.code, "late", "https://im.runware.ai/a.mp4", 1, PRICE), asked=True)
    take.refresh_from_db()
    assert (take.state, take.charge_unknown) == ("saving", False)
    assert (balanced(take.project).spent, balanced(take.project).held) == (PRICE, 0)


def test_a_bill_that_is_corrected_by_hand_settles_it(failed, pia):
    take = failed()
    results.bill_again(take, Decimal("0.3"), reason="on their invoice", by=pia, key="a")
    take.refresh_from_db()
    assert (take.cost, take.charge_unknown) == (Decimal("0.3"), False)


@pytest.mark.parametrize(
    ("message", "held"),
    [
        ("The width is not allowed.", 0),
        ("Refused. You have been charged.", PRICE),
        ("You have been billed for this attempt.", PRICE),
        ("Credits were deducted.", PRICE),
    ],
)
def test_an_order_that_was_not_taken_is_free_unless_it_says_otherwise(order, answering, message, held):
    def handle(request):
        (task,) = json.loads(request.content)
        error = {"code": "invalidWidth", "message": message, "taskUUID": task["taskUUID"]}
        return httpx.Response(400, json={"errors": [error]})

    (take,) = order()
    answering(handle)
    lifecycle.submit(str(take.batch))
    take.refresh_from_db()
    assert (take.state, take.charge_unknown) == ("failed", bool(held))
    assert balanced(take.project).held == held


def test_it_is_thrown_away_only_when_it_is_settled(failed, pia, ana):
    take = failed()
    with pytest.raises(trash.Busy, match="A producer settles that first"):
        trash.trash_take(take, by=ana)
    settlement.write_off(take, by=pia)
    trash.trash_take(take, by=ana)


def test_what_goes_from_the_trash_for_good_with_its_shot_gives_its_hold_back(failed, pia, settings):
    take = failed()
    project = take.project
    trash.trash_shots(project, [take.shot], by=pia)
    past = timezone.now() - timedelta(days=settings.TRASH_DAYS + 1)
    type(take.shot).objects.filter(pk=take.shot_id).update(trashed_at=past)
    trash.empty()
    assert not Render.objects.filter(pk=take.pk).exists()
    assert balanced(project).held == 0


# --- a bill far from its estimate ---------------------------------------------------------


@pytest.mark.parametrize(
    ("cost", "marked"), [("0.605", False), ("0.65", False), ("0.7", True), ("0.4", True), ("1.21", True)]
)
def test_a_bill_far_from_its_estimate_is_marked_at_the_take(order, engine, client_of, ana, rae, cost, marked):
    (take,) = order()
    engine.run()
    Render.objects.filter(pk=take.pk).update(cost=Decimal(cost))
    take.refresh_from_db()
    client = client_of(ana)
    queue = client.get(reverse("queue:queue", args=[take.project.slug])).content.decode()
    for page in (viewer(client, take), card(client, take), queue):
        assert ("not $0.6" in page or "not the estimated $0.6" in page) == marked
    assert "not $0.6" not in card(client_of(rae), take) + viewer(client_of(rae), take)


def test_a_refusal_by_those_further_on_may_have_been_charged(order, answering):
    def handle(request):
        (task,) = json.loads(request.content)
        error = {"code": "invalidProviderContent", "message": "Abgelehnt.", "taskUUID": task["taskUUID"]}
        return httpx.Response(400, json={"errors": [error]})

    (take,) = order()
    answering(handle)
    lifecycle.submit(str(take.batch))
    take.refresh_from_db()
    assert (take.state, take.charge_unknown) == ("failed", True)


def test_a_refusal_after_a_try_that_is_in_doubt_may_have_been_charged(order, answering):
    (take,) = order()
    Render.objects.filter(pk=take.pk).update(attempts=1)

    def handle(request):
        (task,) = json.loads(request.content)
        error = {"code": "invalidWidth", "message": "No.", "taskUUID": task["taskUUID"]}
        return httpx.Response(400, json={"errors": [error]})

    answering(handle)
    lifecycle.submit(str(take.batch))
    take.refresh_from_db()
    assert take.charge_unknown


# --- what is told later -------------------------------------------------------------------


def tell(take, cost, *, asked=True):
    results.receive(Failure(take.code, "timeoutProvider", FailureReason.TIMEOUT, "", cost=cost), asked=asked)
    take.refresh_from_db()


@pytest.fixture
def rendering(order, engine):
    (take,) = order()
    lifecycle.submit(str(take.batch))
    Render.objects.update(state="rendering")
    take.refresh_from_db()
    return take


@pytest.mark.parametrize("cost", [Decimal(0), Decimal("0.2")])
def test_what_was_booked_before_anything_was_told_is_corrected_by_what_is_told(failed, pia, cost):
    take = failed()
    settlement.book(take, by=pia)
    tell(take, cost)
    tell(take, cost)
    assert (take.cost, take.cost_source) == (cost, "provider")
    assert balanced(take.project).spent == cost


def test_a_callback_alone_does_not_say_that_it_was_free(rendering):
    tell(rendering, Decimal(0), asked=False)
    assert (rendering.state, rendering.charge_unknown) == ("failed", True)
    tell(rendering, Decimal(0))
    assert not rendering.charge_unknown
    assert balanced(rendering.project).held == 0


def test_a_cost_beyond_reason_counts_only_when_it_is_told_twice(rendering):
    tell(rendering, Decimal(900_000))
    assert (rendering.cost, rendering.charge_unknown) == (None, True)
    tell(rendering, Decimal(900_000))
    assert rendering.cost == 900_000


def test_a_take_that_failed_at_a_price_and_came_counts_once(rendering, project):
    tell(rendering, Decimal("0.1"))
    results.receive(Result(rendering.code, "late", "https://im.runware.ai/a.mp4", 1, PRICE), asked=True)
    rendering.refresh_from_db()
    assert (rendering.state, rendering.cost) == ("saving", PRICE)
    day = DaySpend.objects.get(project=project)
    assert (day.spent, day.charges, day.seconds, day.estimated) == (PRICE, 1, 5, PRICE)


def test_bills_of_failures_move_no_price(order, engine):
    for take in [*order(takes=4), *order(takes=4)]:
        lifecycle.submit(str(take.batch))
    for take in Render.objects.all():
        tell(take, Decimal("0.35"))
    assert Render.objects.filter(cost=Decimal("0.35")).count() == 8
    assert estimate.of_take(catalogue.get("gen-4.5"), 5) == PRICE


def test_what_lies_in_the_trash_with_its_shot_is_settled_too(failed, client_of, pia):
    take = failed()
    trash.trash_shots(take.project, [take.shot], by=pia)
    client = client_of(pia)
    assert "in the trash" in costs(client, take)
    answer = client.post(reverse("viewer:write_off", args=[take.code]))
    assert answer.url == reverse("reports:costs", args=[take.project.slug])
    assert balanced(take.project).held == 0


def test_a_failure_far_from_its_estimate_is_marked_wherever_it_is_shown(rendering, client_of, ana):
    tell(rendering, Decimal("1.0"))
    client = client_of(ana)
    queue = client.get(reverse("queue:queue", args=[rendering.project.slug])).content.decode()
    for page in (card(client, rendering), viewer(client, rendering), queue):
        assert "not the estimated $0.6" in page
