"""A press orders what its page showed: where somebody else changed it meanwhile, nothing is ordered and that is said."""

import re

import pytest
from django.urls import reverse

from studio.generation.renders.models import Render
from studio.planning.projects import actions
from studio.planning.references import actions as shelf

STILL = {"model": "gen-4-image", "aspect": "1360x768", "seconds": None}


@pytest.fixture
def opened(client_of, ana, shot):
    """The shot's page as Ana has it open: `opened()()` presses Render on it."""

    def opened():
        browser = client_of(ana)
        page = browser.get(shot.get_absolute_url()).text
        sent = {"prompt": shot.prompt, **dict(re.findall(r'name="(shown_\w+)" value="([^"]*)"', page))}
        return lambda: browser.post(reverse("board:render", args=[shot.project.slug, shot.code]), sent)

    return opened


def test_what_nobody_changed_is_ordered(opened, shot, pia, frame):
    actions.change_shot(shot, by=pia, first_frame=frame)
    assert opened()().status_code == 302
    assert Render.objects.count() == 1


def test_another_first_frame_is_not_ordered_unseen(opened, shot, pia, frame):
    press = opened()
    actions.change_shot(shot, by=pia, first_frame=frame)
    response = press()

    assert "The first frame is another than was shown here, so nothing was ordered." in response.text
    assert not Render.objects.exists()
    assert opened()().status_code == 302


def test_another_look_is_not_ordered_unseen_unless_the_shot_has_none(opened, project, shot, pia):
    press = opened()
    actions.change_project(project, by=pia, look="16 mm")
    assert "The project&#x27;s look is another" in press().text
    assert not Render.objects.exists()

    actions.change_shot(shot, by=pia, no_look=True)
    press = opened()
    actions.change_project(project, by=pia, look="35 mm")
    assert press().status_code == 302


def test_other_references_of_a_still_are_not_ordered_unseen(opened, project, shot, pia, frame):
    mira = shelf.add(project, frame, name="mira", kind="character", by=pia)
    press = opened()
    shelf.give(shot, mira, by=pia)
    assert press().status_code == 302  # a clip takes none

    actions.change_shot(shot, by=pia, **STILL)
    press = opened()
    shelf.take_back(shot, mira, by=pia)
    assert "The references are others than was shown here" in press().text
    assert Render.objects.count() == 1


def test_what_a_draft_answers_does_not_hide_that_the_frame_is_another(
    opened, client_of, ana, shot, pia, frame
):
    press = opened()
    actions.change_shot(shot, by=pia, first_frame=frame)
    address = reverse("board:draft", args=[shot.project.slug, shot.code])
    headers = {"HX-Request": "true"}
    answer = client_of(ana).post(address, {"prompt": "A red kite", "part": "prompt"}, headers=headers).text

    assert "shown_frame" not in answer  # the picture is not drawn anew by it
    assert "The first frame is another" in press().text
