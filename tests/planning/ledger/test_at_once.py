"""Two people, or two callbacks, at the same instant: money moves once."""

from decimal import Decimal

import pytest
from django.test import Client

from studio.generation.renders import lifecycle, results, tokens, waiting, webhooks
from studio.generation.renders.models import Render
from studio.planning.ledger.models import Budget, LedgerEntry
from studio.planning.projects import actions
from tests.generation.renders.test_failures_at_once import at_once, result_of

PRICE = Decimal("0.605")
pytestmark = pytest.mark.django_db(transaction=True)


def kinds():
    return sorted(LedgerEntry.objects.values_list("kind", flat=True))


def test_two_producers_allow_the_same_take(order, project, pia, cid, books):
    """Held once; the one who was second is told that it waits no longer."""
    actions.change_project(project, by=pia, budget=Decimal(0))
    (take,) = order()
    answers = []
    at_once(
        *[lambda by=by: answers.append(waiting.allow(Render.objects.get(), by=by)) for by in (pia, cid)] * 2
    )

    take.refresh_from_db()
    assert sorted(answers) == [False, False, False, True]
    assert (take.state, kinds()) == ("queued", ["hold"])
    assert (books().spent, books().held) == (0, PRICE)


def test_a_take_is_allowed_while_its_budget_is_raised_and_it_is_called_off(order, project, pia, books):
    """Whoever comes first, it is held at most once and stands as the ledger says."""
    for _ in range(4):
        actions.change_project(project, by=pia, budget=Decimal(0))
        (take,) = order()

        def raise_it():
            actions.change_project(project, by=pia, budget=Decimal(100))
            waiting.admit(project, by=pia)

        at_once(
            raise_it,
            lambda pk=take.pk: waiting.allow(Render.objects.get(pk=pk), by=pia),
            lambda pk=take.pk: lifecycle.cancel(Render.objects.get(pk=pk), by=pia),
        )

        take.refresh_from_db()
        assert take.state in ("queued", "cancelled")
        assert LedgerEntry.objects.filter(render_code=take.code, kind="hold").count() <= 1
        books()


def test_two_raise_the_budget_at_once(order, project, pia, books):
    """Four takes wait and two fit: two go through, whoever lets them."""
    actions.change_project(project, by=pia, budget=Decimal(0))
    order(takes=4)
    actions.change_project(project, by=pia, budget=2 * PRICE)
    through = []
    at_once(*[lambda: through.append(waiting.admit(project, by=pia))] * 4)

    assert sum(through) == 2
    assert [take.state for take in Render.objects.order_by("pk")] == ["queued"] * 2 + ["waiting"] * 2
    assert books().held == 2 * PRICE


@pytest.mark.parametrize("line", ["scene", "day"])
def test_eight_presses_share_a_line(order, shot, project, ana, books, line):
    """Of eight takes ordered at once, those go that fit below the line of the scene, or of Ana's day."""
    actions.change_shot(shot, by=ana, scene="Harbour")
    named = {"scene": "Harbour"} if line == "scene" else {"person": ana}
    Budget.objects.create(project=project, scope=line, amount=Decimal("1.9"), **named)
    at_once(*[order] * 8)

    states = list(Render.objects.values_list("state", flat=True))
    assert (states.count("queued"), states.count("waiting")) == (3, 5)
    assert books().held == 3 * PRICE


def test_the_same_callback_four_times(order, runware, books):
    """Word for word what the sandbox said, by four sockets."""
    (take,) = order()
    lifecycle.submit(str(take.batch))
    result_of(take, runware)
    body = runware.poll({"taskUUID": str(take.code)}).content
    statuses = []
    at_once(*[lambda: statuses.append(webhooks.take_in(take.code, body))] * 4)

    assert statuses == [204] * 4
    assert kinds() == ["charge", "hold", "release"]
    assert (books().spent, books().held) == (PRICE, 0)


def test_the_same_callback_through_the_door(order, runware, books):
    """And once more by its address, while the same is asked and filed."""
    (take,) = order()
    lifecycle.submit(str(take.batch))
    told = result_of(take, runware)
    body = runware.poll({"taskUUID": str(take.code)}).content
    address = f"/hooks/runware/{tokens.make(take.code)}"
    statuses = []

    def call():
        statuses.append(Client().post(address, body, content_type="application/json").status_code)

    at_once(call, call, lambda: results.receive(told), lambda: results.receive(told, asked=True))

    assert statuses == [204, 204]
    assert kinds() == ["charge", "hold", "release"]
    assert books().spent == PRICE


def test_a_bill_is_corrected_twice_at_once(order, engine, books):
    """With the same key it is one correction."""
    (take,) = order()
    engine.run()
    answers = []

    def correct():
        mine = Render.objects.get()
        answers.append(results.bill_again(mine, Decimal("0.11"), reason="late", key="a"))

    at_once(*[correct] * 4)

    take.refresh_from_db()
    assert sorted(answers) == [False, False, False, True]
    assert take.cost == PRICE + Decimal("0.11")
    assert LedgerEntry.objects.get(kind="adjustment").amount == Decimal("0.11")
