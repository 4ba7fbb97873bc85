"""Budgets on the costs page: how much is used, who is warned, who may set them, and what goes out then."""

from decimal import Decimal

import pytest
from django.urls import reverse

from studio.generation.renders.models import Render
from studio.planning.ledger import budgets
from studio.planning.ledger.models import Budget, LedgerEntry
from studio.planning.projects import actions, people
from studio.planning.projects.models import Membership
from studio.runtime.live.models import Event
from tests import pages

LEAD = "Per approved second"


def set_budget(client_of, by, project, **sent):
    return client_of(by).post(reverse("reports:budget", args=[project.slug]), sent, follow=True)


def set_line(client_of, by, project, **sent):
    return client_of(by).post(reverse("reports:line", args=[project.slug]), sent, follow=True)


@pytest.fixture
def used(paid):
    """So much of the budget is used."""
    return lambda amount: paid(amount)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("7.99", None),
        ("8", "The budget is nearly used: $8.00 of $10 is spent or set aside."),
        ("10", "The budget is used up: $10.00 of $10 is spent or set aside."),
        ("11", "The budget is used up: $11.00 of $10 is spent or set aside."),
    ],
)
def test_from_eight_tenths_those_who_see_money_are_warned_on_every_page(
    client_of, ana, pia, rae, project, used, amount, said
):
    actions.change_project(project, by=pia, budget=Decimal(10))
    used(amount)
    for person, reads in ((ana, True), (pia, True), (rae, False)):
        page = client_of(person).get(reverse("board:board", args=[project.slug])).content.decode()
        assert ("banner--budget" in page) == (reads and said is not None)
        if reads and said:
            assert said in pages.text(page)
        if not reads:
            assert "budget" not in page.lower()


def test_what_is_set_aside_counts_for_the_warning(client_of, ana, project, pia, order):
    actions.change_project(project, by=pia, budget=Decimal("0.75"))
    order()
    page = client_of(ana).get(reverse("board:board", args=[project.slug])).content.decode()
    assert "The budget is nearly used: $0.61 of $0.75" in pages.text(page)


def test_a_budget_of_nothing_is_used_up_and_breaks_no_page(costs, project, pia, order):
    actions.change_project(project, by=pia, budget=Decimal(0))
    order()
    page = costs(reader=pia, range="all")
    assert page.status == 200
    assert "The budget is used up: $0.00 of $0" in page.text
    assert Render.objects.get().state == "waiting"


def test_what_waits_is_listed_with_what_allowing_it_does(costs, project, pia, order, paid):
    actions.change_project(project, by=pia, budget=Decimal(1))
    paid("0.6")
    order(takes=2)
    page = costs(reader=pia)
    row = page.row("010 take 2")
    assert row.startswith("010 take 2 Gen-4.5 · 5 s Ana over the project's budget 0.6050 $1.21 of $1")
    assert row.endswith("Allow Take back")
    assert "Raise the budget to $2" in page.text
    assert (
        page.tile("Set aside") == "Set aside $0.00 0 takes on their way · 2 waiting to be allowed, $1.21 look"
    )


def test_an_artist_sees_what_waits_and_may_take_it_back_alone(costs, project, pia, order):
    actions.change_project(project, by=pia, budget=Decimal(0))
    order()
    page = costs()
    assert page.row("010 take 1").endswith("Take back")
    assert "Allow" not in page.row("010 take 1")
    assert "Raise the budget" not in page.text


def test_a_budget_that_is_raised_lets_out_what_fits_the_oldest_first(client_of, project, pia, order):
    actions.change_project(project, by=pia, budget=Decimal(0))
    takes = order(takes=3)
    answer = set_budget(client_of, pia, project, budget="1.30")
    assert "The budget is changed. 2 takes that waited go out." in pages.text(answer.content.decode())
    states = {take.number: Render.objects.get(pk=take.pk).state for take in takes}
    assert states == {1: "queued", 2: "queued", 3: "waiting"}
    assert LedgerEntry.objects.filter(kind="hold").count() == 2


def test_one_that_does_not_fit_lets_a_cheaper_one_behind_it_go(client_of, project, pia, order):
    actions.change_project(project, by=pia, budget=Decimal(0))
    order()
    order(model="gen-4-image")
    set_budget(client_of, pia, project, budget="0.10")
    assert list(Render.objects.order_by("pk").values_list("state", flat=True)) == ["waiting", "queued"]


def test_the_button_raises_the_budget_to_what_lets_all_go(client_of, costs, project, pia, order):
    actions.change_project(project, by=pia, budget=Decimal(1))
    order(takes=4)
    page = costs(reader=pia)
    amount = page.html.partition('type="hidden" name="budget" value="')[2].partition('"')[0]
    assert amount == "3"
    set_budget(client_of, pia, project, budget=amount)
    assert set(Render.objects.values_list("state", flat=True)) == {"queued"}


def test_a_budget_is_taken_away(client_of, project, pia, order):
    actions.change_project(project, by=pia, budget=Decimal(0))
    order(takes=2)
    set_budget(client_of, pia, project, budget="")
    project.refresh_from_db()
    assert project.budget is None
    assert set(Render.objects.values_list("state", flat=True)) == {"queued"}


