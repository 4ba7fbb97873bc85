"""What is left on the provider's account: asked, kept, and said once before it is empty."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from studio.integrations import providers
from studio.people.accounts.models import User
from studio.people.notifications.models import Notice
from studio.planning.ledger import purse
from studio.planning.ledger.models import DaySpend, Purse
from studio.planning.projects import actions, people
from studio.planning.projects.models import Membership

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def kept():
    return Purse.objects.get()


def told(user):
    return list(
        Notice.objects.filter(user=user, kind="balance").order_by("pk").values_list("text", flat=True)
    )


@pytest.fixture
def spent(project):
    """So much was spent some days before NOON."""

    def spent(amount, *, days_ago=0, sandbox=True):
        DaySpend.objects.create(
            project=project,
            sandbox=sandbox,
            day=(NOON - days_ago * DAY).date(),
            model="gen-4.5",
            person=0,
            spent=Decimal(amount),
        )

    return spent


@pytest.fixture
def left(runware, clock):
    """The sandbox's account holds so much, and the studio asks; a minute goes by each time."""
    clock.show(NOON)

    def left(amount):
        providers.use_sandbox(runware.url, runware.key)
        runware.set_balance(amount)
        purse.ask()
        clock.shift += timedelta(minutes=1)
        return purse.standing(sandbox=True)

    return left


@pytest.fixture
def saying(answering):
    """The provider answers like this to whatever it is asked, and is asked."""

    def saying(body, *, status=200):
        content = body if isinstance(body, bytes) else body.encode()
        answering(lambda request: httpx.Response(status, content=content))
        purse.ask()

    return saying


# --- asked and kept -----------------------------------------------------------------------


def test_the_balance_is_asked_and_kept(db, left, clock):
    assert purse.standing(sandbox=True) is None
    assert left("12.3456789").purse.balance == Decimal("12.3456789")

    row = kept()
    assert (row.provider, row.sandbox, row.problem, row.asked_at) == ("runware", True, "", NOON)
    assert row.account
    assert left("7").purse.pk == row.pk


def test_a_bare_number_is_a_balance_too(db, left, runware):
    runware.faults("balance_number")

    assert left("12.5").purse.balance == Decimal("12.5")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("<html>Bad gateway</html>", 502),
        ("", 200),
        ("{", 200),
        ('{"data": []}', 200),
        ('{"errors": [{"code": "invalidApiKey", "message": "No."}]}', 401),
        ('"12.5"', 200),
    ],
)
def test_an_answer_that_cannot_be_read_leaves_what_was_known(db, left, saying, body, status):
    """And says why it is old."""
    left("12.5")
    saying(body, status=status)

    row = kept()
    assert (row.balance, row.asked_at) == (Decimal("12.5"), NOON)
    assert row.problem
    left("12")
    assert (kept().balance, kept().problem) == (12, "")


@pytest.mark.parametrize("amount", ['"12.5"', "null", "true", "NaN", "1e400", "[]", "-1e400"])
def test_a_balance_that_is_no_figure_is_not_known(db, saying, amount):
    saying(f'{{"data": [{{"organizationName": "Org", "balance": {{"amount": {amount}}}}}]}}')

    now = purse.standing(sandbox=True)
    assert (now.purse.balance, now.purse.account) == (None, "Org")
    assert (now.days_left, now.is_low, now.is_empty) == (None, False, False)


def test_nobody_is_asked_in_a_process_without_a_provider(db):
    providers.forget()
    purse.ask()

    assert not Purse.objects.exists()


def test_real_money_has_a_purse_of_its_own(left, spent, saying, settings, pia):
    """And a burn rate of its own."""
    left("12")
    spent(70, sandbox=False)
    settings.RUNWARE_API_KEY = "a key"
    saying('{"data": [{"organizationName": "Org", "balance": {"amount": 25, "currency": "USD"}}]}')

    assert purse.standing(sandbox=True).purse.balance == 12
    real = purse.standing(sandbox=False)
    assert (real.purse.balance, real.burn, real.days_left) == (25, 10, 2)
    assert purse.burn(sandbox=True) == 0
    assert told(pia) == ["The Runware account is nearly empty"]


