"""The number in the bar of open pages is drawn when it changes, and the open drawer hears of every move."""

import re

import pytest

from studio.generation.orders import queue_actions
from studio.generation.renders.models import Render
from studio.generation.trash import trash
from studio.planning.projects import actions
from studio.planning.projects.models import Project
from studio.runtime.live import frames

SIGN = 'data-signal="queue-moved"'


@pytest.fixture
def told(project):
    """What open pages are told of what happens inside: `with told() as news: …`, then `news.number`."""

    class News:
        def __enter__(self):
            self.since = Project.objects.get(pk=project.pk).last_event
            return self

        def __exit__(self, *_):
            self.html = frames.draw(project.pk, self.since, {"money"}).texts["money"].replace('\\"', '"')

        @property
        def number(self):
            """The number drawn; None where the bar stays as it is, 0 where nothing is on its way."""
            if 'id="queue-count"' not in self.html:
                return None
            found = re.search(r'queuecount__number">(\d+)<', self.html)
            return int(found[1]) if found else 0

    return News


def test_an_order_and_an_end_draw_it(told, order, ready):
    with told() as news:
        one, _ = order(takes=2)
    assert news.number == 2
    with told() as news:
        one.move_to("cancelled")
    assert news.number == 1


def test_a_take_that_only_goes_on_draws_no_number_and_is_heard_of(told, order):
    (take,) = order()
    with told() as news:
        take.move_to("submitting")
        take.move_to("rendering")
    assert news.number is None
    assert SIGN in news.html


def test_a_take_that_is_held_by_hand_is_not_counted(told, order, ana):
    takes = order(takes=2)
    with told() as news:
        queue_actions.hold(takes[:1], by=ana)
    assert news.number == 1


def test_what_a_shot_in_the_trash_has_on_its_way_is_not_counted(told, order, pia, project, shot):
    order()
    Render.objects.update(state="rendering")
    with told() as news:
        trash.trash_shots(project, [shot], by=pia)
    assert news.number == 0


def test_another_change_of_a_shot_leaves_it_alone(told, order, pia, shot):
    order()
    with told() as news:
        actions.change_shot(shot, by=pia, title="Another kite")
    assert news.number is None
