"""The project's look: a sentence behind every prompt, counted with it, left out where a shot says so."""

import pytest
from django.urls import reverse

from studio.generation.composer.composer import Composer
from studio.generation.renders.models import Render
from studio.planning.projects import actions
from tests import pages

LOOK = "35mm, soft dusk light"


@pytest.fixture
def with_look(project, pia, shot):
    actions.change_project(project, by=pia, look=LOOK)
    shot.project.refresh_from_db()
    return project


@pytest.fixture
def press(client_of, ana, shot):
    def press(**fields):
        return client_of(ana).post(reverse("board:render", args=[shot.project.slug, shot.code]), fields)

    return press


def test_a_producer_writes_it_and_bad_ones_are_refused(client_of, pia, project):
    browser, address = client_of(pia), reverse("prompts:look", args=[project.slug])
    assert browser.post(address, {"look": f"{LOOK}\n on film "}).status_code == 302
    project.refresh_from_db()
    assert project.look == f"{LOOK} on film"
    for typed, sentence in (
        ("x" * 501, "501 characters long; 500"),
        ("{a|b}", "Braces and bars are for variables"),
    ):
        answer = browser.post(address, {"look": typed})
        assert answer.status_code == 422
        assert sentence in answer.content.decode() and typed in answer.content.decode()


def test_it_is_sent_behind_the_words_and_frozen(with_look, press, project, pia):
    press(prompt="Dunes", look="on")
    actions.change_project(project, by=pia, look="Another")
    take = Render.objects.get()
    assert (take.prompt, take.words, take.look) == (f"Dunes {LOOK}", "Dunes", LOOK)


def test_the_counter_counts_what_is_sent(with_look, shot):
    shot.prompt = "🎬 Dunes"
    assert Composer(shot).desk.units == 8 + 1 + len(LOOK)
    shot.no_look = True
    assert Composer(shot).desk.units == 8
    shot.prompt = "{a|bcd} x"
    assert Composer(shot).desk.units == 5


def test_words_that_fit_alone_do_not_fit_with_it(with_look, press):
    typed = "x" * (1000 - len(LOOK))
    answer = press(prompt=typed, look="on")
    assert answer.status_code == 422
    assert "1001 characters long with the project&#x27;s look; 1000 is the most." in answer.content.decode()
    assert press(prompt=typed, look="off").status_code == 302


def test_a_shot_goes_without_it(with_look, client_of, ana, shot):
    browser, address = client_of(ana), reverse("board:draft", args=[shot.project.slug, shot.code])
    shown = browser.get(shot.get_absolute_url()).content.decode()
    assert f"with the project’s look {LOOK}" in pages.text(shown)
    for sent, kept in (("off", True), (["off", "on"], False)):
        data = {"prompt": "Not kept by this", "look": sent, "part": "look"}
        assert browser.post(address, data, headers={"HX-Request": "true"}).status_code == 200
        shot.refresh_from_db()
        assert shot.no_look is kept
        assert shot.prompt != "Not kept by this"


def test_without_a_look_nothing_is_asked(client_of, ana, shot):
    assert 'name="look"' not in client_of(ana).get(shot.get_absolute_url()).content.decode()
