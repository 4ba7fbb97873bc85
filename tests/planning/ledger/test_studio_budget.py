"""What the studio may spend in a day and in a month, over all projects: a line that only its owner moves."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders import results, waiting
from studio.integrations.providers.base import Result
from studio.people.accounts.models import StudioEvent, User
from studio.people.notifications.models import Notice
from studio.planning.ledger import studio_budgets, studio_watch
from studio.planning.ledger.models import Budget, DaySpend, Purse, StudioBudget
from studio.planning.projects import actions, people
from studio.planning.projects.models import Membership

PRICE = Decimal("0.605")
NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def olga(db):
    return User.objects.create_superuser("olga@studio.example", "a long enough word", name="Olga")


@pytest.fixture
def second(pia, ana):
    """A shot of another film that Ana works on."""
    film = actions.create_project(name="Second film", by=pia)
    Membership.objects.create(project=film, user=ana, role="artist")
    return actions.create_shot(film, by=pia, prompt="A kite over dunes")


@pytest.fixture
def line():
    """Draw the studio's line: `line("day", 2 * PRICE)`."""
    return studio_budgets.set_line


def states(takes):
    found = []
    for take in takes:
        take.refresh_from_db()
        found.append(take.state)
    return found


def told(user, kind):
    return list(Notice.objects.filter(user=user, kind=kind).order_by("pk").values_list("text", flat=True))


def bill(take, amount=PRICE):
    results.receive(Result(take.code, uuid=str(take.pk), url="http://x/", cost=amount), asked=True)


# --- orders -------------------------------------------------------------------------------


@pytest.mark.parametrize("period", ["day", "month"])
def test_all_projects_share_it_and_its_owner_is_asked(order, line, second, olga, pia, period):
    line(period, 3 * PRICE)
    takes = [*order(takes=2), *order(shot=second, takes=2)]

    assert [take.state for take in takes] == ["queued", "queued", "queued", "waiting"]
    assert takes[-1].note == f"over the studio's budget for a {period}"
    assert told(pia, "waiting") == []  # it is not hers to allow
    (said,) = told(olga, "waiting")
    assert said.startswith("Ana asks for 010 take 2") and said.endswith("to $2.42 of $1.82")


def test_a_take_fits_that_uses_it_up_to_its_last_digit(order, line):
    line("day", 2 * PRICE)
    assert [take.state for take in order(takes=2)] == ["queued", "queued"]
    line("day", 4 * PRICE - Decimal("0.000000001"))
    assert [take.state for take in order(takes=2)] == ["queued", "waiting"]


def test_a_producers_word_does_not_do(order, line, client_of, olga, pia):
    """It goes on waiting, says for whom, and the owner's word lets it through."""
    line("day", Decimal(0))
    (take,) = order()
    address = reverse("viewer:allow", args=[take.code])

    page = client_of(pia).post(address, follow=True).content.decode()
    assert "It waits for the studio&#x27;s owner: over the studio&#x27;s budget for a day." in page
    assert states([take]) == ["waiting"]
    client_of(olga).post(address)
    assert states([take]) == ["queued"]
    assert take.allowed_by == olga


def test_a_budget_that_is_raised_does_not_go_past_it(order, line, project, olga, pia):
    """What waited for the project's line waits for the studio's: it says so now, and the owner is told once."""
    line("month", 2 * PRICE)
    actions.change_project(project, by=pia, budget=PRICE)
    takes = order(takes=4)
    assert takes[1].note == "over the project's budget"
    actions.change_project(project, by=pia, budget=Decimal(100))
    assert waiting.admit(project, by=pia) == 1
    assert waiting.admit(project, by=pia) == 0

    assert states(takes) == ["queued", "queued", "waiting", "waiting"]
    assert {take.note for take in takes[2:]} == {"over the studio's budget for a month"}
    assert len(told(olga, "waiting")) == 1


def test_yesterdays_charges_count_for_the_month_and_what_is_set_aside_counts_always(order, line, clock):
    clock.show(NOON)
    spent, held = order(takes=2)
    bill(spent)
    clock.show(NOON + DAY)

    now = studio_budgets.spending(sandbox=True)
    assert (now.today, now.month, now.held) == (0, PRICE, PRICE)
    line("day", 2 * PRICE)
    assert [take.state for take in order(takes=2)] == ["queued", "waiting"]  # it may be charged today
    line("day", None)
    line("month", 4 * PRICE)
    assert [take.state for take in order(takes=2)] == ["queued", "waiting"]
    bill(held)
    assert studio_budgets.spending(sandbox=True).today == PRICE


def test_a_clock_that_is_put_back_frees_nothing(order, line, clock):
    clock.show(NOON)
    (take,) = order()
    bill(take)
    clock.show(NOON - DAY)
    line("day", PRICE)
    assert [take.state for take in order()] == ["waiting"]


