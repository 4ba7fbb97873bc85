"""The costs page while money moves, its bars by keyboard, and the plan sheet from tick to take."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_every_page import check
from tests.patience import LONG

BEGUN = """
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch
from django.utils import timezone
from studio.people.accounts.models import User
from studio.planning.ledger import ledger
from studio.planning.projects import actions
from tests import takes
by = User.objects.first()
project = actions.create_project(name={name!r}, by=by, budget=Decimal({budget!r}) if {budget!r} else None)
shots = [actions.create_shot(project, by=by, title=f"Shot {{n}}", prompt="Dunes") for n in range({shots})]
now = timezone.now()
for days in {paid!r}:
    at = now - timedelta(days=days)
    take = takes.ready(shots[0], by, answered_at=at)
    with patch.object(timezone, "now", lambda: at):
        ledger.charge(take.purchase, take.cost, result=take.result_uuid)
print(f"/projects/{{project.slug}}/")
"""
ORDER = """
from studio.planning.projects.models import Shot
from studio.generation.orders import orders
from studio.generation.renders import lifecycle
shot = Shot.objects.get(project__slug={slug!r}, code={code!r})
lifecycle.start(shot=shot, by=shot.project.created_by, order=orders.check(orders.Wish.of(shot), shot.project))
"""
DIFFERENCE = """
from studio.planning.projects.models import Project
from studio.oversight.reconciliation.models import Difference
project = Project.objects.get(slug={slug!r})
take = project.renders.first()
Difference.objects.create(kind="bill", sandbox=True, project=project, render_code=take.code, what="010 take 1", ours="0.605", theirs="0.7")
"""
APPROVE = """
from uuid import uuid4
from studio.planning.projects.models import Project
from studio.review.dailies import verdicts
from studio.review.dailies.subjects import Span, Voice
project = Project.objects.get(slug={slug!r})
voice = Voice(user=project.created_by, role="producer")
verdicts.give(project.renders.first(), voice, code=uuid4(), value="approved", span=Span())
"""

LINES = """
from studio.planning.ledger import budgets
from studio.planning.projects.models import Project
project = Project.objects.get(slug={slug!r})
budgets.set_line(project, by=None, scope="scene", scene="1 · Harbour", amount=0)
budgets.set_line(project, by=None, scope="day", person=project.created_by, amount=1)
budgets.set_line(project, by=None, scope="day", amount=10)
"""


@pytest.fixture
def film(studio):
    """A project of one's own; its path: `film("Followed", shots=2, paid=[3, 1])` with charges so many days ago."""

    def film(name, *, shots=1, paid=(), budget=""):
        return studio.shell(BEGUN.format(name=name, shots=shots, paid=list(paid), budget=budget)).strip()

    return film


@pytest.fixture
def order(studio):
    """Order a take of a shot from another process, as another person's press would."""
    return lambda path, code="010": studio.shell(ORDER.format(slug=path.split("/")[2], code=code))


def tile(page, heading):
    return page.locator("section.tile").filter(has=page.get_by_role("heading", name=heading, exact=True))


def bars(page):
    return page.locator("svg.on-desk a.chart__bar")


