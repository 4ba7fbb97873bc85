"""The plan sheet: several shots with their prices, looked at, unticked, ordered once."""

from decimal import Decimal

from django.urls import reverse

from studio.generation.renders.models import Render
from studio.planning.ledger import budgets
from studio.planning.ledger.models import LedgerEntry
from studio.planning.projects import actions
from tests import pages
from tests.generation.orders.sheets import PRICE, Sheet, boxes, budget, told

# --- what it shows ------------------------------------------------------------------------


def test_each_line_tells_its_price_and_the_button_the_sum(sheet, shots, pia):
    actions.change_shot(shots[0], by=pia, takes=3)
    actions.change_shot(shots[1], by=pia, seconds=10)
    shown = sheet()
    assert pages.text(shown.line("010")).endswith("Gen-4.5 · 16:9 · 5 s 3 0.6050 1.8150")
    assert pages.text(shown.line("020")).endswith("Gen-4.5 · 16:9 · 10 s 1 1.2050 1.2050")
    assert "5 takes of 3 shots $3.63" in shown.words
    assert "Render 5 takes ≈ $3.63" in shown.words
    assert "Gen-4.5: list price" in shown.words
    assert "No budget is set: nothing limits this." in shown.words


def test_a_still_has_no_seconds(sheet, shots, pia):
    actions.change_shot(shots[0], by=pia, model="gen-4-image", aspect="1360x768", seconds=None)
    assert pages.text(sheet([shots[0]]).line("010")).endswith("Gen-4 Image · 16:9 1 0.0800 0.0800")


def test_the_lines_stand_in_the_order_of_the_list(sheet, shots):
    shown = sheet(list(reversed(shots)))
    assert shown.sent()["shot"] == [str(shot.pk) for shot in shots]


def test_every_line_has_a_ticked_box_that_names_its_shot(sheet, shots):
    shown = sheet()
    assert shown.sent()["render"] == [str(shot.pk) for shot in shots]
    assert "Render 020 Kite 1" in pages.text(shown.line("020"))


def test_a_shot_that_cannot_be_rendered_says_why_and_cannot_be_ticked(sheet, shots, pia, press):
    actions.change_shot(shots[1], by=pia, prompt="", seconds=7)
    shown = sheet()
    line = shown.line("020")
    assert "Write a prompt: Gen-4.5 needs one. Gen-4.5 makes 5, 8 or 10 seconds." in pages.text(line)
    assert "disabled" in line
    assert "2 takes of 2 shots $1.21" in shown.words

    press(shown.sent(do="render") | {"render": [str(shot.pk) for shot in shots]})
    assert set(Render.objects.values_list("shot__code", flat=True)) == {"010", "030"}


def test_the_budget_is_shown_as_it_would_be_afterwards(sheet, shots, project):
    budget(project, 100)
    assert "Budget after: $1.82 of $100 (now $0.00)" in sheet().words


def test_the_budgets_of_scenes_and_of_a_day_are_shown_too(sheet, shots, project, pia, ana):
    actions.change_shot(shots[0], by=pia, scene="1 · Harbour")
    budgets.set_line(project, by=pia, scope="scene", scene="1 · Harbour", amount=Decimal(7))
    budgets.set_line(project, by=pia, scope="day", person=ana, amount=Decimal(9))
    words = sheet().words
    assert "Scene 1 · Harbour after: $0.61 of $7" in words
    assert "Your day after: $1.82 of $9" in words
    assert "Scene 1" not in sheet(shots[1:]).words


def test_a_line_that_would_pass_a_budget_says_so_and_is_not_counted(sheet, shots, project):
    budget(project, "1.30")
    shown = sheet()
    waits = [code for code in ("010", "020", "030") if "waits" in pages.text(shown.line(code))]
    assert waits == ["030"]
    assert "Budget after: $1.21 of $1.30" in shown.words
    assert "1 line would pass a budget" in shown.words
    assert "3 takes of 3 shots $1.82" in shown.words


