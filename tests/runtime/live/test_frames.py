"""What a frame holds: everything since a number, once, drawn for those who may read it."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from studio.generation.renders.models import Render
from studio.runtime.live import frames
from studio.runtime.live.models import Event

PRICE = "$"


def drawn(project, since, audience="money"):
    return json.loads(frames.draw(project.pk, since, {audience}).texts[audience])


@pytest.fixture
def since(project, shot):
    project.refresh_from_db()
    return project.last_event


def test_a_frame_says_from_where_to_where_it_goes(project, order, since):
    order(takes=2)

    frame = drawn(project, since)
    assert (frame["from"], frame["seq"]) == (since + 1, since + 2)


def test_nothing_new_is_an_empty_frame(project, since):
    frame = drawn(project, since)

    assert (frame["seq"], frame["html"]) == (since, "")


def test_several_events_of_a_take_are_drawn_once_as_it_is_now(project, order, since):
    (take,) = order()
    take.move_to("submitting")
    take.move_to("rendering")

    html = drawn(project, since)["html"]
    assert html.count(f'id="render-{take.code}"') == 1
    assert 'data-state="rendering"' in html
    assert 'data-state="queued"' not in html


def test_a_member_never_gets_a_price(project, order, since, engine):
    """Through a whole life, and for a take that waits because of the budget."""
    project.budget = 1
    project.save()
    order(takes=3)
    states = set()
    for _ in range(6):
        states |= set(Render.objects.values_list("state", flat=True))
        frame = frames.draw(project.pk, since, {"money", "member"})
        member, money = (json.loads(frame.texts[audience])["html"] for audience in ("member", "money"))
        assert PRICE not in member
        assert "budget" not in member.replace("over the project&#x27;s budget", "")
        assert PRICE in money
        engine.step()
    assert {"queued", "waiting", "ready"} <= states | set(Render.objects.values_list("state", flat=True))


def test_a_move_that_starts_or_ends_a_take_tells_the_counts_anew(project, order, since):
    (take,) = order()
    assert 'id="filters"' in drawn(project, since)["html"]

    project.refresh_from_db()
    take.move_to("submitting")
    frame = drawn(project, project.last_event)
    assert 'id="filters"' not in frame["html"]

    project.refresh_from_db()
    take.move_to("failed")
    html = drawn(project, project.last_event - 1, "member")["html"]
    assert 'id="filters"' in html
    assert f'id="status-{take.shot.code}"' in html


def test_takes_that_became_ready_are_named(project, order, since, engine):
    (take,) = order()
    engine.run()

    assert drawn(project, since)["ready"] == [str(take.code)]


def test_who_missed_very_much_loads_the_page_again(project, since, monkeypatch, order):
    monkeypatch.setattr(frames, "MOST", 2)
    order(takes=3)

    frame = drawn(project, since)
    assert frame["reload"] is True
    assert frame["seq"] == since + 3


def test_an_event_of_a_kind_nobody_draws_still_counts(project, since):
    Event.objects.create(project=project, seq=since + 1, kind="mystery.happened")

    frame = drawn(project, since)
    assert (frame["seq"], frame["html"]) == (since + 1, "")


def test_a_second_audience_costs_one_query_more_for_its_money(project, order, since):
    (take,) = order()
    take.move_to("submitting")

    def queries(*audiences):
        with CaptureQueriesContext(connection) as seen:
            frames.draw(project.pk, since, audiences)
        return len(seen)

    queries("member")  # how long takes usually take is known from here on
    assert queries("member", "money") == queries("member") + 1
