"""The figures outside: rows for a spreadsheet that add up, JSON that says what the page says, a sheet of paper."""

import csv
import io
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.generation.renders import lifecycle
from studio.oversight.cost_reports import export_views
from studio.people.accounts.models import User
from studio.planning.ledger import ledger
from studio.planning.ledger.models import Balance, LedgerEntry
from studio.planning.projects import actions


@pytest.fixture
def sheet(client_of, ana, project):
    """The rows of the file, as a spreadsheet reads them."""

    def sheet(**query):
        response = client_of(ana).get(reverse("reports:costs_csv", args=[project.slug]), query)
        assert response.status_code == 200
        text = response.getvalue().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    return sheet


def added(rows, *kinds):
    return sum((Decimal(row["amount"]) for row in rows if not kinds or row["kind"] in kinds), Decimal(0))


# --- rows for a spreadsheet -------------------------------------------------------------------


def test_the_rows_add_up_to_the_ledger_to_the_last_digit(sheet, paid, order, ana, pia, project):
    for amount in ("0.605", "0.000000001", "0.3042", "12.345678901"):
        paid(amount)
    first, _ = order(takes=2)
    lifecycle.cancel(first, by=ana)
    ledger.adjust(paid("1").purchase, Decimal("-0.1"), reason="a rebate", source="person", by=pia, key="1")
    now, rows = Balance.of(project, sandbox=True), sheet()
    assert added(rows, "charge", "adjustment") == now.spent == Decimal("14.154878902")
    assert added(rows, "hold", "release") == now.held == Decimal("0.605")
    assert added(rows) == now.committed
    assert len(rows) == LedgerEntry.objects.count()


def test_a_row_tells_who_what_when_and_how_it_is_known(sheet, paid, shot, ana, project):
    take = paid("0.7", when="2026-03-04 12:30")
    (row,) = sheet(**{"from": "2026-03-01", "to": "2026-03-31"})
    assert row == {
        "when": "2026-03-04T12:30:00+00:00",
        "day": "2026-03-04",
        "project": "Tidal Observatory",
        "kind": "charge",
        "who": "Ana",
        "shot": "010",
        "what": "010 take 1 · Gen-4.5 · 5 s",
        "model": "gen-4.5",
        "seconds": "5",
        "estimate": "0.605",
        "amount": "0.7",
        "currency": "USD",
        "money": "sandbox",
        "source": "provider",
        "provider": "runware",
        "task": str(take.task_code),
        "result": take.result_uuid,
        "reason": "",
    }


def test_the_newest_stands_first_and_the_page_filters_count(sheet, paid, pia):
    paid("1")
    paid("2", by=pia)
    paid("3", model="gen-4-turbo")
    assert [row["amount"] for row in sheet()] == ["3", "2", "1"]
    assert [row["amount"] for row in sheet(model="gen-4.5")] == ["2", "1"]
    assert [row["amount"] for row in sheet(person=str(pia.code))] == ["2"]
    assert sheet(scene="9") == []


def test_real_money_is_another_file(sheet, paid, settings):
    paid("1")
    paid("2", sandbox=False)
    assert [(row["amount"], row["money"]) for row in sheet()] == [("1", "sandbox")]
    settings.RUNWARE_API_KEY = "a key"
    assert [(row["amount"], row["money"]) for row in sheet()] == [("2", "real")]


@pytest.mark.parametrize(
    "word", ["=1+1", "@SUM(A1)", "+1", "-1+2", "\t=1", "\r=1", '=HYPERLINK("http://x","y")']
)
def test_a_cell_that_a_spreadsheet_would_compute_is_harmless(sheet, paid, project, pia, shot, word):
    actions.change_project(project, by=pia, name=word)
    actions.change_shot(shot, by=pia, code=word[:20])
    User.objects.filter(email="ana@studio.example").update(name=word)
    take = paid("1")
    ledger.adjust(take.purchase, Decimal(-1), reason=word, source="person", by=None, key=word)
    for row in sheet():
        for name, cell in row.items():
            if name != "amount":
                assert not re.match(r"[=@+\-\t\r]", cell), (name, cell)
    assert {row["amount"] for row in sheet()} == {"1", "-1"}  # numbers stay numbers


@pytest.mark.parametrize("word", ['a "quoted" word', "one, two; three", "two\nlines", "Übergröße — 漢字 🎬"])
def test_whatever_is_written_in_a_cell_comes_back_out_of_it(sheet, paid, project, pia, word):
    actions.change_project(project, by=pia, name=word)
    paid("1")
    (row,) = sheet()
    assert row["project"] == word
    assert row["amount"] == "1"


def test_the_file_is_sent_bit_by_bit_a_query_for_each(sheet, paid, monkeypatch, client_of, ana, project):
    monkeypatch.setattr(export_views, "AT_ONCE", 3)
    for number in range(7):
        paid(str(number))
    response = client_of(ana).get(reverse("reports:costs_csv", args=[project.slug]))
    assert response.streaming
    assert response["Content-Disposition"] == 'attachment; filename="tidal-observatory-ledger.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    with CaptureQueriesContext(connection) as seen:
        parts = list(response.streaming_content)
    assert len(seen) == 3
    assert len(parts) == 4
    assert [row["amount"] for row in sheet()] == ["6", "5", "4", "3", "2", "1", "0"]


