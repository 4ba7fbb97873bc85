"""The days and filters of a costs page, as its address holds them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from studio.oversight.cost_reports import period
from studio.planning.projects import actions

WRONG = [
    "yesterday",
    "2026-02-30",
    "2026-13-01",
    "26-11-2026",
    "0000-00-00",
    "-1",
    "9999-12-31",
    "1999-12-31",
    "2026-11-26T10:00",
    "\uff12026-01-01",
    chr(0),
    "9" * 5000,
]


def read(**sent):
    return period.read(sent, sandbox=True)


@pytest.fixture
def berlin(settings):
    settings.TIME_ZONE = "Europe/Berlin"


# --- days ---------------------------------------------------------------------------------


def test_it_is_four_weeks_where_nothing_is_said(db):
    today = timezone.localdate()
    asked = read()
    assert (asked.first, asked.last, asked.label) == (today - timedelta(days=27), today, "4 weeks")
    assert asked.address() == "?"


@pytest.mark.parametrize(("word", "days"), [("1w", 7), ("4w", 28), ("12w", 84), ("1y", 365)])
def test_a_usual_range_ends_today_and_counts_it(db, word, days):
    asked = read(range=word)
    assert (asked.last - asked.first).days == days - 1
    assert asked.last == timezone.localdate()


def test_all_there_is_has_no_first_day(db):
    assert (read(range="all").first, read(range="all").start) == (None, None)


def test_days_that_are_typed_stand_before_a_range(db):
    asked = read(**{"from": "2026-03-01", "to": "2026-03-31", "range": "1w"})
    assert (asked.first, asked.last, asked.named) == (date(2026, 3, 1), date(2026, 3, 31), "")
    assert asked.label == "Mar 1, 2026 to Mar 31, 2026"


def test_one_of_the_two_days_is_enough(db):
    assert read(**{"from": "2026-03-01"}).last == timezone.localdate()
    until = read(to="2026-03-01")
    assert (until.first, until.last, until.label) == (None, date(2026, 3, 1), "until Mar 1, 2026")


@pytest.mark.parametrize("word", WRONG, ids=lambda word: ascii(word[:20]))
@pytest.mark.parametrize("field", ["from", "to"])
def test_a_day_that_is_none_is_told_and_the_usual_ones_are_shown(db, field, word):
    asked = read(**{field: word})
    assert asked.problem
    assert asked.named == "4w"


def test_a_last_day_before_the_first_is_told(db):
    assert read(**{"from": "2026-03-02", "to": "2026-03-01"}).problem == "The first day comes after the last."
    assert read(**{"from": "2026-03-02", "to": "2026-03-02"}).problem == ""


def test_a_first_day_that_is_still_to_come_is_told_too(db):
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert read(**{"from": tomorrow.isoformat()}).problem == "The first day comes after the last."


@pytest.mark.parametrize(
    "address",
    ["reports:costs", "reports:ledger", "reports:statement", "reports:costs_csv", "reports:costs_json"],
)
@pytest.mark.parametrize("word", ["2026-02-30", "9" * 400])
def test_wrong_days_break_no_page(costs, address, word):
    answer = costs(address=address, **{"from": word, "to": word, "before": word, "after": word})
    assert answer.status == 200


@pytest.mark.parametrize("address", ["reports:costs", "reports:ledger"])
def test_what_is_wrong_stands_beside_the_fields_with_what_was_typed(costs, address):
    page = costs(address=address, **{"from": "2026-03-02", "to": "2026-03-01"})
    assert 'name="from" value="2026-03-02" aria-invalid="true" aria-describedby="period_problem"' in page.html
    assert 'id="period_problem" role="alert"' in page.html
    assert "The first day comes after the last. Shown: 4 weeks." in page.text


def test_the_farthest_days_there_are_still_make_a_page(costs, paid):
    paid()
    page = costs(**{"from": "2000-01-01", "to": "2200-12-31"})
    assert page.status == 200
    assert page.tile("Spent").startswith("Spent $0.61")


# --- where the clock is put forward and back --------------------------------------------------


def test_a_day_is_as_long_as_it_is_where_the_studio_is(db, berlin):
    lengths = {}
    for day in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25)):
        asked = read(**{"from": day.isoformat(), "to": day.isoformat()})
        lengths[day.isoformat()] = (asked.end.timestamp() - asked.start.timestamp()) / 3600
    assert lengths == {"2026-03-28": 24, "2026-03-29": 23, "2026-10-25": 25}


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-28 23:59:59", "2026-03-28"),
        ("2026-03-29 00:00", "2026-03-29"),
        ("2026-03-29 23:59:59", "2026-03-29"),
        ("2026-03-30 00:00", "2026-03-30"),
        ("2026-10-25 02:30", "2026-10-25"),
        ("2026-10-25 23:59:59", "2026-10-25"),
    ],
)
def test_money_and_approved_seconds_of_a_take_are_of_the_same_day(berlin, data, paid, moment, day):
    paid(when=moment, verdict="approved")
    found = data(**{"from": day, "to": day})
    assert (found["spent"], found["approved_seconds"]) == ("0.605", 2.0)
    assert [row["day"] for row in found["by_day"]] == [day]
    before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    after = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    for other in (before, after):
        found = data(**{"from": other, "to": other})
        assert (found["spent"], found["approved_seconds"], found["by_day"]) == ("0", 0.0, [])


def test_today_is_today_where_the_studio_is(db, berlin, at):
    moment = datetime.fromisoformat("2026-03-28T23:30:00+00:00")
    assert at(moment, read).last == date(2026, 3, 29)


# --- filters ------------------------------------------------------------------------------


def test_nonsense_for_a_filter_is_left_out(db):
    asked = read(model="gen-9", person="nobody", by="colour", range="forever")
    assert (asked.model, asked.person, asked.by, asked.named) == ("", None, "shot", "4w")
    assert not asked.is_filtered


def test_the_address_of_figures_is_read_as_what_it_was_written_from(ana):
    sent = {
        "from": "2026-03-01",
        "to": "2026-03-31",
        "model": "gen-4.5",
        "person": str(ana.code),
        "by": "person",
        "scene": "1 & 2 · Harbour",
    }
    asked = read(**sent)
    again = {name: values[0] for name, values in parse_qs(asked.address()[1:]).items()}
    assert again == sent
    assert period.read(again, sandbox=True) == asked


def test_shots_without_a_scene_are_a_scene_too(db):
    asked = read(scene="")
    assert asked.scene == ""
    assert asked.is_filtered
    assert asked.address() == "?scene="
    assert read().scene is None


def test_a_filter_of_each_kind_counts_alone_and_together(data, paid, ana, pia, project, shot):
    other = actions.create_shot(project, by=pia, scene="2", prompt="Dunes")
    paid("1", shot=shot, by=ana)
    paid("2", shot=other, by=ana, model="gen-4-turbo")
    paid("4", shot=other, by=pia)

    def spent(**query):
        return Decimal(data(**query)["spent"])

    assert spent() == 7
    assert spent(model="gen-4.5") == 5
    assert spent(person=str(pia.code)) == 4
    assert spent(scene="2") == 6
    assert spent(scene="") == 1
    assert spent(scene="3") == 0
    assert spent(model="gen-4.5", person=str(ana.code)) == 1
    assert spent(scene="2", person=str(ana.code), model="gen-4-turbo") == 2


def test_what_is_filtered_is_shown_with_a_way_out(costs, paid, ana):
    paid()
    page = costs(model="gen-4.5", person=str(ana.code), scene="", range="all")
    assert "scene none" in page.text
    assert "Ana × : show everybody" in page.text
    assert f'href="?range=all&amp;model=gen-4.5&amp;person={ana.code}"' in page.html  # without the scene
    assert f'href="?range=all&amp;person={ana.code}&amp;scene="' in page.html  # without the model


def test_another_range_and_another_table_keep_the_filters(costs, paid):
    paid()
    page = costs(model="gen-4.5", scene="")
    assert 'href="?range=1y&amp;model=gen-4.5&amp;scene="' in page.html
    assert 'href="?model=gen-4.5&amp;by=reason&amp;scene=#by"' in page.html
    assert '<input type="hidden" name="model" value="gen-4.5">' in page.html
    assert '<input type="hidden" name="scene" value="">' in page.html
