"""What a sheet orders beyond a budget waits, and the producers hear of it once."""

from decimal import Decimal

from django.urls import reverse

from studio.generation.renders.models import Render
from studio.people.notifications.models import Notice
from studio.planning.ledger import budgets
from studio.planning.ledger.models import LedgerEntry
from studio.planning.projects import actions
from tests.generation.orders.sheets import budget, told


def test_what_does_not_fit_waits_and_the_producers_are_told_once(sheet, press, project, pia):
    budget(project, 1)
    assert told(press(sheet())) == [
        "3 takes of 3 shots ordered, 2 wait to be allowed: over the project's budget."
    ]
    states = list(Render.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["queued", "waiting", "waiting"]
    assert LedgerEntry.objects.filter(kind="hold").count() == 1
    (notice,) = Notice.objects.filter(kind="waiting")
    said = "Ana asks for 2 takes of 020, 030: allowing it takes the project's budget to $1.82 of $1"
    assert (notice.user, notice.text) == (pia, said)
    assert notice.path == f"{reverse('reports:costs', args=[project.slug])}#waiting"


def test_a_notice_about_many_shots_names_three(project, pia, sheet, press, shots):
    more = [actions.create_shot(project, by=pia, prompt="Dunes") for _ in range(3)]
    budget(project, 0)
    press(sheet([*shots, *more]))
    (notice,) = Notice.objects.filter(kind="waiting")
    assert "6 takes of 010, 020, 030 and 3 more: allowing it" in notice.text


def test_a_take_over_the_budget_of_its_scene_says_so(sheet, press, project, pia, shots):
    actions.change_shot(shots[0], by=pia, scene="1 · Harbour")
    budgets.set_line(project, by=pia, scope="scene", scene="1 · Harbour", amount=Decimal("0.5"))
    press(sheet())
    take = Render.objects.get(state="waiting")
    assert (take.shot, take.note) == (shots[0], "over the budget of scene 1 · Harbour")


def test_a_producer_who_orders_is_not_told_of_it(sheet, press, project, pia):
    budget(project, 1)
    press(sheet(by=pia), by=pia)
    assert Render.objects.filter(state="waiting").count() == 2
    assert not Notice.objects.filter(kind="waiting").exists()
