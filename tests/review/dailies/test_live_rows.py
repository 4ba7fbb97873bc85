"""Open pages hear that their rows of takes and shots are others now, and only then."""

import json

import pytest

from studio.generation.trash import trash
from studio.generation.viewer import viewer
from studio.planning.projects import actions
from studio.runtime.live import frames


@pytest.fixture
def told(project):
    """What open pages are sent for what is done inside: `told(lambda: …)`."""

    def told(act):
        project.refresh_from_db()
        act()
        sent = frames.draw(project.pk, project.last_event, {"member", "money"}).texts.values()
        return {"rows-changed" in json.loads(text).get("html", "") for text in sent}

    return told


def test_rows_are_asked_for_when_a_take_comes_goes_or_stands_for_its_shot(told, project, ana, ready, order):
    take = ready()
    assert told(lambda: order()) == {True}
    assert told(lambda: viewer.circle(take, by=ana, circled=True)) == {True}
    assert told(lambda: trash.trash_take(take, by=ana)) == {True}
    assert told(lambda: trash.restore_take(take, by=ana)) == {True}
    shot = actions.create_shot(project, by=ana)
    assert told(lambda: actions.change_shot(shot, by=ana, title="The gate")) == {True}


def test_what_no_row_shows_makes_nobody_ask(told, ana, shot, ready):
    take = ready()
    assert told(lambda: actions.change_shot(shot, by=ana, prompt="Dusk")) == {False}
    assert told(lambda: take.touch("render.copied")) == {False}