@pytest.mark.parametrize("word", ["-1", "ten", "1e30", "NaN", "Infinity", "0.00001", "1" * 40])
def test_an_amount_that_is_none_is_told_beside_its_field_and_stays_typed(client_of, project, pia, word):
    actions.change_project(project, by=pia, budget=Decimal(5))
    answer = client_of(pia).post(reverse("reports:budget", args=[project.slug]), {"budget": word})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert f'id="id_budget" value="{word}"' in html
    assert 'aria-invalid="true" aria-describedby="id_budget_error"' in html
    assert 'id="id_budget_error" role="alert"' in html
    project.refresh_from_db()
    assert project.budget == 5


def test_scenes_and_people_have_budgets_that_are_set_changed_and_taken_away(
    client_of, costs, project, pia, ana, shot
):
    actions.change_shot(shot, by=pia, scene="1 · Harbour")
    set_line(client_of, pia, project, scope="scene", scene="1 · Harbour", amount="20")
    set_line(client_of, pia, project, scope="day", person=str(ana.code), amount="5")
    set_line(client_of, pia, project, scope="day", person="", amount="3")
    page = costs(reader=pia)
    for words in (
        "Scene 1 · Harbour $0.00",
        "Ana, a day $0.00 today",
        "everybody, each a day $0.00 today, at most",
    ):
        assert words in page.text
    set_line(client_of, pia, project, scope="day", person=str(ana.code), amount="6")
    assert Budget.objects.get(person=ana).amount == 6
    set_line(client_of, pia, project, scope="day", person=str(ana.code), amount="")
    set_line(client_of, pia, project, scope="scene", scene="1 · Harbour", amount="")
    assert [str(line) for line in Budget.objects.all()] == ["day everybody: 3.000000000"]
    assert Event.objects.filter(kind="project.changed").count() == 6


def test_the_day_of_everybody_shows_who_is_nearest_to_it(costs, client_of, project, pia, ana, order):
    set_line(client_of, pia, project, scope="day", amount="10")
    order(by=ana, takes=2)
    order(by=pia)
    assert "everybody, each a day $1.21 today, at most" in costs(reader=pia).text


def test_a_line_of_a_scene_says_how_much_is_used_and_when_it_is_passed(costs, project, pia, shot, paid):
    actions.change_shot(shot, by=pia, scene="1")
    budgets.set_line(project, by=pia, scope="scene", scene="1", amount=Decimal("0.7"))
    paid("0.6")
    assert "Scene 1 $0.60 86 %" in costs(reader=pia).row("Scene 1")
    paid("0.6")
    assert "Scene 1 $1.20 passed" in costs(reader=pia).row("Scene 1")


def test_the_budget_of_somebody_who_left_can_be_taken_away(client_of, costs, project, pia, ana):
    budgets.set_line(project, by=pia, scope="day", person=ana, amount=Decimal(5))
    people.remove(Membership.objects.get(user=ana, project=project), by=pia)
    assert "Ana, a day" in costs(reader=pia).text
    set_line(client_of, pia, project, scope="day", person=str(ana.code), amount="")
    assert not Budget.objects.exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"scope": "scene", "scene": "", "amount": "5"}, "Choose a scene."),
        ({"scope": "scene", "scene": "9", "amount": "5"}, "There is no scene 9."),
        ({"scope": "scene", "scene": "1", "amount": "five"}, "Give an amount in dollars, like 120 or 0.50."),
        ({"scope": "day", "person": "0" * 32, "amount": "5"}, "Select a valid choice."),
        ({"scope": "week", "amount": "5"}, "Select a valid choice."),
        ({}, "This field is required."),
    ],
)
def test_a_line_that_cannot_be_drawn_says_why_and_keeps_what_was_typed(
    client_of, project, pia, shot, sent, said
):
    actions.change_shot(shot, by=pia, scene="1")
    answer = set_line(client_of, pia, project, **sent)
    assert answer.status_code == 422
    assert said in pages.text(answer.content.decode())
    if sent.get("scope") in ("scene", "day"):
        assert f'value="{sent["amount"]}"' in answer.content.decode()
    assert not Budget.objects.exists()


def test_a_line_that_was_changed_to_nonsense_is_told_beside_that_line(client_of, project, pia, shot):
    actions.change_shot(shot, by=pia, scene="1")
    budgets.set_line(project, by=pia, scope="scene", scene="1", amount=Decimal(7))
    html = set_line(client_of, pia, project, scope="scene", scene="1", amount="seven").content.decode()
    row = pages.row(html, "Scene 1")
    assert 'value="seven"' in row
    assert 'aria-invalid="true"' in row
    assert "Give an amount in dollars" in pages.text(row)


def test_budgets_of_an_archived_project_let_nothing_out(client_of, project, pia, order):
    actions.change_project(project, by=pia, budget=Decimal(0))
    order()
    actions.archive_project(project, by=pia)
    answer = set_budget(client_of, pia, project, budget="100")
    assert "The budget is changed." in pages.text(answer.content.decode())
    assert Render.objects.get().state == "waiting"


def test_only_producers_see_and_set_budgets(client_of, costs, project, ana):
    budgets.set_line(project, by=project.created_by, scope="day", amount=Decimal("7"))
    page = costs()  # Ana sees how much there is, and nothing to change it by
    assert "$7" in page.html
    assert reverse("reports:line", args=[project.slug]) not in page.html
    Budget.objects.all().delete()
    assert set_budget(client_of, ana, project, budget="5").status_code == 404
    assert set_line(client_of, ana, project, scope="day", amount="5").status_code == 404
    assert not Budget.objects.exists()