def test_rows_that_fill_the_last_bit_exactly_are_not_sent_twice(sheet, paid, monkeypatch):
    monkeypatch.setattr(export_views, "AT_ONCE", 2)
    for number in range(4):
        paid(str(number))
    assert [row["amount"] for row in sheet()] == ["3", "2", "1", "0"]


def test_an_empty_ledger_is_a_header(sheet, client_of, ana, project):
    assert sheet() == []
    text = client_of(ana).get(reverse("reports:costs_csv", args=[project.slug])).getvalue().decode()
    assert text == "\ufeff" + ",".join(export_views.COLUMNS) + "\r\n"


# --- figures for scripts ------------------------------------------------------------------------


@pytest.fixture
def lived(paid, order, project, pia, shot, ana):
    """A project on which everything about money has happened once."""
    other = actions.create_shot(project, by=pia, scene="2 · Night", title="Harbour")
    paid("0.7", verdict="approved")
    paid("0.2542", shot=other, by=pia, model="gen-4-turbo", verdict="retake", reasons="hands,text")
    paid("0.08", kind="still", estimate=Decimal("0.08"))
    actions.change_project(project, by=pia, budget=Decimal(2))
    order(takes=2)


def test_the_figures_for_scripts_are_those_of_the_page(lived, data, costs):
    found, page = data(), costs()
    assert found["spent"] == "1.0342"
    assert page.tile("Spent").startswith("Spent $1.03")
    assert found["per_approved_second"] == "0.5171"
    assert page.tile("Per approved second").startswith("Per approved second $0.52 2 s approved")
    assert (found["held"], found["waiting"]) == ("0.605", {"takes": 1, "amount": "0.605"})
    assert page.tile("Set aside").startswith(
        "Set aside $0.61 1 take on its way · 1 waiting to be allowed, $0.61"
    )
    assert (found["charges"], found["estimated"], found["overrun"], found["budget"]) == (
        3,
        "1.29",
        "0.095",
        "2",
    )
    assert found["first_take_approvals"] == {
        "approved": 1,
        "judged": 2,
        "by_model": {
            "Gen-4.5": {"approved": 1, "judged": 1},
            "Gen-4 Turbo": {"approved": 0, "judged": 1},
        },
    }
    assert "Gen-4.5 1 of 1 · Gen-4 Turbo 0 of 1" in page.tile("First-take approvals")
    assert found["waste"] == [
        {"reason": "hands", "takes": 1, "spent": "0.2542"},
        {"reason": "text", "takes": 1, "spent": "0.2542"},
    ]


@pytest.mark.parametrize("by", ["shot", "scene", "person", "model"])
def test_each_table_for_scripts_is_the_pages_and_adds_up_to_all(lived, data, costs, by):
    found, table = data()[f"by_{by}"], costs(by=by).table(by)
    assert [(line["takes"], f"${Decimal(line['spent']):.2f}") for line in found] == [
        (int(cells[1]), cells[4]) for cells in table
    ]
    assert all(line["label"] in cells[0] for line, cells in zip(found, table, strict=True))
    assert sum(Decimal(line["spent"]) for line in found) == Decimal("1.0342")
    assert sum(line["approved_seconds"] for line in found) == 2.0


def test_the_days_for_scripts_add_up_and_name_people(lived, data):
    rows = data()["by_day"]
    assert sum(Decimal(row["spent"]) for row in rows) == Decimal("1.0342")
    assert {row["person"] for row in rows if row["spent"] != "0"} == {"Ana", "Pia"}


def test_nothing_is_nothing_and_not_a_guess(data):
    found = data(range="all")
    assert (found["spent"], found["per_approved_second"], found["budget"], found["from"]) == (
        "0",
        None,
        None,
        None,
    )
    assert (found["by_day"], found["by_shot"], found["waste"]) == ([], [], [])


# --- on paper -------------------------------------------------------------------------------------


def test_a_statement_adds_up_what_the_page_shows(lived, costs, pia, project):
    take = project.renders.get(verdict="approved")
    ledger.adjust(take.purchase, Decimal("-0.1"), reason="a rebate", source="person", by=pia, key="1")
    page = costs(address="reports:statement")
    for words in (
        "Tidal Observatory: statement",
        "Sandbox money: nothing was really paid. Amounts in USD.",
        "Spent 0.9342",
        "Takes charged 3",
        "Seconds approved 2 s of 10 s",
        "Per approved second 0.4671",
        "Set aside now 0.6050",
        "Budget 2.0000",
        "2 · Night 1 – – 0.2542",
        "Pia 1 – – 0.2542",
        "010 take 1 · Gen-4.5 · 5 s a rebate (Pia) −0.1000",
    ):
        assert words in page.text, words


def test_a_statement_says_what_it_leaves_out(lived, costs, ana):
    query = {
        "from": "2026-03-01",
        "to": "2026-03-31",
        "model": "gen-4.5",
        "person": str(ana.code),
        "scene": "",
    }
    page = costs(address="reports:statement", **query)
    assert "(Mar 1, 2026 to Mar 31, 2026) · gen-4.5 · Ana · scene none" in page.text
    assert "Spent 0.0000" in page.text


def test_sums_of_the_database_are_those_of_the_file(lived, sheet):
    found = LedgerEntry.objects.filter(kind="charge").aggregate(sum=Sum("amount"))["sum"]
    assert added(sheet(), "charge") == found
