"""Bills that are missing, odd or corrected, and budgets that are moved under what is spent."""

from decimal import Decimal

import pytest

from studio.generation.renders import results, waiting
from studio.generation.renders.models import Render
from studio.integrations.providers import bodies
from studio.integrations.providers.base import Result
from studio.planning.ledger import ledger, lines
from studio.planning.ledger.models import Balance, Budget, LedgerEntry
from studio.planning.projects import actions
from tests import sums
from tests.generation.conftest import balanced

PRICE = Decimal("0.605")


def told(text):
    """The cost in a provider's body, where the JSON says this."""
    body = '{"taskUUID": "8d9e1f2a-0000-4000-8000-000000000000", "videoURL": "http://x/", "cost": %s}'
    (outcome,) = bodies.outcomes((body % text).encode())
    return outcome.cost


@pytest.mark.parametrize(
    ("text", "charged", "source"),
    [
        ("null", "0.605", "computed"),
        ("0", "0", "provider"),
        ("-0.605", "0.605", "computed"),
        ("0.1234567890123456789", "0.123456789", "provider"),
        ("0.00000000049", "0", "provider"),
        ("0.0000000005", "0", "provider"),  # half to even
        ("0.0000000015", "0.000000002", "provider"),
        ("1e400", "0.605", "computed"),
        ("1e-400", "0", "provider"),
        ('"0.605"', "0.605", "provider"),
        ('" 0.70 "', "0.70", "provider"),
        ('"0,605"', "0.605", "computed"),
        ("6.05", "6.05", "provider"),
        ("1000000", "1000000", "provider"),
        ("1000001", "0.605", "computed"),
    ],
)
def test_whatever_the_bill_says_the_sums_are_the_ledgers(order, project, text, charged, source):
    """Rounded to nine places where it is a figure, else the estimate, and the row says which."""
    (take,) = order()
    results.receive(Result(take.code, uuid="a", url="http://x/", cost=told(text)), asked=True)

    take.refresh_from_db()
    entry = LedgerEntry.objects.get(kind="charge")
    assert (take.cost, take.cost_source) == (Decimal(charged), source)
    assert (entry.amount, entry.source, entry.estimate) == (Decimal(charged), source, PRICE)
    assert (balanced(project).spent, balanced(project).held) == (Decimal(charged), 0)


def test_hundreds_of_odd_amounts_add_up(order, project):
    """Nine places, three hundred times: nothing is lost on the way."""
    (take,) = order()
    amount = Decimal("0.123456789")
    for number in range(300):
        ledger.charge(take.purchase, amount, result=str(number))

    sums.add_up(project)
    assert Balance.of(project, sandbox=True).spent == 300 * amount


def test_a_budget_lowered_below_what_is_spent(order, engine, project, pia, books):
    """What is out is finished and paid; what is new waits; raised again it goes through."""
    order(takes=3)
    engine.run()
    (out,) = order()
    actions.change_project(project, by=pia, budget=Decimal("0.01"))
    line = lines.allowance(project, person_id=None, sandbox=True).project
    assert line.is_passed and line.left < 0 and not line.takes(Decimal(0))

    (waits,) = order()
    assert waiting.admit(project, by=pia) == 0
    engine.run()
    out.refresh_from_db()
    waits.refresh_from_db()
    assert (out.state, waits.state, waits.note) == ("ready", "waiting", "over the project's budget")
    assert books().spent == 4 * PRICE

    actions.change_project(project, by=pia, budget=5 * PRICE)
    assert waiting.admit(project, by=pia) == 1
    engine.run()
    assert books().spent == 5 * PRICE


@pytest.mark.parametrize("scope", ["scene", "day"])
def test_a_line_of_nothing(order, engine, shot, project, ana, pia, books, scope):
    """Everything waits for a producer, and what is allowed is made and paid like anything else."""
    actions.change_shot(shot, by=ana, scene="Harbour")
    named = {"scene": "Harbour"} if scope == "scene" else {"person": ana}
    Budget.objects.create(project=project, scope=scope, amount=Decimal(0), **named)
    (take,) = order()
    assert take.state == "waiting"
    assert waiting.allow(take, by=pia)
    engine.run()

    take.refresh_from_db()
    assert (take.state, books().spent) == ("ready", PRICE)


def test_a_take_fits_that_uses_a_line_up_to_its_last_digit(order, project, pia):
    actions.change_project(project, by=pia, budget=2 * PRICE - Decimal("0.000000001"))
    assert [take.state for take in order(takes=2)] == ["queued", "waiting"]
    actions.change_project(project, by=pia, budget=2 * PRICE)
    assert waiting.admit(project, by=pia) == 1
    assert order()[0].state == "waiting"


def test_admitting_goes_by_age_and_looks_at_every_line(order, shot, project, ana, rae, pia):
    """A take whose own line is full does not hold up those behind it."""
    other = actions.create_shot(project, by=pia, scene="Attic", prompt="Rain")
    actions.change_shot(shot, by=ana, scene="Harbour")
    actions.change_project(project, by=pia, budget=Decimal(0))
    Budget.objects.create(project=project, scope="scene", scene="Harbour", amount=PRICE)
    Budget.objects.create(project=project, scope="day", person=rae, amount=PRICE)
    harbour = [order()[0], order()[0]]
    attic = [order(shot=other, by=rae)[0], order(shot=other, by=rae)[0], order(shot=other)[0]]
    actions.change_project(project, by=pia, budget=Decimal(100))

    assert waiting.admit(project, by=pia) == 3
    for take in harbour + attic:
        take.refresh_from_db()
    assert [take.state for take in harbour] == ["queued", "waiting"]
    assert [take.state for take in attic] == ["queued", "waiting", "queued"]