def tab_to(page, what, *, most=120):
    """Press Tab until it has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if what.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"{what} is not reached by Tab")


def live(page):
    expect(page.locator("live-feed")).to_have_text("Live")
    page.evaluate("window.sameDocument = true")
    return page


# --- the page follows the money -----------------------------------------------------------------


def test_a_charge_appears_on_an_open_page_and_who_reads_it_keeps_their_place(open_page, film, order):
    path = film("Followed", paid=[3])
    page = live(open_page(f"{path}costs"))
    expect(bars(page)).to_have_count(1)
    page.get_by_text("Table", exact=True).click()
    bars(page).first.focus()
    order(path)

    expect(tile(page, "Spent")).to_contain_text("$1.21", timeout=LONG)
    expect(bars(page)).to_have_count(2)
    expect(tile(page, "Ledger")).to_contain_text("010 take 2 · Gen-4.5 · 5 s")
    expect(tile(page, "By shot")).to_contain_text("$1.21")
    expect(page.locator("details.numbers tbody tr")).to_have_count(2)
    expect(page.locator("details.numbers")).to_have_attribute("open", "")
    expect(bars(page).first).to_be_focused()
    assert page.evaluate("window.sameDocument"), "the page was loaded again"


def test_an_opened_table_keeps_the_focus_too(open_page, film, order):
    path = film("Opened", paid=[3])
    page = live(open_page(f"{path}costs"))
    summary = page.locator("details.numbers summary")
    tab_to(page, summary)
    page.keyboard.press("Enter")
    order(path)
    expect(tile(page, "Set aside")).to_contain_text("$0.61")

    expect(summary).to_be_focused()
    expect(page.locator("details.numbers")).to_have_attribute("open", "")


def test_a_reason_that_is_being_typed_is_not_lost_when_money_moves(open_page, film, order, studio):
    path = film("Typed", paid=[1])
    studio.shell(DIFFERENCE.format(slug=path.split("/")[2]))
    page = live(open_page(f"{path}costs"))
    why = page.get_by_label("Why, for 010 take 1")
    why.press_sequentially("they told us ")
    order(path)
    expect(tile(page, "Set aside")).to_contain_text("$0.61")

    expect(why).to_have_value("they told us ")
    expect(why).to_be_focused()
    page.keyboard.type("wrong")
    page.get_by_role("button", name="Adjust ours").click()
    expect(page.get_by_text("Settled.")).to_be_visible()
    expect(page.get_by_role("cell", name="they told us wrong")).to_be_visible()


def test_one_producer_allows_a_waiting_take_and_the_others_page_follows(open_page, film, order, member):
    path = film("Allowed", budget="0.10")
    order(path)
    mine = live(open_page(f"{path}costs"))
    theirs = live(member(path.split("/")[2], "Pia", "producer", f"{path}costs"))
    expect(theirs.locator("#waiting")).to_contain_text("over the project's budget")
    mine.get_by_role("button", name="Allow").click()

    expect(theirs.locator("#waiting")).to_have_count(0)
    expect(tile(theirs, "Set aside")).to_contain_text("nothing waits")
    expect(mine.locator("#waiting")).to_have_count(0)


def test_the_warning_at_eight_tenths_appears_by_itself_to_those_who_see_money(open_page, film, order, member):
    path = film("Warned", budget="0.70")
    slug = path.split("/")[2]
    producer, reviewer = live(open_page(path)), live(member(slug, "Rae", "reviewer", path))
    expect(producer.locator("#budget-line")).to_be_hidden()
    order(path)

    expect(producer.locator("#budget-line")).to_contain_text("The budget is nearly used: $0.61 of $0.70")
    expect(reviewer.locator(".take[data-state]")).to_have_count(1)
    expect(reviewer.locator("#budget-line")).to_have_count(0)
    expect(reviewer.get_by_text("$")).to_have_count(0)


def test_with_all_that_can_stand_on_it_the_page_is_clean(open_page, film, order, studio):
    path = film("Full", paid=[3, 1], budget="0")
    slug = path.split("/")[2]
    studio.shell(DIFFERENCE.format(slug=slug))
    studio.shell(LINES.format(slug=slug))
    order(path)
    page = open_page(f"{path}costs?model=gen-4.5&scene=&range=1y")
    for heading in ("Waiting to be allowed", "The provider says otherwise", "Budgets"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        check(page)


# --- the bars -----------------------------------------------------------------------------------


def test_every_bar_is_reached_by_tab_says_its_day_and_opens_its_ledger(open_page, film):
    path = film("Bars", paid=[5, 3, 3])
    page = open_page(f"{path}costs?range=1w")
    said = []
    for number in range(2):
        tab_to(page, bars(page).nth(number))
        said.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert [re.sub(r"^\w{3} \d+, \d{4}", "day", words) for words in said] == [
        "day: $0.61, Gen-4.5 $0.61",
        "day: $1.21, Gen-4.5 $1.21",
    ]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ledger of Bars")).to_be_attached()
    expect(page.locator("tr[data-kind=charge]")).to_have_count(2)


# --- the plan sheet -------------------------------------------------------------------------------


def test_from_the_shot_list_to_takes_on_the_board_by_keyboard_alone(open_page, film):
    path = film("Planned", shots=3, budget="20")
    page = open_page(f"{path}list/")
    for code in ("010", "020", "030"):
        tab_to(page, page.get_by_label(f"Tick shot {code}"))
        page.keyboard.press("Space")
    expect(page.get_by_text("3 ticked")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Render …"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Plan")).to_be_visible()
    expect(page.locator(".plan__total")).to_have_text("3 takes of 3 shots $1.82")
    page.evaluate("window.sameDocument = true")
    box = page.get_by_label("Render 020")
    tab_to(page, box)
    page.keyboard.press("Space")
    expect(page.locator(".plan__total")).to_have_text("2 takes of 2 shots $1.21")
    expect(page.locator(".plan__budgets")).to_contain_text("Budget after: $1.21 of $20 (now $0.00)")
    expect(box).to_be_focused()
    expect(box).not_to_be_checked()
    assert page.evaluate("window.sameDocument"), "the page was loaded again"
    button = page.get_by_role("button", name="Render 2 takes ≈ $1.21")
    tab_to(page, button)
    page.keyboard.press("Enter")

    expect(page.get_by_text("2 takes of 2 shots queued.")).to_be_visible()
    expect(page.locator("#shot-010 .take[data-state]")).to_have_count(1)
    expect(page.locator("#shot-020 .take[data-state]")).to_have_count(0)
    expect(page.locator("#shot-030 .take[data-state]")).to_have_count(1)


def test_undo_on_the_board_takes_the_whole_plan_back(open_page, film):
    page = open_page(f"{film('Undone plan', shots=2)}plan?status=draft")
    page.get_by_role("button", name="Render 2 takes").click()
    page.locator("#toasts").get_by_role("button", name="Undo").click()

    expect(page.locator("#toasts")).to_contain_text("Taken back, nothing charged.")
    expect(page.locator(".take[data-state]:visible")).to_have_count(0)


# --- without scripts --------------------------------------------------------------------------------


def test_a_plan_is_added_up_again_and_confirmed_without_any_script(open_page, film):
    page = open_page(f"{film('Plain plan', shots=3)}list/", java_script_enabled=False)
    for code in ("010", "020", "030"):
        page.get_by_label(f"Tick shot {code}").check()
    page.get_by_role("button", name="Render …").click()
    page.get_by_label("Render 020").uncheck()
    page.get_by_role("button", name="Add up again").click()
    expect(page.locator(".plan__total")).to_have_text("2 takes of 2 shots $1.21")
    page.get_by_role("button", name="Render 2 takes").click()

    expect(page.get_by_text("2 takes of 2 shots queued.")).to_be_visible()
    expect(page.locator("#shot-020 .take[data-state]")).to_have_count(0)


def test_budgets_are_set_without_any_script(open_page, film, order, studio):
    path = film("Plain budgets", budget="0")
    order(path)
    page = open_page(f"{path}costs", java_script_enabled=False)
    page.get_by_label("What they may order in a day, USD").fill("five")
    page.get_by_role("button", name="Add", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("Give an amount in dollars")
    page.get_by_label("What they may order in a day, USD").fill("5")
    page.get_by_role("button", name="Add", exact=True).last.click()
    expect(page.get_by_role("row", name="everybody, each a day")).to_be_visible()
    page.get_by_label("Budget of the project, USD").fill("12.50")
    page.get_by_role("button", name="Set", exact=True).first.click()

    expect(page.get_by_text("The budget is changed. 1 take that waited goes out.")).to_be_visible()
    expect(page.get_by_label("Budget of the project, USD")).to_have_value("12.5")


def test_a_verdict_changes_the_price_of_an_approved_second_on_an_open_page(open_page, film, studio):
    path = film("Judged while one looks", paid=[1])
    page = live(open_page(f"{path}costs"))
    expect(tile(page, "Per approved second")).to_contain_text("Nothing is approved yet")
    studio.shell(APPROVE.format(slug=path.split("/")[2]))
    expect(tile(page, "Per approved second")).to_contain_text("approved of")
    assert page.evaluate("window.sameDocument")
