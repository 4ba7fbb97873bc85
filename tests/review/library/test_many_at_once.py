"""What is done with chosen takes is done with all of them, or with none and the reason is said."""

import io
import re
import zipfile
from html import unescape

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from studio.generation.renders.models import Render
from studio.generation.trash import trash
from studio.generation.viewer import viewer
from studio.planning.projects import actions
from studio.review.dailies import lists
from studio.review.dailies.models import ReviewList
from studio.review.library import selection
from tests.pages import text


def said(answer):
    return text(answer.content.decode())


@pytest.fixture
def other(project, pia):
    return actions.create_shot(project, by=pia, title="Lamp room")


# --- circle -----------------------------------------------------------------------------------


def test_one_take_of_each_shot_is_circled_instead_of_what_was(press, ready, ana, other):
    before = ready(circled=True)
    one, two = ready(), ready(shot=other)
    answer = press(ana, "circle", one, two, search="state=ready")

    assert answer.url.endswith("/library?state=ready")
    assert set(Render.objects.filter(circled=True)) == {one, two}
    before.refresh_from_db()
    assert before.revision == 1, "its card is drawn anew"


def undo_of(answer):
    page = answer.client.get(answer.url).content.decode()
    return unescape(re.search(r'formaction="([^"]+/undo[^"]*)"', page)[1])


def test_undo_gives_each_shot_back_what_stood_for_it(press, ready, ana, other):
    before, one, two = ready(circled=True), ready(), ready(shot=other)
    answer = press(ana, "circle", one, two)
    undo = undo_of(answer)
    answer.client.post(undo)

    assert list(Render.objects.filter(circled=True)) == [before]
    answer.client.post(undo)
    assert list(Render.objects.filter(circled=True)) == [before], "it is undone once"


def test_undo_leaves_what_somebody_has_decided_since(press, ready, ana, pia, other):
    before, one, two = ready(circled=True), ready(), ready(shot=other)
    later = ready()
    answer = press(ana, "circle", one, two)
    viewer.circle(later, by=pia, circled=True)
    answer.client.post(undo_of(answer))

    assert list(Render.objects.filter(circled=True)) == [later]
    before.refresh_from_db()
    assert not before.circled


def test_undo_leaves_what_somebody_has_chosen_again_since(press, ready, ana, pia):
    before, one = ready(circled=True), ready()
    answer = press(ana, "circle", one)
    viewer.circle(before, by=pia, circled=True)
    viewer.circle(one, by=pia, circled=True)
    answer.client.post(undo_of(answer))

    assert list(Render.objects.filter(circled=True)) == [one]


def test_undo_leaves_a_shot_whose_earlier_take_is_thrown_away(press, ready, ana, pia):
    before, one = ready(circled=True), ready()
    answer = press(ana, "circle", one)
    trash.trash_take(before, by=pia)
    said_so = answer.client.post(undo_of(answer), follow=True)

    assert "There was nothing to put back." in said(said_so)
    assert list(Render.objects.filter(circled=True)) == [one]


@pytest.mark.parametrize("asked", ["", "?first=x&last=y", "?first=9&last=1", f"?first=1&last={10**17}"])
def test_a_made_up_undo_takes_back_nothing_of_others(press, client_of, ready, ana, pia, project, asked):
    take = ready()
    press(ana, "circle", take)
    address = reverse("library:uncircle", args=[project.slug])
    assert client_of(pia).post(f"{address}{asked}").status_code == 302
    assert Render.objects.get(circled=True) == take


def test_undo_of_somebody_else_is_not_there(press, client_of, ready, ana, pia):
    take = ready()
    client_of(pia).post(undo_of(press(ana, "circle", take)))
    assert Render.objects.get(circled=True) == take


def test_of_one_shot_only_one(press, ready, ana, other):
    one, two, three = ready(), ready(), ready(shot=other)
    answer = press(ana, "circle", one, two, three)

    assert answer.status_code == 422
    assert "One take of a shot is circled, and here are several of 010." in said(answer)
    assert answer.content.decode().count(" checked>") >= 3, "what was ticked is ticked still"
    assert not Render.objects.filter(circled=True).exists()


def test_what_cannot_be_looked_at_is_not_circled(press, ready, ana, other):
    answer = press(ana, "circle", ready(), ready(shot=other, state="failed"))
    assert "020 take 1 is not ready." in said(answer)
    answer = press(ana, "circle", ready(shot=other, flagged=True))
    assert "is flagged: open and decide first" in said(answer)
    assert not Render.objects.filter(circled=True).exists()


