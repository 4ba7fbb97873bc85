"""A day is the studio's own: at midnight, when clocks change, when one goes back, and when the studio moves."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings

from studio.planning.ledger import lines
from studio.planning.ledger.models import Budget, DaySpend, LedgerEntry
from tests import sums

PRICE = Decimal("0.605")
BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # of 23 and of 25 hours
DAY = timedelta(days=1)


INSTANT = timedelta(microseconds=1)


@pytest.fixture
def in_berlin():
    with override_settings(TIME_ZONE="Europe/Berlin"):
        yield


def local(day, hour=0, minute=0, *, fold=0):
    """A moment by Berlin's clocks, as UTC: differences between such are hours that pass."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN, fold=fold).astimezone(UTC)


def days():
    return list(LedgerEntry.objects.order_by("pk").values_list("day", flat=True))


def used_today(project, person):
    return lines.allowance(project, person_id=person.pk, sandbox=True).day.used


@pytest.mark.parametrize("day", [SPRING, SPRING + DAY, AUTUMN, AUTUMN + DAY], ids=str)
def test_an_order_lands_on_the_day_it_is_in_berlin(in_berlin, order, project, clock, day):
    """Just before midnight, at midnight and just after, around the days of 23 and of 25 hours."""
    for aside in (-INSTANT, timedelta(), INSTANT, timedelta(hours=3)):
        clock.show(local(day) + aside)
        order()

    assert days() == [day - DAY, day, day, day]
    sums.add_up(project)
    assert set(DaySpend.objects.values_list("day", "held")) == {(day - DAY, PRICE), (day, 3 * PRICE)}


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)], ids=str)
def test_a_line_for_a_day_holds_for_all_of_its_hours(in_berlin, order, project, ana, clock, day, hours):
    """The hour that comes twice in autumn counts twice, and the one that is missing in spring is not missed."""
    Budget.objects.create(project=project, scope="day", amount=(hours - 1) * PRICE)
    states = []
    for hour in range(hours + 1):
        clock.show(local(day) + timedelta(hours=hour, minutes=59))
        states.append(order()[0].state)

    assert states == ["queued"] * (hours - 1) + ["waiting", "queued"]  # the last is of the next day
    assert days() == [day] * (hours - 1) + [day + DAY]
    sums.add_up(project)


def test_a_line_for_a_day_begins_anew_at_midnight_here(in_berlin, order, project, ana, clock):
    """At midnight in Berlin it is the day before in UTC."""
    Budget.objects.create(project=project, scope="day", amount=PRICE)
    clock.show(local(SPRING, 23, 59))
    assert [take.state for take in order(takes=2)] == ["queued", "waiting"]
    clock.show(local(SPRING + DAY))
    assert [take.state for take in order(takes=2)] == ["queued", "waiting"]

    assert (used_today(project, ana), days()) == (PRICE, [SPRING, SPRING + DAY])


def test_an_order_counts_on_its_day_and_its_bill_on_the_day_it_comes(
    order, engine, runware, project, ana, clock, books
):
    runware.faults("price_factor", value="1.5")
    Budget.objects.create(project=project, scope="day", amount=Decimal(10))
    clock.show(datetime(2026, 11, 25, 23, 59, tzinfo=UTC))
    order()
    clock.show(datetime(2026, 11, 26, 0, 1, tzinfo=UTC))
    engine.run()

    before, after = date(2026, 11, 25), date(2026, 11, 26)
    assert days() == [before, after, after]
    billed = PRICE * Decimal("1.5")
    assert lines.ordered_on(project, before, sandbox=True) == {ana.pk: billed}
    assert lines.ordered_on(project, after, sandbox=True) == {}
    assert (books().spent, used_today(project, ana)) == (billed, 0)
    assert set(DaySpend.objects.values_list("day", "spent", "held")) == {
        (before, 0, PRICE),
        (after, billed, -PRICE),
    }


def test_the_clock_goes_back(order, engine, project, ana, clock, books):
    """Orders of tomorrow are billed today; all adds up, and the line is that of the day the clock shows."""
    Budget.objects.create(project=project, scope="day", amount=2 * PRICE)
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    clock.show(now + DAY)
    assert [take.state for take in order(takes=3)] == ["queued", "queued", "waiting"]
    clock.show(now)
    assert [take.state for take in order(takes=3)] == ["queued", "queued", "waiting"]
    engine.run()
    assert used_today(project, ana) == 2 * PRICE
    clock.show(now + DAY)
    assert used_today(project, ana) == 2 * PRICE
    assert order()[0].state == "waiting"

    assert (books().spent, books().held) == (4 * PRICE, 0)
    assert Counter(days()) == {now.date(): 2 + 2 * 4, (now + DAY).date(): 2}
    moments = list(LedgerEntry.objects.order_by("pk").values_list("at", flat=True))
    assert moments != sorted(moments)  # rows are in the order they were written, whatever the clock said


def test_the_studio_moves_to_another_zone(order, engine, project, ana, clock, books):
    """Days are kept as they were written: the sums stay the ledger's, and new entries follow the new clock."""
    moment = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    clock.show(moment)
    order()
    with override_settings(TIME_ZONE="Pacific/Kiritimati"):  # fourteen hours ahead
        sums.add_up(project)
        assert days() == [moment.date()]
        engine.run()
        sums.add_up(project)
    with override_settings(TIME_ZONE="America/Los_Angeles"):
        order()
        engine.run()

    assert sorted(Counter(days()).items()) == [(moment.date(), 1 + 3), (moment.date() + DAY, 2)]
    assert (books().spent, books().held) == (2 * PRICE, 0)
