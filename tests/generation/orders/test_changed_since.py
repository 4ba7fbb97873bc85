"""What changed since a sheet was shown is pointed at, and nothing is ordered."""

from decimal import Decimal

import pytest

from studio.generation.orders import plan
from studio.generation.renders import create_takes
from studio.generation.renders.models import Render
from studio.generation.trash import trash
from studio.planning.ledger import ledger
from studio.planning.projects import actions
from tests import pages
from tests.generation.orders.sheets import Sheet, budget, copy_of

CHANGES = {
    "the prompt": {"prompt": "Dunes at night"},
    "how many takes": {"takes": 2},
    "the length": {"seconds": 8},
    "the seed": {"seed": 7},
    "the aspect": {"aspect": "960x960"},
    "the quality": {"quality": 80},
    "the model": {"model": "gen-4-image", "aspect": "1360x768", "seconds": None},
    "it became illegal": {"prompt": ""},
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_shot_that_changed_since_is_pointed_at_and_nothing_is_ordered(sheet, shots, press, pia, what):
    shown = sheet()
    actions.change_shot(shots[1], by=pia, **CHANGES[what])
    answer = press(shown)
    assert answer.status_code == 409
    assert not Render.objects.exists()
    again = Sheet(answer.content.decode())
    assert "Something changed since this was shown, so nothing was ordered." in again.words
    assert again.changed == ["020"]
    assert "changed" in pages.text(again.line("020"))
    assert press(again).status_code == 302


def test_the_only_line_becoming_illegal_is_told_as_a_change(sheet, shots, press, pia):
    shown = sheet(shots[:1])
    actions.change_shot(shots[0], by=pia, prompt="")
    answer = press(shown)
    assert answer.status_code == 409
    line = Sheet(answer.content.decode()).line("010")
    assert "data-changed" in line
    assert "Write a prompt" in line


def test_another_first_frame_is_a_change(sheet, shots, press, frame, pia):
    actions.change_shot(shots[1], by=pia, first_frame=frame)
    shown = sheet()
    actions.change_shot(shots[1], by=pia, first_frame=copy_of(frame, 1))
    again = Sheet(press(shown).content.decode())
    assert again.changed == ["020"]
    assert not Render.objects.exists()


def test_another_price_is_a_change_of_every_line_that_has_it(sheet, shots, press, ready):
    shown = sheet()
    for _ in range(5):
        take = ready(shot=shots[2])
        ledger.charge(take.purchase, Decimal("0.7"), result=take.result_uuid)
    answer = press(shown)
    assert answer.status_code == 409
    again = Sheet(answer.content.decode())
    assert again.changed == ["010", "020", "030"]
    assert "≈ $2.10" in again.words
    assert "from 5 invoices, 16% above the list price" in again.words
    assert not Render.objects.exclude(state="ready").exists()


def test_a_shot_thrown_away_since_is_left_out(sheet, shots, press, project, pia):
    shown = sheet()
    trash.trash_shots(project, [shots[1]], by=pia)
    answer = press(shown)
    assert answer.status_code == 409
    assert Sheet(answer.content.decode()).sent()["shot"] == [str(shots[0].pk), str(shots[2].pk)]
    assert not Render.objects.exists()


def test_another_budget_is_a_change_though_all_still_fits(sheet, press, project):
    budget(project, 100)
    shown = sheet()
    budget(project, 90)
    answer = press(shown)
    assert answer.status_code == 409
    assert "of $90" in Sheet(answer.content.decode()).words
    assert not Render.objects.exists()


def test_a_line_that_no_longer_fits_since_somebody_used_the_budget_is_pointed_at(
    sheet, shots, press, project, order, pia
):
    budget(project, "2.50")
    other = actions.create_shot(project, by=pia, prompt="Elsewhere")
    shown = sheet()
    order(shot=other, takes=2)
    answer = press(shown)
    assert answer.status_code == 409
    again = Sheet(answer.content.decode())
    assert again.changed == ["030"]
    assert "waits" in pages.text(again.line("030"))
    assert "now $1.21" in again.words
    assert set(Render.objects.values_list("shot", flat=True)) == {other.pk}


def test_a_project_put_away_since_takes_no_orders(sheet, press, project, pia):
    shown = sheet()
    actions.archive_project(project, by=pia)
    assert press(shown).status_code == 404
    assert not Render.objects.exists()


def test_a_project_put_away_between_looking_and_ordering_takes_none_either(shots, project, pia, ana):
    drawn = plan.draw_up(project, shots, person_id=ana.pk)
    actions.archive_project(project, by=pia)
    keys = [shot.pk for shot in shots]
    with pytest.raises(create_takes.Closed):
        plan.carry_out(project, shots, by=ana, chosen=keys, seen=drawn.seen, lines_seen={}, press="")
    assert not Render.objects.exists()