def test_it_is_asked_now_and_then(db, monkeypatch, settings):
    """The sweep comes round every second; the question does not."""
    settings.BALANCE_SECONDS = 300
    asked = []
    monkeypatch.setattr(purse.jobs, "soon", asked.append)
    for _ in range(3):
        purse.sweep()

    assert asked == ["costs.ask_balance"]


# --- how long it lasts --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "days", "low"),
    [("30", 3, False), ("29.999999999", 2, True), ("9.99", 0, True), ("0", 0, True), ("-5", 0, True)],
)
def test_it_lasts_as_long_as_the_last_week_says(left, spent, amount, days, low):
    """70 in seven days are 10 a day; what was spent before does not count."""
    spent(30)
    spent(40, days_ago=6)
    spent(1000, days_ago=7)
    now = left(amount)

    assert (now.burn, now.days_left, now.is_low) == (10, days, low)
    assert now.is_empty == (Decimal(amount) <= 0)


def test_while_nothing_is_spent_it_lasts(left, spent):
    assert left("0.01").days_left is None
    spent(-7)
    assert (left("0.01").days_left, left("0.01").is_low) == (None, False)


# --- people are told ----------------------------------------------------------------------


def test_people_are_told_once_until_it_was_filled_up(left, spent, pia):
    """What all projects spend a day is told to the studio's owner alone."""
    olga = User.objects.create_superuser("olga@studio.example", "a long enough word", name="Olga")
    spent(70)
    left("30")
    assert told(pia) == []
    for amount in ("29", "28", "10"):
        left(amount)
    assert told(pia) == ["The sandbox account is nearly empty"]
    assert told(olga) == ["The sandbox account is nearly empty: $29.00, about 2 days at $10.00 a day"]
    left("100")
    left("50")
    assert len(told(pia)) == 1
    left("19")
    assert told(pia)[1:] == ["The sandbox account is nearly empty"]
    assert told(olga)[1:] == ["The sandbox account is nearly empty: $19.00, about 1 day at $10.00 a day"]


def test_an_answer_without_a_figure_is_no_filling_up(left, spent, saying, pia):
    spent(70)
    left("5")
    saying('{"data": [{"organizationName": "Org"}]}')
    left("5")

    assert len(told(pia)) == 1


def test_an_empty_account_is_told_whatever_is_spent(left, project, pia):
    left("0")

    assert told(pia) == ["The sandbox account is empty"]


def test_the_owner_and_producers_are_told(left, project, pia, ana, rae, bo, cid, spent):
    """Not those whose projects are put away or thrown away, nor whoever is closed out."""
    owner = people.User.objects.create_superuser("own@studio.example", "a long enough word", name="Own")
    away = actions.create_project(name="Finished", by=cid)
    actions.archive_project(away, by=cid)
    gone = people.User.objects.create_user("gone@studio.example", "a long enough word", name="Gone")
    Membership.objects.create(project=project, user=gone, role="producer")
    people.close_account(gone)
    left("0")

    assert set(Notice.objects.filter(kind="balance").values_list("user", flat=True)) == {pia.pk, owner.pk}


def test_whoever_produces_nothing_any_more_has_no_balance_left_to_read(left, project, pia, cid):
    """Whoever produces another project still has it."""
    Membership.objects.create(project=project, user=cid, role="producer")
    another = actions.create_project(name="Another", by=cid)
    left("0")
    assert told(cid) == told(pia) != []

    people.change_role(Membership.objects.get(user=cid, project=project), "artist", by=pia)
    assert told(cid)
    Membership.objects.create(project=another, user=pia, role="artist")
    people.hand_over(another, to=pia, by=cid)
    assert (told(cid), len(told(pia))) == ([], 1)
