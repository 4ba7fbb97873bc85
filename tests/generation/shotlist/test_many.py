"""What the bar below the list does to the ticked shots."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.planning.projects import actions
from studio.planning.projects.models import Shot
from studio.planning.references import giving
from studio.planning.references.models import Reference


@pytest.fixture
def shots(project, pia):
    return [actions.create_shot(project, by=pia, title=f"Shot {n}", prompt="Dunes") for n in range(4)]


@pytest.fixture
def do(client_of, pia, project):
    def do(what, shots, **fields):
        return client_of(pia).post(
            reverse("listing:many", args=[project.slug]),
            {"do": what, "shot": [shot.pk for shot in shots], **fields},
            follow=True,
        )

    return do


def test_a_scene_is_set_on_all_of_them(do, shots):
    page = do("change", shots[:3], scene="2 · Harbour")
    assert "3 shots changed" in page.content.decode()
    assert Shot.objects.filter(scene="2 · Harbour").count() == 3


def test_a_new_model_brings_settings_it_can_do(do, shots, pia):
    actions.change_shot(shots[0], by=pia, model="gen-4-turbo", aspect="1584x672", seconds=7)
    do("change", shots[:1], model="gen-4.5")
    shot = Shot.objects.get(pk=shots[0].pk)
    assert (shot.model, shot.preset.key, shot.seconds) == ("gen-4.5", shot.aspect, 8)


def test_an_aspect_is_a_preset_of_each_shots_own_model(do, shots, pia):
    actions.change_shot(shots[0], by=pia, model="gen-4-image", aspect="1360x768")
    do("change", shots[:2], aspect="4:3")
    for shot in Shot.objects.filter(pk__in=[shots[0].pk, shots[1].pk]):
        assert shot.preset.label == "4:3"
        assert shot.preset.key == shot.aspect


def test_copies_stand_behind_their_originals_under_codes_of_their_own(do, shots, project):
    page = do("duplicate", shots[:2])
    assert "2 copies made" in page.content.decode()
    found = list(project.shots.kept().in_order().values_list("code", "prompt"))
    assert [code for code, _ in found] == ["010", "011", "020", "021", "030", "040"]
    assert {prompt for _, prompt in found} == {"Dunes"}


def test_copies_are_given_the_references_of_their_originals(do, shots, project, frame):
    mira, harbour = (
        Reference.objects.create(project=project, name=name, picture=frame) for name in ("mira", "harbour")
    )
    giving.give_exactly(shots[0], [mira.pk, harbour.pk])
    giving.give_exactly(shots[1], [harbour.pk])
    do("duplicate", shots[:3])
    given = {shot.code: giving.given(shot) for shot in project.shots.kept()}
    assert given["011"] == given["010"] == [harbour.pk, mira.pk]
    assert given["021"] == given["020"] == [harbour.pk]
    assert given["031"] == []


def test_several_are_thrown_away_and_taken_back_together(do, shots, project, client_of, pia):
    page = do("throw-away", shots[:3]).content.decode()
    assert "3 shots are in the trash" in page
    assert project.shots.kept().count() == 1
    undo = page.split('formaction="')[1:]
    (address,) = [
        each.split('"')[0].replace("&amp;", "&") for each in undo if "take-back" in each.split('"')[0]
    ]
    client_of(pia).post(address)
    assert project.shots.kept().count() == 4


def test_an_artist_does_not_throw_away(client_of, ana, shots, project):
    answer = client_of(ana).post(
        reverse("listing:many", args=[project.slug]), {"do": "throw-away", "shot": [shots[0].pk]}
    )
    assert answer.status_code == 404
    assert project.shots.kept().count() == 4


def test_nothing_ticked_and_nothing_to_set_are_said(do, shots):
    assert "Tick some shots first" in do("change", []).content.decode()
    assert "Say what to change" in do("change", shots[:1]).content.decode()


@pytest.mark.parametrize(
    ("field", "value"), [("seconds", "7777"), ("model", "sora"), ("takes", "-1"), ("scene", "x" * 90)]
)
def test_what_cannot_be_is_refused_in_words(do, shots, field, value):
    page = do("change", shots[:1], **{field: value})
    assert page.status_code == 422
    assert 'class="error"' in page.content.decode()


def test_shots_of_another_project_are_not_among_the_ticked(do, shots, cid):
    other = actions.create_shot(actions.create_project(name="Other", by=cid), by=cid, title="Theirs")
    do("change", [other], scene="Stolen")
    other.refresh_from_db()
    assert other.scene == ""


def test_the_list_asks_the_same_questions_for_four_and_for_two_hundred(client_of, pia, project, shots):
    browser = client_of(pia)
    address = reverse("listing:list", args=[project.slug])
    browser.get(address)

    def count():
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
        return len(asked)

    few = count()
    Shot.objects.bulk_create(
        Shot(project=project, code=f"x{n}", position=5000 + n, model="gen-4.5", aspect="1280x720")
        for n in range(400)
    )
    assert count() == few


def test_pages_go_on_by_key(client_of, pia, project, shots):
    Shot.objects.bulk_create(
        Shot(project=project, code=f"x{n}", position=5000 + n, model="gen-4.5", aspect="1280x720")
        for n in range(250)
    )
    first = client_of(pia).get(reverse("listing:list", args=[project.slug])).content.decode()
    assert first.count("data-shot=") == 200
    key = first.split('href="?after=')[1].split('"')[0]
    second = client_of(pia).get(reverse("listing:list", args=[project.slug]), {"after": key}).content.decode()
    assert second.count("data-shot=") == 54
    assert 'data-before="x195"' in second


def test_a_wrong_code_to_move_behind_keeps_ticks_and_words(do, shots):
    page = do("move", shots[:2], after="999", scene="Typed")
    text = page.content.decode()
    assert page.status_code == 422
    assert "There is no shot 999" in text
    assert text.count(" checked") == 2 and 'value="999"' in text and 'value="Typed"' in text


def test_enter_beside_the_code_moves(do, shots, project):
    do("change", shots[:1], after="040")
    assert list(project.shots.in_order().values_list("code", flat=True)) == ["020", "030", "040", "010"]


def test_a_scene_can_be_taken_away_and_a_wish_stays_a_wish(do, shots, pia):
    actions.change_shot(shots[0], by=pia, scene="1", takes=99, seconds=7)
    do("change", shots[:1], no_scene="on")
    shot = Shot.objects.get(pk=shots[0].pk)
    assert (shot.scene, shot.takes, shot.seconds) == ("", 99, 7)
