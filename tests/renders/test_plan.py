"""The plan sheet: several shots with their prices, looked at, unticked, ordered once, or planned anew."""

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.costs import budgets, ledger
from studio.costs.models import LedgerEntry
from studio.notices.models import Notice
from studio.projects import actions
from studio.projects.models import Picture, Shot
from studio.renders import plan, taking, trash
from studio.renders.models import Render
from tests import pages

PRICE = Decimal("0.605")  # Gen-4.5, five seconds


@pytest.fixture
def shots(project, pia):
    return [actions.create_shot(project, by=pia, title=f"Kite {n}", prompt="Dunes") for n in range(3)]


class Sheet(pages.Form):
    def __init__(self, html):
        super().__init__(html, "plan")
        self.html, self.words = html, pages.text(html)

    def line(self, code):
        return pages.row(self.html, f" {code} ")

    @property
    def changed(self):
        return [code for code in ("010", "020", "030") if "data-changed" in self.line(code)]


def boxes(*shots):
    return [("render", str(shot.pk)) for shot in shots]


@pytest.fixture
def sheet(client_of, ana, project, shots):
    """The plan of these shots, as Ana opens it; its form and its words."""

    def sheet(chosen=None, *, by=ana, **query):
        asked = query or {"shot": [shot.pk for shot in (shots if chosen is None else chosen)]}
        response = client_of(by).get(reverse("renders:plan", args=[project.slug]), asked)
        assert response.status_code == 200
        return Sheet(response.content.decode())

    return sheet


@pytest.fixture
def press(client_of, ana, project):
    """Send a sheet back: `press(sheet, without=[a box], do="plan")`; the answer."""

    def press(sent, *, by=ana, do="render", **more):
        data = sent if isinstance(sent, dict) else sent.sent(do=do, **more)
        return client_of(by).post(reverse("renders:carry_out", args=[project.slug]), data)

    return press


def budget(project, amount):
    actions.change_project(project, by=None, budget=Decimal(amount))


