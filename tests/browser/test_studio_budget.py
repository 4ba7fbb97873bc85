"""The studio's budget in a browser: drawn by its owner, felt at the desk, gone past only by the owner's word."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_every_page import check
from tests.patience import LONG

USED = """
from decimal import ROUND_DOWN, Decimal
from studio.planning.ledger import studio_budgets
used = studio_budgets.spending(sandbox=True).committed("day")
print(used.quantize(Decimal("0.01"), ROUND_DOWN))  # as a person would type it
"""
FLAGGED = """
from studio.planning.projects.models import Project
Project.objects.filter(slug={slug!r}).update(unbudgeted_needs_owner=True)
"""


@pytest.fixture
def budget(open_page):
    """Draw the studio's line for a day on its page; it is taken away in the end."""
    page = open_page("/costs")

    def budget(amount):
        page.goto("/costs")
        row = page.get_by_role("row", name="Today")
        row.get_by_label("What the studio may spend in a day, USD").fill(amount)
        row.get_by_role("button", name="Set").click()
        return page

    yield budget
    budget("")
    expect(page.locator("#toasts")).to_contain_text("The studio's budget is changed")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_take_waits_for_the_owner_who_raises_it(budget, member, numbered_film, studio, size):
    slug = numbered_film(f"Ceiling {size['width']}", [1])
    owner = budget("a lot")
    expect(owner.get_by_role("alert")).to_have_text("Give an amount in dollars, like 120 or 0.50.")
    expect(owner.get_by_label("What the studio may spend in a day, USD")).to_have_value("a lot")
    used = studio.shell(USED).strip()
    expect(budget(used).locator("#toasts")).to_contain_text("The studio's budget is changed")
    check(owner)

    artist = member(slug, "Ada", "artist", f"/projects/{slug}/shots/010", size=size)
    hint = artist.get_by_text(
        "Over the studio's budget for a day: what does not fit waits for the studio's owner."
    )
    expect(hint).to_be_visible()
    check(artist)
    artist.get_by_role("button", name="Render 1 take").click()
    card = artist.locator(".take[data-state=waiting]")
    expect(card).to_contain_text("over the studio's budget for a day", timeout=LONG)

    producer = member(slug, "Pat", "producer", f"/projects/{slug}/costs", size=size)
    producer.get_by_role("button", name="Allow").click()
    expect(producer.locator("#toasts")).to_contain_text("It waits for the studio's owner")

    budget("1000")
    expect(artist.locator(".take[data-state=ready]")).to_have_count(2, timeout=LONG)
    expect(owner.get_by_role("row", name="Today")).to_contain_text("$")
    check(owner)


def test_a_project_without_a_budget_waits_for_the_owner_and_is_let_go(
    member, numbered_film, studio, open_page
):
    slug = numbered_film("Without", [1])
    studio.shell(FLAGGED.format(slug=slug))
    producer = member(slug, "Una", "producer", f"/projects/{slug}/shots/010")
    expect(producer.get_by_text("The project has no budget: what is ordered waits")).to_be_visible()
    producer.get_by_role("button", name="Render 1 take").click()
    expect(producer.locator(".take[data-state=waiting]")).to_contain_text("the project has no budget")
    check(producer)

    owner = open_page("/costs")
    row = owner.get_by_role("row", name="Without")
    expect(row.get_by_role("link", name="1 waits")).to_be_visible()
    row.get_by_role("link", name="1 waits").click()
    expect(owner.get_by_text("This project has no budget")).to_be_visible()
    check(owner)
    owner.get_by_role("button", name="Let it spend without a budget").click()
    expect(owner.locator("#toasts")).to_contain_text(
        "may spend without a budget. 1 take that waited goes out."
    )
    expect(producer.locator(".take[data-state=ready]")).to_have_count(2, timeout=LONG)