def test_nothing_chosen_is_said(press, ana, ready):
    ready()
    answer = press(ana, "circle")
    assert answer.status_code == 422 and "Choose at least one take." in said(answer)


# --- throwing away ------------------------------------------------------------------------------


def test_takes_are_thrown_away_together_and_come_back_together(press, client_of, ready, pia, library):
    one, two, stays = ready(), ready(), ready()
    answer = press(pia, "throw_away", one, two)
    page = answer.client.get(answer.url)
    assert library(pia).codes == [str(stays.code)]

    undo = re.search(r'formaction="([^"]+/take-back[^"]+)"', page.content.decode())[1]
    earlier = ready()
    press(pia, "throw_away", earlier)
    client_of(pia).post(unescape(undo))
    assert set(library(pia).codes) == {str(take.code) for take in (one, two, stays)}


def test_a_take_on_its_way_stays_and_so_do_all(press, ready, pia, other):
    one, moving = ready(), ready(shot=other, state="rendering")
    answer = press(pia, "throw_away", one, moving)
    assert answer.status_code == 422
    assert "020 take 1: on the way." in said(answer)
    assert not Render.objects.exclude(trashed_at=None).exists()
    answer = press(pia, "throw_away", one, ready(state="expired"))
    assert "may still come and be charged" in said(answer)
    assert not Render.objects.exclude(trashed_at=None).exists()


def test_an_undo_that_means_nothing_is_no_error(client_of, pia, project):
    address = reverse("library:take_back", args=[project.slug])
    for at in ("", "yesterday", "2026-01-01", "9999-99-99T99:99:99Z", "2026-01-01T00:00:00+00:00"):
        assert client_of(pia).post(f"{address}?at={at.replace('+', '%2B')}").status_code == 302


# --- all that match -----------------------------------------------------------------------------


def test_all_that_match_are_found_by_the_same_search(press, ready, pia, other):
    kites = [ready(prompt="kite") for _ in range(5)]
    fog = ready(shot=other, prompt="fog")
    newest = Render.objects.latest("pk").pk
    late = ready(prompt="kite")  # after the page was drawn: nobody has seen it there
    press(pia, "throw_away", all="1", search="q=kite", newest=newest)

    gone = set(Render.objects.exclude(trashed_at=None))
    assert gone == set(kites) and fog not in gone and late not in gone


def test_all_is_bounded_and_it_is_said(press, ready, pia, monkeypatch):
    monkeypatch.setattr(selection, "MOST", 3)
    for _ in range(4):
        ready()
    answer = press(pia, "throw_away", all="1", search="")
    assert answer.status_code == 422
    assert "more than 3 takes" in said(answer)
    assert not Render.objects.exclude(trashed_at=None).exists()


def test_a_price_in_all_that_match_is_nothing_to_who_sees_none(press, ready, rae, project, pia):
    made = lists.create(project, by=rae, name="Dailies", takes=[ready(cost="9")], people=[rae])
    press(rae, "put_on_list", all="1", search="price-to=0.50", list=made.code)
    cheap = ready(cost="0.10")
    press(rae, "put_on_list", all="1", search="price-to=0.50", list=made.code)
    assert set(made.items.values_list("render", flat=True)) == {cheap.pk, made.items.first().render_id}


def test_takes_of_another_project_are_not_touched(press, ready, pia):
    elsewhere = actions.create_project(name="Another film", by=pia)
    stranger = ready(shot=actions.create_shot(elsewhere, by=pia, title="Kite"))
    assert press(pia, "throw_away", stranger).status_code == 422
    stranger.refresh_from_db()
    assert stranger.trashed_at is None


@pytest.mark.parametrize(
    "sent", [{"take": ["x", "\x00", "9" * 400]}, {"search": "q=%00\x00&before=x", "all": "1"}]
)
def test_nonsense_is_nothing_chosen(client_of, ready, pia, project, sent):
    answer = client_of(pia).post(reverse("library:circle", args=[project.slug]), {"list": "x\x00", **sent})
    assert answer.status_code == 422


# --- review lists -------------------------------------------------------------------------------


def test_takes_are_put_on_a_list(press, client_of, ready, ana, project, other):
    on_it = ready()
    made = lists.create(project, by=ana, name="Dailies", takes=[on_it], people=[ana])
    answer = press(ana, "put_on_list", on_it, ready(), ready(shot=other), list=made.code)
    assert "2 put on Dailies; 1 were on it." in said(answer.client.get(answer.url))
    assert made.items.count() == 3