def test_another_month_begins_anew(order, line, clock):
    clock.show(NOON)
    bill(*order())
    line("month", PRICE)
    assert [take.state for take in order()] == ["waiting"]
    clock.show(NOON + 12 * DAY)
    assert [take.state for take in order()] == ["queued"]


def test_sandbox_money_and_real_money_are_not_added(order, line, project):
    DaySpend.objects.create(
        project=project, sandbox=False, day=NOON.date() + 400 * DAY, model="gen-4.5", person=0, spent=100
    )
    line("day", PRICE)
    assert [take.state for take in order()] == ["queued"]


# --- a project without a budget -----------------------------------------------------------


@pytest.fixture
def begun(client_of, pia, ana):
    """A shot of a project that Pia, a producer and not the owner, has begun on its page."""

    def begun(by=pia, **fields):
        client_of(by).post(reverse("dashboard:new_project"), {"name": "Short notice", **fields})
        film = actions.Project.objects.get(name="Short notice")
        Membership.objects.get_or_create(project=film, user=ana, defaults={"role": "artist"})
        return actions.create_shot(film, by=by, prompt="A kite over dunes")

    return begun


def test_what_a_producer_begins_without_a_budget_waits_for_the_owner(
    project, order, begun, olga, pia, client_of
):
    shot = begun()
    takes = [*order(shot=shot), *order(shot=shot, by=pia)]
    assert states(takes) == ["waiting", "waiting"]
    assert takes[0].note == "the project has no budget"
    assert len(told(olga, "waiting")) == 2 and told(olga, "waiting")[0].endswith("the project has no budget")
    with pytest.raises(waiting.NeedsOwner):
        waiting.allow(takes[0], by=pia)
    assert [take.state for take in order(shot=shot, by=olga)] == ["queued"]

    leave = reverse("reports:without_budget", args=[shot.project.slug])
    assert client_of(pia).post(leave).status_code == 404
    page = client_of(olga).post(leave, follow=True).content.decode()
    assert "Short notice may spend without a budget. 2 takes that waited go out." in page
    assert states(takes) == ["queued", "queued"]
    assert StudioEvent.objects.get(kind="unbudgeted").detail == "Short notice"


def test_a_budget_lets_it_go_and_taken_away_it_waits_again(project, order, begun, client_of, pia):
    shot = begun()
    (take,) = order(shot=shot)
    address = reverse("reports:budget", args=[shot.project.slug])
    client_of(pia).post(address, {"budget": "5"})
    assert states([take]) == ["queued"]
    client_of(pia).post(address, {"budget": ""})
    assert [take.state for take in order(shot=shot)] == ["waiting"]


def test_what_the_owner_begins_needs_none(project, order, begun, olga):
    assert [take.state for take in order(shot=begun(by=olga))] == ["queued"]


def test_one_with_a_budget_from_its_first_day_is_not_held_up(project, order, begun):
    shot = begun(budget="1")
    assert [take.state for take in order(shot=shot, takes=2)] == ["queued", "waiting"]


# --- what people see ----------------------------------------------------------------------


def test_nobody_but_the_owner_reads_what_all_projects_spend(order, line, client_of, ana, pia, shot):
    order(takes=2)
    line("day", Decimal("1.3125"))
    board = client_of(ana).get(shot.get_absolute_url()).content.decode()
    assert (
        "Over the studio&#x27;s budget for a day: what does not fit waits for the studio&#x27;s owner."
        in board
    )
    (take,) = order()
    for who in (ana, pia):
        for address in (
            shot.get_absolute_url() + f"?take={take.code}",
            reverse("reports:costs", args=["tidal-observatory"]),
        ):
            assert "1.31" not in client_of(who).get(address).content.decode()


def test_the_owner_draws_it_on_the_page_of_all_costs(order, client_of, line, olga, second):
    line("day", Decimal(0))
    takes = [*order(), *order(shot=second)]
    browser, address = client_of(olga), reverse("reports:studio_budget")
    wrong = browser.post(address, {"period": "day", "amount": "twelve"})
    assert wrong.status_code == 422
    assert 'value="twelve"' in wrong.content.decode()
    assert "Give an amount in dollars" in wrong.content.decode()
    assert browser.post(address, {"period": "year", "amount": "12"}).status_code == 422
    assert StudioBudget.objects.get().amount == 0

    page = browser.post(address, {"period": "day", "amount": "12"}, follow=True).content.decode()
    assert 'value="12"' in page
    waiting.admit_everywhere(olga.pk)
    assert states(takes) == ["queued", "queued"]
    browser.post(address, {"period": "day", "amount": ""})
    assert not StudioBudget.objects.exists()
    said = StudioEvent.objects.filter(kind="studio_budget").order_by("pk").values_list("detail", flat=True)
    assert list(said) == ["a day: $12", "a day: no limit"]


