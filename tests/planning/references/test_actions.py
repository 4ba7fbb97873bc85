"""What people do with the shelf, and what is written down of it."""

import pytest

from studio.planning.projects import actions as projects
from studio.planning.references import actions
from studio.planning.references.models import Reference
from studio.planning.references.shelf import Shelf
from studio.runtime.live.models import Event


@pytest.fixture
def mira(project, frame, pia):
    return actions.add(project, frame, name="mira", kind="character", by=pia)


def told(project):
    return list(
        Event.objects.filter(project=project, kind__startswith="shelf.").values_list("kind", flat=True)
    )


def test_each_change_is_an_event_once(project, mira, pia):
    actions.change(mira, by=pia, name="keeper", kind="character")
    actions.change(mira, by=pia, name="keeper")
    actions.remove(mira, by=pia)
    actions.remove(mira, by=pia)
    assert told(project) == ["shelf.added", "shelf.changed", "shelf.removed"]
    assert Event.objects.get(kind="shelf.changed").payload == {
        "fields": ["name"],
        "name": "keeper",
        "was": "mira",
    }


def test_a_name_stands_once_on_a_shelf(project, frame, mira, pia):
    harbour = actions.add(project, frame, name="harbour", kind="place", by=pia)
    with pytest.raises(actions.NotPossible, match="There is a @mira on the shelf already"):
        actions.add(project, frame, name="mira", kind="place", by=pia)
    with pytest.raises(actions.NotPossible, match="There is a @mira"):
        actions.change(harbour, by=pia, name="mira")
    assert harbour.name == "harbour"


def test_a_full_shelf_says_so(project, frame, mira, pia, monkeypatch):
    monkeypatch.setattr(actions, "MOST", 1)
    with pytest.raises(actions.NotPossible, match="holds 1 pictures"):
        actions.add(project, frame, name="harbour", kind="place", by=pia)


def test_a_picture_of_another_project_is_not_put_there(project, frame, pia):
    other = projects.create_project(name="Another", by=pia)
    with pytest.raises(actions.NotPossible):
        actions.add(other, frame, name="mira", kind="place", by=pia)
    assert not Reference.objects.exists()


def test_given_twice_is_given_once(shot, mira, pia):
    actions.give(shot, mira, by=pia)
    actions.give(shot, mira, by=pia)
    assert Shelf(shot.project).given_to(shot.pk) == [mira]
    assert Event.objects.filter(kind="shot.changed").count() == 1
    actions.take_back(shot, mira, by=pia)
    assert Shelf(shot.project).given_to(shot.pk) == []


def test_a_new_name_is_written_into_prompts_and_the_look(project, shot, mira, pia):
    projects.change_shot(shot, by=pia, prompt="@Mira at the window, @miranda behind")
    projects.change_project(project, by=pia, look="As @mira sees it.")
    projects.create_shot(project, by=pia, prompt="Write to a@mira.example")
    assert actions.reword(project, "mira", "keeper", by=pia) == 2
    project.refresh_from_db()
    assert project.look == "As @keeper sees it."
    assert set(project.shots.values_list("prompt", flat=True)) == {
        "@keeper at the window, @miranda behind",
        "Write to a@mira.example",
    }
