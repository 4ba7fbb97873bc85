"""Spend by day as bars: their sums are exact, and each is a link that says what it is."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from studio.core.money import to_column
from studio.oversight.cost_reports import chart
from studio.oversight.cost_reports.spending import Spent

DAY = date(2026, 11, 26)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def spent(day, amount, model="gen-4.5"):
    return Spent(day, model, 1, (to_column(Decimal(amount)), 0, 0, 1, 5))


def bars(page):
    """The bars of the chart on a desk: what each says, and where it leads."""
    (drawn,) = re.findall(r'<svg class="chart on-desk".*?</svg>', page.html, re.DOTALL)
    return re.findall(r'<a class="chart__bar" href="([^"]*)" aria-label="([^"]*)"', drawn)


# --- where the rectangles stand ---------------------------------------------------------------


@given(
    rows=st.lists(
        st.tuples(DAYS, st.decimals(0, 1000, places=9), st.sampled_from(["gen-4.5", "gen-4-turbo"]))
    ),
    last=DAYS,
    days=st.integers(1, 1200),
)
def test_the_bars_add_up_to_the_last_digit_whatever_the_period(rows, last, days):
    first = last - timedelta(days=days - 1)
    inside = [spent(day, amount, model) for day, amount, model in rows if first <= day <= last]
    drawn = chart.draw(inside, first=first, last=last, width=1240)
    whole = sum((row.spent for row in inside), Decimal(0))
    assert sum(bar.total for bar in drawn.bars) == whole
    assert sum(part.amount for bar in drawn.bars for part in bar.parts) == whole
    assert (drawn.bars[0].first, drawn.bars[-1].last) == (first, last)
    for one, next_one in zip(drawn.bars, drawn.bars[1:], strict=False):
        assert next_one.first == one.last + timedelta(days=1)
        assert next_one.x > one.x
    for bar in drawn.bars:
        assert bar.x + bar.width <= 1240.05
        assert all(chart.BASE - chart.HEIGHT - 0.01 <= part.y <= chart.BASE for part in bar.parts)


@pytest.mark.parametrize(
    ("days", "of", "number"),
    [(1, "day", 1), (70, "day", 70), (71, "week", 11), (490, "week", 71), (491, "month", 17)],
)
def test_more_days_than_fit_are_gathered(days, of, number):
    drawn = chart.draw([], first=DAY - timedelta(days=days - 1), last=DAY, width=1240)
    assert (drawn.of, len(drawn.bars)) == (of, number)


def test_weeks_begin_on_monday_and_the_first_and_last_are_cut():
    drawn = chart.draw([], first=date(2026, 9, 2), last=DAY, width=1240)
    assert [bar.when for bar in drawn.bars][:2] == ["Sep 2 to Sep 6, 2026", "Sep 7 to Sep 13, 2026"]
    assert drawn.bars[-1].when == "Nov 23 to Nov 26, 2026"


def test_without_a_first_day_it_begins_when_something_was_spent():
    drawn = chart.draw([spent(DAY - timedelta(days=3), 1)], first=None, last=DAY, width=340)
    assert len(drawn.bars) == 4
    assert chart.draw([], first=None, last=DAY, width=340).bars[0].first == DAY


@pytest.mark.parametrize(
    ("most", "labels"),
    [
        ("0", ["$0"]),
        ("0.605", ["$0", "$0.2", "$0.4", "$0.6", "$0.8"]),
        ("1.21", ["$0", "$0.5", "$1", "$1.5"]),
        ("40", ["$0", "$10", "$20", "$30", "$40"]),
        ("0.000000001", ["$0", "$0.000000001"]),
    ],
)
def test_the_scale_has_round_lines_up_to_the_highest_bar(most, labels):
    drawn = chart.draw([spent(DAY, most)], first=DAY, last=DAY, width=1240)
    assert [tick.label for tick in drawn.ticks] == labels
    (bar,) = drawn.bars
    assert all(part.y >= chart.BASE - chart.HEIGHT for part in bar.parts)


def test_a_correction_below_zero_has_no_height_but_is_said():
    drawn = chart.draw([spent(DAY, "-2"), spent(DAY, "3", "gen-4-turbo")], first=DAY, last=DAY, width=1240)
    (bar,) = drawn.bars
    assert bar.total == 1
    assert {part.name: (part.amount, part.height == 0) for part in bar.parts} == {
        "Gen-4.5": (-2, True),
        "Gen-4 Turbo": (3, False),
    }


# --- on the page ------------------------------------------------------------------------------


def test_a_bar_says_its_day_its_sum_and_what_each_model_had_of_it(costs, paid):
    paid("0.605", when="2026-03-04 12:00")
    paid("0.25", when="2026-03-04 12:00", model="gen-4-turbo")
    ((_, said),) = bars(costs(**{"from": "2026-03-01", "to": "2026-03-07"}))
    assert said == "Mar 4, 2026: $0.86, Gen-4.5 $0.61, Gen-4 Turbo $0.25"


def test_a_bar_leads_to_the_ledger_of_its_day(costs, paid, client_of, ana, project):
    paid("1", when="2026-03-04 12:00")
    paid("2", when="2026-03-05 12:00")
    ((first, _), (second, _)) = bars(costs(**{"from": "2026-03-01", "to": "2026-03-07"}))
    assert first.startswith(reverse("reports:ledger", args=[project.slug]))
    page = client_of(ana).get(second.replace("&amp;", "&")).content.decode()
    assert page.count('<tr data-kind="charge"') == 1
    assert "2.0000" in page


def test_a_bar_of_filtered_figures_leads_to_the_rows_that_make_it(costs, paid, client_of, ana, pia):
    paid("1", when="2026-03-04 12:00", by=ana)
    paid("2", when="2026-03-04 12:00", by=ana, model="gen-4-turbo")
    paid("4", when="2026-03-04 12:00", by=pia)
    query = {
        "from": "2026-03-01",
        "to": "2026-03-07",
        "model": "gen-4.5",
        "person": str(ana.code),
        "scene": "",
    }
    ((address, said),) = bars(costs(**query))
    assert said.startswith("Mar 4, 2026: $1.00")
    page = client_of(ana).get(address.replace("&amp;", "&")).content.decode()
    assert page.count('<tr data-kind="charge"') == 1
    assert "1.0000" in page


def test_the_numbers_beneath_are_those_of_the_bars(costs, paid):
    paid("0.605", when="2026-03-04 12:00")
    paid("0.2542", when="2026-03-04 12:00", model="gen-4-turbo")
    paid("0.3", when="2026-03-06 12:00")
    page = costs(**{"from": "2026-03-01", "to": "2026-03-07"})
    table = page.html.partition('<details class="numbers">')[2].partition("</details>")[0]
    assert "Mar 6, 2026 0.3000 0.3000 Mar 4, 2026 0.6050 0.2542 0.8592" in " ".join(
        re.sub(r"<[^>]+>", " ", table).split()
    )


def test_a_phone_has_the_same_bars(costs, paid):
    paid("1")
    page = costs()
    labels = re.findall(r'<a class="chart__bar" href="([^"]*)" aria-label="([^"]*)"', page.html)
    assert len(labels) == 2
    assert labels[0] == labels[1]
    assert 'class="chart on-phone" viewBox="0 0 340 214"' in page.html


def test_a_day_without_money_is_no_link(costs, paid):
    paid("1", when="2026-03-04 12:00")
    assert len(bars(costs(**{"from": "2026-03-01", "to": "2026-03-31"}))) == 1


def test_numbers_in_the_drawing_have_points_whatever_the_language(costs, paid):
    paid("1234.5")
    svg = costs().html.partition("<svg")[2].partition("</svg>")[0]
    assert not re.search(r'\b(?:x|y|x1|x2|y1|y2|width|height)="[^"]*,[^"]*"', svg)


def test_today_has_a_bar(costs, paid):
    paid("1")
    today = timezone.localdate()
    ((address, said),) = bars(costs(range="1w"))
    assert said.startswith(f"{today:%b} {today.day}, {today.year}: $1.00")
    assert f"from={today.isoformat()}&amp;to={today.isoformat()}" in address