def test_a_list_that_somebody_else_runs_or_that_is_closed_is_refused(press, ready, ana, pia, rae, project):
    take = ready()
    of_ana = lists.create(project, by=ana, name="Of Ana", takes=[take], people=[ana])
    answer = press(rae, "put_on_list", ready(), list=of_ana.code)
    assert answer.status_code == 422 and "somebody else runs it" in said(answer)
    lists.close(of_ana, by=pia)
    assert press(pia, "put_on_list", ready(), list=of_ana.code).status_code == 422
    assert press(pia, "put_on_list", ready(), list="nonsense").status_code == 422
    assert ReviewList.objects.get().items.count() == 1


def test_a_new_list_begins_with_the_chosen(press, client_of, ready, rae):
    one = ready()
    answer = press(rae, "put_on_list", one, list="new")
    page = client_of(rae).get(answer.url).content.decode()
    assert f'value="{one.code}" checked' in page


# --- download -----------------------------------------------------------------------------------


def test_the_originals_come_as_one_file(press, ready, bo, other):
    one, two, still = ready(filed=True), ready(shot=other, filed=True), ready(kind="still", filed=True)
    answer = press(bo, "download", one, two, still)
    bundle = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))

    assert bundle.testzip() is None
    assert sorted(bundle.namelist()) == [
        "TIDALOBSERVATORY_010_s01.jpg",
        "TIDALOBSERVATORY_010_t01.mp4",
        "TIDALOBSERVATORY_020_t01.mp4",
    ]
    for take in (one, two, still):
        assert bundle.read(take.file_name) == default_storage.open(take.file).read()


def test_two_files_of_one_name_are_both_in_it(press, ready, bo, pia, project):
    same = [actions.create_shot(project, by=pia, code=code) for code in ("A 1", "A/1")]
    takes = [ready(shot=shot, filed=True) for shot in same]
    bundle = zipfile.ZipFile(io.BytesIO(b"".join(press(bo, "download", *takes).streaming_content)))
    assert len(set(bundle.namelist())) == 2


def test_a_file_that_is_gone_is_said_before_anything_is_sent(press, ready, bo):
    one, gone = ready(filed=True), ready()
    answer = press(bo, "download", one, gone)
    assert answer.status_code == 422 and "There is no file of 010 take 2." in said(answer)


# --- side by side -------------------------------------------------------------------------------


def test_takes_of_different_shots_are_side_by_side_with_what_changed(client_of, press, ready, bo, other):
    one = ready(prompt="A kite over dunes", filed=True)
    two = ready(shot=other, prompt="A kite over snow", filed=True)
    still = ready(kind="still", filed=True)
    answer = press(bo, "compare", one, two, still, search="q=kite")
    page = client_of(bo).get(answer.url).content.decode()
    assert "<ins>snow</ins>" in page and "<del>dunes</del>" in page
    assert page.count('class="screen"') == 3
    assert f'data-code="{one.code}"' in page, "a clip leads"
    assert "?q=kite" in page, "the way back"


def test_two_takes_of_one_shot_are_compared_where_they_are_reviewed(client_of, press, ready, bo):
    one, two = ready(), ready()
    to = client_of(bo).get(press(bo, "compare", one, two).url).url
    assert "/review/shots/010/" in to and "mode=side" in to and str(one.code) in to


@pytest.mark.parametrize("number", [0, 1, 5])
def test_two_to_four(client_of, press, ready, bo, number):
    answer = press(bo, "compare", *[ready() for _ in range(number)])
    assert "/compare" not in client_of(bo).get(answer.url).url


def test_what_cannot_be_looked_at_is_not_compared(client_of, press, ready, bo, other):
    answer = press(bo, "compare", ready(), ready(shot=other, state="failed"))
    assert "/compare" not in client_of(bo).get(answer.url).url


# --- who ------------------------------------------------------------------------------------------


def test_the_bar_offers_what_one_may_do(library, ready, pia, ana, rae, bo):
    ready()
    offered = {
        "Circle": (pia, ana),
        "Put on it": (pia, ana, rae),
        "Throw away": (pia,),
        "Download": (pia, ana, rae, bo),
    }
    for person in (pia, ana, rae, bo):
        bar = library(person).html.partition('class="manybar')[2].partition("</fieldset>")[0]
        assert {word for word in offered if word in bar} == {
            word for word, who in offered.items() if person in who
        }


def test_in_a_project_put_away_nothing_is_changed(press, ready, pia, project):
    take = ready()
    actions.archive_project(project, by=pia)
    for name in ("circle", "throw_away", "put_on_list"):
        assert press(pia, name, take).status_code == 404
