"""Several people save the same words at the same moment: one is written, the others are asked."""

import pytest

from studio.core.versions import Basis, Overtaken
from studio.planning.projects import actions
from studio.planning.projects.models import Shot
from tests.generation.renders.test_failures_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_four_who_stand_on_the_same_version_one_is_written(pia, shot):
    asked = []

    def save(number):
        mine = Shot.objects.select_related("project").get(pk=shot.pk)
        try:
            actions.change_shot(mine, by=pia, basis=Basis(0, page=str(number)), title=f"Of {number}")
        except Overtaken as exc:
            asked.append((number, exc.theirs["title"].text))

    at_once(*[lambda number=number: save(number) for number in range(4)])
    shot.refresh_from_db()
    assert shot.version == 1
    assert len(asked) == 3
    assert {theirs for _, theirs in asked} == {shot.title}


def test_of_four_who_write_different_words_all_are_written(pia, shot):
    fields = {"title": "T", "scene": "S", "prompt": "P", "code": "C1"}

    def save(name):
        mine = Shot.objects.select_related("project").get(pk=shot.pk)
        actions.change_shot(mine, by=pia, basis=Basis(0, page=name), **{name: fields[name]})

    at_once(*[lambda name=name: save(name) for name in fields])
    shot.refresh_from_db()
    assert {name: getattr(shot, name) for name in fields} == fields
    assert shot.version == 4