def told(response):
    """The toasts that an answer leaves for the next page."""
    return [str(message) for message in response.wsgi_request._messages]


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
    address = reverse("renders:carry_out", args=[project.slug])
    answer = client_of(ana).post(address, sheet().sent(do="plan"), headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<form id="plan"')


def test_an_empty_plan_says_what_to_do(sheet):
    assert "Nothing to plan" in sheet([]).words
    assert "Nothing to plan" in sheet(shot="nonsense").words


# --- one press ----------------------------------------------------------------------------


def test_one_press_orders_every_ticked_line(sheet, shots, press, project, ana, pia):
    actions.change_shot(shots[2], by=pia, takes=2)
    answer = press(sheet())
    assert answer.url == reverse("renders:board", args=[project.slug])
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
    client_of(ana).post(reverse("renders:cancel_press", args=[project.slug, Render.objects.first().batch]))
    answer = press(sent)
    assert Render.objects.count() == 3
    assert told(answer) == ["Those takes were taken back: nothing is ordered."]


def test_nothing_ticked_orders_nothing(sheet, press, shots):
    answer = press(sheet(), without=boxes(*shots))
    assert answer.status_code == 422
    assert "Tick at least one line." in pages.text(answer.content.decode())
    assert not Render.objects.exists()


# --- something changed since it was shown ---------------------------------------------------


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


def copy_of(picture, number):
    copy = Picture.objects.get(pk=picture.pk)
    copy.pk, copy._state.adding = None, True
    copy.code, copy.sha256 = f"{number:032x}", f"{number:064x}"
    copy.save()
    return copy


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
    with pytest.raises(taking.Closed):
        plan.carry_out(project, shots, by=ana, chosen=keys, seen=drawn.seen, lines_seen={}, press="")
    assert not Render.objects.exists()


# --- over a budget ------------------------------------------------------------------------


def test_what_does_not_fit_waits_and_the_producers_are_told_once(sheet, press, project, pia):
    budget(project, 1)
    assert told(press(sheet())) == ["3 takes of 3 shots: 2 over a budget and waiting for a producer."]
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
    address = reverse("renders:cancel_press", args=[project.slug, sent.batch])
    assert told(client_of(ana).post(address)) == ["2 of 3 taken back, nothing charged for them."]
    assert told(client_of(ana).post(address)) == ["Too late: sent."]


def test_the_press_of_another_project_is_not_there(sheet, press, client_of, pia):
    press(sheet())
    other = actions.create_project(name="Other", by=pia)
    address = reverse("renders:cancel_press", args=[other.slug, Render.objects.first().batch])
    assert client_of(pia).post(address).status_code == 404
    assert set(Render.objects.values_list("state", flat=True)) == {"queued"}


# --- what nobody's browser sends ------------------------------------------------------------


def test_a_shot_of_another_project_cannot_be_planned(sheet, press, pia, shots):
    other = actions.create_project(name="Other", by=pia)
    foreign = actions.create_shot(other, by=pia, title="Not yours", prompt="Dunes")
    assert "Not yours" not in sheet([*shots, foreign]).words
    sent = sheet().sent(do="render")
    sent["shot"].append(str(foreign.pk))
    sent["render"].append(str(foreign.pk))
    press(sent)
    assert not Render.objects.filter(shot=foreign).exists()


def test_a_shot_sent_twice_is_ordered_once(sheet, press, shots):
    sent = sheet(shots[:1]).sent(do="render")
    press({**sent, "shot": sent["shot"] * 2, "render": sent["render"] * 2})
    assert Render.objects.count() == 1


NONSENSE = ["", "x", "-1", "\uff19", "1e3", "9" * 40, chr(0), "1:2:3"]


@pytest.mark.parametrize("word", NONSENSE, ids=ascii)
def test_nonsense_for_keys_and_words_does_no_harm(sheet, press, word):
    sent = sheet().sent(do="render")
    keys = {"line": [word, f"{word}:{word}"], "render": [word], "shot": [*sent["shot"], word]}
    assert press({**sent, **keys}).status_code in (409, 422)
    assert press({**sent, "press": word, "seen": word}).status_code == 409
    assert not Render.objects.exists()


def test_a_sheet_that_was_made_up_orders_nothing(press, shots):
    keys = [shot.pk for shot in shots]
    assert press({"shot": keys, "render": keys, "do": "render", "seen": "0" * 32}).status_code == 409
    assert not Render.objects.exists()


def test_to_order_takes_a_press_of_the_button(client_of, ana, project, shots, sheet):
    address = reverse("renders:carry_out", args=[project.slug])
    assert client_of(ana).get(address).status_code == 405
    assert client_of(ana).post(address, sheet().sent()).status_code == 200
    assert not Render.objects.exists()


@pytest.mark.parametrize("who", ["bo", "rae", "cid"])
def test_who_may_not_render_finds_no_plan(client_of, project, sheet, press, who, request, shots):
    sent = sheet().sent(do="render")
    somebody = request.getfixturevalue(who)
    address = reverse("renders:plan", args=[project.slug])
    assert client_of(somebody).get(address, {"shot": shots[0].pk}).status_code == 404
    assert press(sent, by=somebody).status_code == 404
    press(sent)
    undo = reverse("renders:cancel_press", args=[project.slug, Render.objects.first().batch])
    assert client_of(somebody).post(undo).status_code == 404
    assert set(Render.objects.values_list("state", flat=True)) == {"queued"}


# --- how it is reached, and how much it holds -------------------------------------------------


def many(project, count, **fields):
    more = {"prompt": "Dunes", "model": "gen-4.5", "aspect": "1280x720", "seconds": 5, **fields}
    begin = project.shots.count() + 1
    numbers = range(begin, begin + count)
    return Shot.objects.bulk_create(
        [Shot(project=project, code=f"M{number:03}", position=number, **more) for number in numbers]
    )


def test_ticked_shots_of_the_list_are_planned(client_of, ana, project, shots):
    ticked = {"do": "render", "shot": [shots[2].pk, shots[0].pk]}
    answer = client_of(ana).post(reverse("listing:many", args=[project.slug]), ticked)
    to = urlsplit(answer.url)
    assert to.path == reverse("renders:plan", args=[project.slug])
    assert parse_qs(to.query)["shot"] == [str(shots[0].pk), str(shots[2].pk)]


def test_more_than_a_hundred_ticked_are_refused_with_their_number(client_of, ana, project):
    keys = [shot.pk for shot in many(project, 101)]
    address = reverse("listing:many", args=[project.slug])
    answer = client_of(ana).post(address, {"do": "render", "shot": keys})
    assert answer.status_code == 422
    assert "A plan holds 100 shots at most; 101 are ticked." in pages.text(answer.content.decode())
    assert client_of(ana).post(address, {"do": "render", "shot": keys[:100]}).status_code == 302


def test_the_board_offers_what_is_not_rendered_and_says_when_that_is_more_than_a_plan_holds(
    sheet, client_of, ana, project
):
    many(project, 99)
    board = client_of(ana).get(reverse("renders:board", args=[project.slug])).content.decode()
    assert f"{reverse('renders:plan', args=[project.slug])}?status=draft" in board
    shown = sheet(status="draft")
    assert len(shown.sent()["render"]) == 100
    assert "A plan holds 100 shots. These are the first; 2 more have this status." in shown.words


def test_the_plan_of_a_status_holds_no_other(sheet, ready, shots):
    ready(shot=shots[0])
    planned = sheet(status="draft").sent()["shot"]
    assert str(shots[0].pk) not in planned
    assert str(shots[1].pk) in planned


@pytest.mark.parametrize("frames_first", [False, True], ids=["as usual", "approved frames first"])
def test_fifty_lines_take_as_many_queries_as_five(
    client_of, ana, pia, project, frame, ready, shot, frames_first
):
    still = ready(kind="still", verdict="approved")
    Picture.objects.filter(pk=frame.pk).update(source="still", from_take=still.code)
    actions.change_project(project, by=pia, frames_first=frames_first)
    planned = [many(project, 1, first_frame=copy_of(frame, number))[0] for number in range(50)]
    browser, address = client_of(ana), reverse("renders:plan", args=[project.slug])

    def queries(count):
        for _ in range(2):
            with CaptureQueriesContext(connection) as seen:
                page = browser.get(address, {"shot": [each.pk for each in planned[:count]]})
        assert len(Sheet(page.content.decode()).sent()["render"]) == count
        return len(seen)

    assert queries(5) == queries(50)


def test_what_waits_for_a_producer_is_not_planned_again(sheet, project, shots, order):
    budget(project, "0")
    order(shot=shots[0])
    html = sheet(status="draft").html
    assert f'name="render" value="{shots[0].pk}"' not in html
    assert f'name="render" value="{shots[1].pk}"' in html