def test_a_producer_lets_through_what_fits_on_another_day(order, line, clock, client_of, pia, project):
    clock.show(NOON)
    bill(*order())
    line("day", PRICE)
    (take,) = order()
    address = reverse("reports:admit", args=[project.slug])
    assert "Nothing of what waits fits now." in client_of(pia).post(address, follow=True).content.decode()
    clock.show(NOON + DAY)
    page = client_of(pia).post(address, follow=True).content.decode()
    assert "1 take that waited goes out." in page
    assert states([take]) == ["queued"]


# --- alarms -------------------------------------------------------------------------------


def test_the_owner_is_told_once_when_it_is_nearly_used_and_once_when_it_is_passed(order, line, olga, pia):
    line("day", 5 * PRICE)
    takes = order(takes=4)
    for _ in range(3):
        studio_watch.look()
    assert told(olga, "budget") == [
        "The studio's budget for a day is 80 % used: $2.42 of $3.03 (sandbox money)"
    ]
    bill(takes[0], Decimal("6.05"))
    for _ in range(3):
        studio_watch.look()
    assert told(olga, "budget")[1:] == [
        "The studio's budget for a day is passed: $7.87 of $3.03 (sandbox money)"
    ]
    assert told(pia, "budget") == []


@pytest.fixture
def usual(project, clock):
    """So much was spent on each of these many days before."""
    clock.show(NOON)

    def usual(amount, days):
        for day in range(1, days + 1):
            DaySpend.objects.create(
                project=project,
                sandbox=True,
                day=NOON.date() - 2 * day * DAY,
                model="gen-4.5",
                person=0,
                spent=Decimal(amount),
            )

    return usual


def test_the_owner_is_told_each_time_the_pace_doubles(order, usual, olga):
    usual("1.21", 4)
    order(takes=3)
    studio_watch.look()
    assert told(olga, "budget") == []
    order(takes=1)
    for _ in range(2):
        studio_watch.look()
    assert told(olga, "budget") == [
        "Today's orders cost twice a usual day: $2.42, where a day of the last two weeks cost $1.21"
        " (sandbox money)"
    ]
    order(takes=4)
    studio_watch.look()
    assert told(olga, "budget")[1].startswith("Today's orders cost 4 times a usual day: $4.84")


@pytest.mark.parametrize(("amount", "days", "takes"), [("0.01", 2, 4), ("0.01", 4, 1), ("0", 4, 4)])
def test_of_too_little_no_pace_is_told(order, usual, olga, amount, days, takes):
    """Of fewer than three days, of less than a dollar, and of days on which nothing was spent."""
    usual(amount, days)
    order(takes=takes)
    studio_watch.look()
    assert told(olga, "budget") == []


def test_what_is_set_aside_for_days_is_no_pace(order, usual, olga, clock):
    """Three days in a row it was called twice a usual day, and nobody ordered anything."""
    usual("1.21", 6)
    clock.shift = -DAY
    order(takes=4)
    clock.shift = timedelta()
    for _ in range(3):
        studio_watch.look()
        clock.shift += DAY
    assert told(olga, "budget") == []


# --- tried with fresh eyes ----------------------------------------------------------------


def correct(take, amount, by):
    assert results.bill_again(take, Decimal(amount), reason="mended", by=by, key=uuid4().hex)


def test_what_is_given_back_of_an_earlier_day_makes_no_room_today(order, line, clock, pia):
    """A producer settled a bill of the day before, $5.45 lower, and ordered for that today."""
    clock.show(NOON)
    (old,) = order()
    bill(old, Decimal("6.05"))
    clock.show(NOON + DAY)
    line("day", 2 * PRICE)
    (today,) = order()
    bill(today, Decimal("1.21"))
    correct(old, "-5.445", pia)
    assert [take.state for take in order()] == ["waiting"]
    correct(today, "-0.605", pia)  # of today's own charge it does
    assert [take.state for take in order(takes=2)] == ["queued", "waiting"]
    assert studio_budgets.spending(sandbox=True).month == 2 * PRICE


def test_it_is_told_again_whose_word_it_waits_for_when_that_changes(order, line, project, olga, pia, ana):
    """The owner sits on the project, too: told of its budget first, of the studio's then; and so is the producer."""
    Membership.objects.create(project=project, user=olga, role="producer")
    actions.change_project(project, by=pia, budget=Decimal(0))
    line("day", Decimal(0))
    (take,) = order()
    assert (len(told(olga, "waiting")), told(pia, "waiting")) == (1, [])
    line("day", Decimal(100))
    waiting.admit(project, by=olga)
    states([take])
    assert take.note == "over the project's budget"
    assert told(pia, "waiting") == [
        "Ana asks for 010 take 1 (Gen-4.5, 5 s): allowing it takes the project's budget to $0.61 of $0"
    ]
    line("day", Decimal(0))
    actions.change_project(project, by=pia, budget=Decimal(100))
    waiting.admit(project, by=pia)
    states([take])
    assert take.note == "over the studio's budget for a day"


