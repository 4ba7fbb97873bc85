"""What all projects together cost, for the studio's owner alone."""

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from studio.generation.trash import trash
from studio.oversight.cost_reports import studio_views
from studio.people.accounts.models import User
from studio.planning.projects import actions
from tests import pages
from tests.oversight.conftest import Page

ADDRESSES = ["reports:studio_costs", "reports:studio_csv"]


@pytest.fixture
def owner(db):
    return User.objects.create_superuser("olga@studio.example", "a long enough word", name="Olga")


@pytest.fixture
def whole(client_of, owner):
    """The page of all projects."""
    return lambda **query: Page(client_of(owner).get(reverse("reports:studio_costs"), query))


@pytest.fixture
def second(pia, owner):
    """A shot of another film."""
    return actions.create_shot(actions.create_project(name="Second film", by=pia), by=pia, scene="1")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("who", ["pia", "ana", "cid"])
def test_nobody_else_finds_it(client_of, request, address, who, project):
    assert client_of(request.getfixturevalue(who)).get(reverse(address)).status_code == 404


def test_it_adds_up_every_project_and_lists_each(whole, paid, second, pia, project):
    actions.change_project(project, by=pia, budget=Decimal(50))
    paid("1", verdict="approved")
    paid("3", shot=second, by=pia, model="gen-4-turbo")
    page = whole()
    assert page.tile("Per approved second") == "Per approved second $2.00 2 s approved of 10 s rendered"
    assert (
        page.tile("Spent") == "Spent $4.00 4 weeks, all projects · sandbox money. Real money is never added."
    )
    assert page.tile("Takes charged") == "Takes charged 2 $2.79 billed above the estimates"
    assert page.row("Second film") == "Second film 1 none yet · $3.00 $3.00 $0.00 none"
    assert page.row("Tidal Observatory") == "Tidal Observatory 1 2 s $0.50 $1.00 $1.00 $0.00 $50"


def test_what_was_spent_in_all_stands_beside_the_period(whole, paid):
    paid("1", when="2026-03-04 12:00")
    page = whole(**{"from": "2026-04-01", "to": "2026-04-30"})
    assert page.row("Tidal Observatory").endswith("0 none yet · $0.00 $1.00 $0.00 none")


def test_sandbox_and_real_money_are_never_added(whole, paid, second, settings):
    paid("1")
    paid("2", shot=second, sandbox=False)
    assert whole().tile("Spent").startswith("Spent $1.00")
    settings.RUNWARE_API_KEY = "a key"
    assert whole().tile("Spent") == "Spent $2.00 4 weeks, all projects. Sandbox money is never added."
    assert whole().row("Tidal Observatory").endswith("0 none yet · $0.00 $0.00 $0.00 none")


def test_the_money_of_a_project_in_the_trash_is_still_counted(whole, paid, project, pia):
    paid("1")
    trash.trash_project(project, by=pia)
    page = whole()
    assert page.tile("Spent").startswith("Spent $1.00")
    assert page.row("in the trash").startswith("Tidal Observatory in the trash 1")
    assert reverse("reports:costs", args=[project.slug]) not in page.html


def test_a_model_and_a_person_may_be_looked_at_alone(whole, paid, second, pia):
    paid("1")
    paid("3", shot=second, by=pia, model="gen-4-turbo", verdict="approved")
    assert whole(model="gen-4-turbo").tile("Per approved second").startswith("Per approved second $1.50")
    assert whole(person=str(pia.code)).tile("Spent").startswith("Spent $3.00")


def test_a_scene_is_of_one_project_and_filters_nothing_here(whole, paid, second, pia):
    paid("1", verdict="approved")
    paid("3", shot=second, by=pia, verdict="approved")
    page = whole(scene="1")
    assert page.tile("Per approved second") == whole().tile("Per approved second")
    assert "scene 1" not in page.text


def test_a_bar_leads_to_all_projects_of_that_day(whole, paid, client_of, owner):
    paid("1")
    today = timezone.localdate().isoformat()
    address = whole(model="gen-4.5").html.partition('class="chart__bar" href="')[2].partition('"')[0]
    assert address == f"{reverse('reports:studio_costs')}?from={today}&amp;to={today}&amp;model=gen-4.5"


def test_projects_go_on_by_key(whole, project, pia, monkeypatch):
    monkeypatch.setattr(studio_views, "PAGE", 2)
    for name in ("B", "C", "D"):
        actions.create_project(name=f"Film {name}", by=pia)
    first = whole()
    assert [words in first.text for words in ("Film D", "Film C", "Film B")] == [True, True, False]
    actions.create_project(name="Film E", by=pia)  # what comes meanwhile moves nothing
    later = whole(before=first.further("before"))
    assert [words in later.text for words in ("Film C", "Film B", "Tidal Observatory")] == [False, True, True]
    assert later.further("before") == ""


def test_thirty_projects_take_as_many_queries_as_three(client_of, owner, paid, pia):
    def begin(count):
        for number in range(count):
            shot = actions.create_shot(actions.create_project(name=f"Film {number}", by=pia), by=pia)
            paid("1", shot=shot, by=pia, verdict="approved")

    def queries():
        for _ in range(2):
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(reverse("reports:studio_costs")).status_code == 200
        return len(seen)

    browser = client_of(owner)
    begin(3)
    few = queries()
    begin(27)
    assert queries() == few


def test_the_ledgers_of_all_projects_are_one_file(client_of, owner, paid, second, pia):
    paid("1")
    paid("3", shot=second, by=pia)
    response = client_of(owner).get(reverse("reports:studio_csv"))
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"), newline="")))
    assert [(row["project"], row["amount"]) for row in rows] == [
        ("Second film", "3"),
        ("Tidal Observatory", "1"),
    ]
    assert response["Content-Disposition"] == 'attachment; filename="studio-ledger.csv"'


def test_an_empty_studio_says_so(whole):
    page = whole()
    assert "There is no project yet." in page.text
    assert page.tile("Account") == "Account – not asked yet"


def test_wrong_days_are_told_here_too(whole):
    page = whole(**{"from": "2026-02-30"})
    assert page.status == 200
    assert "Give days as 2026-11-26. Shown: 4 weeks." in page.text
    assert pages.text(page.html.partition('id="period_problem"')[2].partition("</p>")[0])
