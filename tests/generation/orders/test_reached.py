"""How a plan is reached, how much it holds, and what nobody's browser sends."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.generation.renders.models import Render
from studio.planning.projects import actions
from studio.planning.projects.models import Picture, Shot
from tests import pages
from tests.generation.orders.sheets import Sheet, budget, copy_of

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
    address = reverse("orders:carry_out", args=[project.slug])
    assert client_of(ana).get(address).status_code == 405
    assert client_of(ana).post(address, sheet().sent()).status_code == 200
    assert not Render.objects.exists()


@pytest.mark.parametrize("who", ["bo", "rae", "cid"])
def test_who_may_not_render_finds_no_plan(client_of, project, sheet, press, who, request, shots):
    sent = sheet().sent(do="render")
    somebody = request.getfixturevalue(who)
    address = reverse("orders:plan", args=[project.slug])
    assert client_of(somebody).get(address, {"shot": shots[0].pk}).status_code == 404
    assert press(sent, by=somebody).status_code == 404
    press(sent)
    undo = reverse("orders:cancel_press", args=[project.slug, Render.objects.first().batch])
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
    assert to.path == reverse("orders:plan", args=[project.slug])
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
    board = client_of(ana).get(reverse("board:board", args=[project.slug])).content.decode()
    assert f"{reverse('orders:plan', args=[project.slug])}?status=draft" in board
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
    browser, address = client_of(ana), reverse("orders:plan", args=[project.slug])

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