def test_unticking_a_line_adds_up_again(sheet, shots, press):
    answer = press(sheet(), do="plan", without=boxes(shots[1]))
    again = Sheet(answer.content.decode())
    assert "2 takes of 2 shots $1.21" in again.words
    assert again.sent()["render"] == [str(shots[0].pk), str(shots[2].pk)]
    assert "<title>Plan" in again.html
    assert not Render.objects.exists()


def test_scripts_get_the_sheet_alone(sheet, client_of, ana, project):
    address = reverse("orders:carry_out", args=[project.slug])
    answer = client_of(ana).post(address, sheet().sent(do="plan"), headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<form id="plan"')


def test_an_empty_plan_says_what_to_do(sheet):
    assert "Nothing to plan" in sheet([]).words
    assert "Nothing to plan" in sheet(shot="nonsense").words


# --- one press ----------------------------------------------------------------------------


def test_one_press_orders_every_ticked_line(sheet, shots, press, project, ana, pia):
    actions.change_shot(shots[2], by=pia, takes=2)
    answer = press(sheet())
    assert answer.url == reverse("board:board", args=[project.slug])
    assert told(answer) == ["4 takes of 3 shots queued."]
    takes = list(Render.objects.order_by("pk"))
    assert [str(take) for take in takes] == ["010 take 1", "020 take 1", "030 take 1", "030 take 2"]
    assert {(take.state, take.created_by) for take in takes} == {("queued", ana)}
    assert len({take.batch for take in takes}) == 1
    assert [entry.amount for entry in LedgerEntry.objects.filter(kind="hold")] == [PRICE] * 4


def test_what_was_unticked_is_not_ordered(sheet, shots, press):
    again = Sheet(press(sheet(), do="plan", without=boxes(shots[0])).content.decode())
    assert told(press(again)) == ["2 takes of 2 shots queued."]
    assert set(Render.objects.values_list("shot__code", flat=True)) == {"020", "030"}


def test_pressed_twice_it_orders_once(sheet, press):
    sent = sheet().sent(do="render")
    first, second = press(sent), press(sent)
    assert first.url == second.url
    assert told(second) == ["That was ordered already; nothing was ordered twice."]
    assert Render.objects.count() == 3


def test_a_press_that_was_undone_and_is_sent_again_orders_nothing(sheet, press, project, ana, client_of):
    sent = sheet().sent(do="render")
    press(sent)
    client_of(ana).post(reverse("orders:cancel_press", args=[project.slug, Render.objects.first().batch]))
    answer = press(sent)
    assert Render.objects.count() == 3
    assert told(answer) == ["Those takes were taken back: nothing is ordered."]


def test_nothing_ticked_orders_nothing(sheet, press, shots):
    answer = press(sheet(), without=boxes(*shots))
    assert answer.status_code == 422
    assert "Tick at least one line." in pages.text(answer.content.decode())
    assert not Render.objects.exists()


# --- undo ---------------------------------------------------------------------------------


def test_undo_takes_the_whole_press_back(sheet, press, ana, client_of, settings):
    settings.UNDO_SECONDS = 5
    answer = press(sheet())
    (message,) = answer.wsgi_request._messages
    assert message.message == "3 takes of 3 shots queued. Undo is free for 5 s."
    assert told(client_of(ana).post(message.extra_tags)) == ["Taken back, nothing charged."]
    assert set(Render.objects.values_list("state", flat=True)) == {"cancelled"}
    assert LedgerEntry.objects.filter(kind="release").count() == 3


def test_undo_when_some_were_sent_says_how_many_it_took_back(sheet, press, project, ana, client_of):
    press(sheet())
    sent = Render.objects.order_by("pk").first()
    sent.move_to("submitting", sent_at=sent.created_at)
    address = reverse("orders:cancel_press", args=[project.slug, sent.batch])
    assert told(client_of(ana).post(address)) == ["2 of 3 taken back, nothing charged for them."]
    assert told(client_of(ana).post(address)) == ["Too late: sent."]


def test_the_press_of_another_project_is_not_there(sheet, press, client_of, pia):
    press(sheet())
    other = actions.create_project(name="Other", by=pia)
    address = reverse("orders:cancel_press", args=[other.slug, Render.objects.first().batch])
    assert client_of(pia).post(address).status_code == 404
    assert set(Render.objects.values_list("state", flat=True)) == {"queued"}