def test_admitting_counts_what_it_let_through_for_others(order, project, rae, pia):
    """Two fit; Ana's second does not fit because Rae's went through before it."""
    actions.change_project(project, by=pia, budget=Decimal(0))
    takes = [order()[0], order(by=rae)[0], order()[0]]
    actions.change_project(project, by=pia, budget=2 * PRICE)

    assert waiting.admit(project, by=pia) == 2
    for take in takes:
        take.refresh_from_db()
    assert [take.state for take in takes] == ["queued", "queued", "waiting"]


def test_what_is_thrown_away_or_of_other_money_is_not_admitted(order, shot, project, pia):
    actions.change_project(project, by=pia, budget=Decimal(0))
    gone, other, _ = order(takes=3)
    actions.change_project(project, by=pia, budget=None)
    Render.objects.filter(pk=gone.pk).update(trashed_at=gone.created_at)
    Render.objects.filter(pk=other.pk).update(sandbox=False)

    assert waiting.admit(project, by=pia) == 1
    assert list(Render.objects.order_by("pk").values_list("state", flat=True)) == [
        "waiting",
        "waiting",
        "queued",
    ]


def test_a_shot_takes_its_money_along_to_another_scene(order, shot, project, pia):
    """A scene's line counts the shots that are in it now; an open page may still know another scene."""
    for scene, amount in (("Harbour", PRICE), ("Attic", PRICE)):
        Budget.objects.create(project=project, scope="scene", scene=scene, amount=amount)
    actions.change_shot(shot, by=pia, scene="Harbour")
    assert [take.state for take in order(takes=2)] == ["queued", "waiting"]
    actions.change_shot(shot, by=pia, scene="Attic")
    used = lines.allowance(project, person_id=None, sandbox=True).scenes
    assert (used["Harbour"].used, used["Attic"].used) == (0, PRICE)

    fresh = actions.create_shot(project, by=pia, scene="Harbour", prompt="Gulls")
    assert [take.state for take in order(shot=fresh, takes=2)] == ["queued", "waiting"]
    shot.scene = "a scene without a line"  # as a page has it that was opened before
    assert order(shot=shot)[0].state == "waiting"


# --- corrections --------------------------------------------------------------------------


def test_a_bill_is_corrected_once_for_each_key(order, engine, project, pia):
    """Up or down; in the ledger, in the sums and on the take."""
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    assert results.bill_again(take, Decimal("-0.2"), reason="refunded in part", by=pia, key="a")
    assert not results.bill_again(take, Decimal("-0.2"), reason="refunded in part", by=pia, key="a")
    assert not results.bill_again(take, Decimal("9"), reason="another figure", by=None, key="a")
    assert results.bill_again(take, Decimal("0.1"), reason="told late", key="b")

    take.refresh_from_db()
    assert (take.cost, take.cost_source) == (PRICE - Decimal("0.1"), "provider")
    rows = LedgerEntry.objects.filter(kind="adjustment").order_by("pk")
    assert list(rows.values_list("amount", "source", "reason", "by_name")) == [
        (Decimal("-0.2"), "person", "refunded in part (Pia)", "Ana"),
        (Decimal("0.1"), "provider", "told late", "Ana"),
    ]
    assert balanced(project).spent == take.cost


def test_a_correction_that_is_no_amount_changes_nothing(order, engine, project):
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    for figure in ("NaN", "Infinity", "1e400"):
        with pytest.raises(ValueError):
            results.bill_again(take, Decimal(figure), reason="", key=figure)

    take.refresh_from_db()
    assert take.cost == PRICE
    assert balanced(project).spent == PRICE


def test_a_failed_take_that_was_billed_all_the_same(order, engine, runware, project, pia):
    """Its bill is entered by hand; a result that comes after all is charged on top."""
    runware.faults("timeout_provider", times=1)
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    assert (take.state, take.cost) == ("failed", None)
    assert results.bill_again(take, Decimal("0.3"), reason="on the invoice", by=pia, key="invoice 7")
    take.refresh_from_db()
    assert take.cost == Decimal("0.3")

    results.receive(Result(take.code, uuid="late", url="http://x/", cost=PRICE), asked=True)
    take.refresh_from_db()
    assert (take.state, take.cost) == ("saving", PRICE + Decimal("0.3"))
    row = balanced(project)
    assert (row.spent, row.held) == (take.cost, 0)


def test_a_correction_counts_on_the_line_of_the_day_it_was_ordered(order, engine, project, ana, pia):
    Budget.objects.create(project=project, scope="day", amount=Decimal(1))
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    assert order()[0].state == "waiting"
    results.bill_again(take, -PRICE, reason="refunded", by=pia, key="a")

    assert lines.allowance(project, person_id=ana.pk, sandbox=True).day.used == 0
    assert order()[0].state == "queued"