def test_a_new_line_that_stops_it_is_told_to_the_owner_whoever_was_told_before(
    order, line, project, olga, pia
):
    Membership.objects.create(project=project, user=olga, role="producer")
    actions.change_project(project, by=pia, budget=Decimal(0))
    order()
    line("day", Decimal(0))
    actions.change_project(project, by=pia, budget=Decimal(100))
    waiting.admit(project, by=pia)
    first, then = told(olga, "waiting")
    assert "the project's budget" in first and "the studio's budget for a day" in then


def test_a_producer_takes_no_news_from_the_owner(order, line, project, olga, pia):
    seat = Membership.objects.create(project=project, user=olga, role="producer")
    line("day", Decimal(0))
    order()
    people.change_role(seat, "artist", by=pia)
    assert len(told(olga, "waiting")) == 1


def test_the_activity_says_what_happened(order, line, project, client_of, pia, olga):
    actions.change_project(project, by=pia, budget=Decimal(0))
    order()
    line("day", Decimal(0))
    actions.change_project(project, by=pia, budget=Decimal(100), unbudgeted_needs_owner=True)
    waiting.admit(project, by=pia)
    page = client_of(pia).get(reverse("activity:activity", args=[project.slug])).content.decode()
    assert "left waiting 010 take 1" in page
    assert "the file of 010 take 1" not in page
    assert "whether it may spend without a budget" in page


def test_producers_do_not_read_what_all_projects_spend_a_day(client_of, project, pia, olga):
    Purse.objects.create(provider="runware", sandbox=True, balance=Decimal(50))
    DaySpend.objects.create(
        project=actions.create_project(name="Other", by=olga),
        sandbox=True,
        day=timezone.localdate(),
        model="gen-4.5",
        person=0,
        spent=Decimal("28.70"),
    )
    address = reverse("reports:costs", args=[project.slug])
    assert "4.10 a day" in client_of(olga).get(address).content.decode()
    page = client_of(pia).get(address).content.decode()
    assert "$50.00" in page
    assert "4.10" not in page and "12 days" not in page


def test_more_wait_than_go_at_once_and_the_first_fit_no_line(order, project, pia, ana, monkeypatch):
    """The 201st was never looked at when 200 before it fitted nowhere."""
    monkeypatch.setattr(waiting, "MOST_ADMITTED", 3)
    Budget.objects.create(project=project, scope="day", person=ana, amount=Decimal(0))
    order(takes=4)
    Budget.objects.create(project=project, scope="day", person=pia, amount=Decimal(0))
    mine = [*order(by=pia, takes=3), *order(by=pia, takes=2)]
    Budget.objects.filter(person=pia).delete()
    assert waiting.admit(project, by=pia) == 3
    waiting.admit_more(project.pk, pia.pk)
    assert states(mine) == ["queued"] * 5


def test_a_closed_owners_take_waits_like_anybody_elses(project, order, begun, olga, pia):
    shot = begun()
    User.objects.filter(pk=olga.pk).update(is_active=False)
    assert [take.state for take in order(shot=shot, by=olga)] == ["waiting"]


def test_a_stale_press_gives_no_leave(begun, client_of, olga, project):
    film = begun(budget="5").project
    page = (
        client_of(olga)
        .post(reverse("reports:without_budget", args=[film.slug]), follow=True)
        .content.decode()
    )
    assert "Nothing was changed." in page
    film.refresh_from_db()
    assert film.unbudgeted_needs_owner


@pytest.mark.parametrize("who", ["studio", "project", "line"])
def test_the_links_of_a_page_that_says_what_was_wrong_lead_on(client_of, project, olga, who):
    names = {"studio": "studio_budget", "project": "budget", "line": "line"}
    address = reverse(f"reports:{names[who]}", args=[] if who == "studio" else [project.slug])
    browser = client_of(olga)
    assert (
        browser.post(address, {"period": "day", "budget": "x", "amount": "x", "scope": "day"}).status_code
        == 422
    )
    page = browser.get(f"{address}?range=1y", follow=True)
    assert page.redirect_chain[-1][0].endswith("costs?range=1y")
    assert page.status_code == 200


def test_a_line_for_no_period_is_refused_in_words(client_of, olga):
    page = client_of(olga).post(reverse("reports:studio_budget"), {"period": "year", "amount": "12"})
    assert page.status_code == 422
    assert "Say whether it is for a day or for a month." in page.content.decode()
