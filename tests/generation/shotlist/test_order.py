"""The order of the shot list: moved by one or by many, by two people at once, in a constant number of statements."""

from concurrent.futures import ThreadPoolExecutor

import hypothesis.strategies as st
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings

from studio.planning.projects import actions, shot_order
from studio.planning.projects.models import Shot


def codes(project):
    return list(project.shots.kept().in_order().values_list("code", flat=True))


@pytest.fixture
def shots(project, pia):
    return [actions.create_shot(project, by=pia, code=f"{number}0") for number in range(1, 7)]


def move(browser, project, shots, after):
    return browser.post(
        reverse("listing:move", args=[project.slug]),
        {"shot": [shot.pk for shot in shots], "after": after},
        headers={"Accept": "application/json"},
    )


def test_a_shot_is_put_behind_another(client_of, ana, project, shots):
    assert move(client_of(ana), project, [shots[0]], "30").json()["seq"]
    assert codes(project) == ["20", "30", "10", "40", "50", "60"]


def test_several_keep_their_order(client_of, ana, project, shots):
    move(client_of(ana), project, [shots[4], shots[1], shots[3]], "60")
    assert codes(project) == ["10", "30", "60", "20", "40", "50"]


def test_behind_nothing_is_the_beginning(client_of, ana, project, shots):
    move(client_of(ana), project, [shots[5]], "")
    assert codes(project) == ["60", "10", "20", "30", "40", "50"]


def test_behind_one_that_moves_itself_is_behind_the_one_before(client_of, ana, project, shots):
    move(client_of(ana), project, [shots[1], shots[2]], "30")
    assert codes(project) == ["10", "20", "30", "40", "50", "60"]


def test_behind_a_shot_that_is_not_there_is_refused_in_words(client_of, ana, project, shots):
    answer = move(client_of(ana), project, [shots[0]], "99")
    assert answer.status_code == 422
    assert answer.json()["problem"] == "There is no shot 99 to put them behind."
    assert codes(project) == ["10", "20", "30", "40", "50", "60"]


def test_without_scripts_the_bar_moves_the_ticked(client_of, ana, project, shots):
    answer = client_of(ana).post(
        reverse("listing:many", args=[project.slug]), {"shot": [shots[0].pk], "after": "20", "do": "move"}
    )
    assert answer.status_code == 302
    assert codes(project) == ["20", "10", "30", "40", "50", "60"]


def test_two_thousand_shots_cost_as_many_statements_as_six(client_of, ana, project, shots):
    browser = client_of(ana)

    def count(shots, after):
        with CaptureQueriesContext(connection) as asked:
            assert move(browser, project, shots, after).status_code == 200
        return len(asked)

    few = count(shots[:1], "30")
    Shot.objects.bulk_create(
        Shot(project=project, code=f"x{number}", position=number, model="gen-4.5", aspect="1280x720")
        for number in range(2000)
    )
    many = Shot.objects.filter(project=project, code__startswith="x")[:300]
    assert count(many, "50") == few


@pytest.mark.django_db(transaction=True)
def test_two_people_who_move_at_once_both_get_what_they_asked_for(project, shots, pia, ana):
    def go(what):
        shot, after, by = what
        try:
            shot_order.move(project, [shot], after=after, by=by)
        finally:
            connection.close()

    wishes = [(shots[0], shots[5], pia), (shots[1], shots[3], ana)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(go, wishes))
    now = codes(project)
    assert now.index("10") == now.index("60") + 1
    assert now.index("20") == now.index("40") + 1
    assert sorted(now) == ["10", "20", "30", "40", "50", "60"]


@given(moves=st.lists(st.tuples(st.sets(st.integers(0, 5), min_size=1), st.integers(-1, 5)), max_size=6))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_moving_never_loses_a_shot_and_keeps_the_rest_in_order(project, pia, moves):
    Shot.objects.all().delete()
    shots = [actions.create_shot(project, by=pia, code=f"{number}0") for number in range(1, 7)]
    expected = codes(project)
    for which, behind in moves:
        moved = [shots[index] for index in sorted(which)]
        after = None if behind < 0 else shots[behind]
        shot_order.move(project, moved, after=after, by=pia)
        expected = _moved(expected, {shot.code for shot in moved}, after and after.code)
        assert codes(project) == expected


def _moved(order, moved, after):
    """The same on a plain list."""
    going = [code for code in order if code in moved]
    cut = order.index(after) + 1 if after else 0
    head = [code for code in order[:cut] if code not in moved]
    tail = [code for code in order[cut:] if code not in moved]
    return [*head, *going, *tail]
