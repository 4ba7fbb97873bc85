"""A shot is stale when the shot it starts from circles another take: worked out, said, and refreshed by hand."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.generation.board import board
from studio.generation.renders.models import Render
from studio.generation.reuse import continue_from_frame, frame_links
from studio.generation.trash import trash
from studio.generation.viewer import viewer
from studio.planning.projects import actions
from studio.planning.projects.models import Shot
from studio.runtime.live import frames
from tests import numbered

TOLD = "Starts from 010 take 1; 010 now circles take 2."


@pytest.fixture
def takes(shot):
    """Two takes of 010, the first circled: 48 frames and 32."""
    first = numbered.take_of(shot, frames=48, circled=True)
    return first, numbered.take_of(shot, frames=32, first=128)


@pytest.fixture
def dependent(project, ana, takes):
    """020, which starts from frame 20 of the first take of 010."""
    shot = actions.create_shot(project, by=ana, title="Lamp room")
    picture = continue_from_frame.picture_of(takes[0], 20, by=ana)
    actions.change_shot(shot, by=ana, first_frame=picture)
    return shot


def page_of(client, shot):
    return client.get(shot.get_absolute_url()).text


def test_it_is_not_stale_while_that_take_stands(client_of, ana, dependent):
    page = page_of(client_of(ana), dependent)

    assert "Starts from" not in page and "Refresh the frame" not in page


def test_it_says_from_what_to_what_and_what_a_new_take_costs(client_of, ana, takes, dependent):
    viewer.circle(takes[1], by=ana, circled=True)
    page = page_of(client_of(ana), dependent)

    assert TOLD in page and "A new take is $0.61." in page and "Refresh the frame" in page
    assert TOLD in client_of(ana).get(dependent.project.get_absolute_url()).text


def test_a_viewer_reads_it_without_the_price_and_without_the_button(client_of, ana, bo, takes, dependent):
    viewer.circle(takes[1], by=ana, circled=True)
    page = page_of(client_of(bo), dependent)

    assert TOLD in page
    assert "$" not in page and "Refresh the frame" not in page


def test_no_circle_at_all_makes_nothing_stale(ana, takes, dependent):
    viewer.circle(takes[0], by=ana, circled=False)

    assert not frame_links.source_of(dependent).is_stale


def test_a_take_that_was_thrown_away_makes_it_stale(client_of, pia, takes, dependent):
    trash.trash_take(takes[0], by=pia)
    page = page_of(client_of(pia), dependent)

    assert "Starts from 010 take 1, which was thrown away." in page
    assert "Refresh the frame" not in page  # from what?
    assert f"{takes[0].get_absolute_url()}&amp;frame" not in page
    viewer.circle(takes[1], by=pia, circled=True)
    assert "which was thrown away; 010 now circles take 2." in page_of(client_of(pia), dependent)


def test_a_take_that_is_gone_for_good_is_still_named(client_of, pia, takes, dependent):
    Render.objects.filter(pk=takes[0].pk).delete()

    assert "Starts from 010, take 1, frame 20; that take is gone." in page_of(client_of(pia), dependent)


def test_a_shot_is_not_stale_for_its_own_takes(ana, shot, takes):
    picture = continue_from_frame.picture_of(takes[0], 47, by=ana)
    actions.change_shot(shot, by=ana, first_frame=picture)
    viewer.circle(takes[1], by=ana, circled=True)

    assert not frame_links.source_of(shot).is_stale


@pytest.mark.parametrize(
    ("frame", "becomes"), [(20, 20), (40, 31), (47, 31), (31, 31)], ids=["same", "shorter", "last", "fits"]
)
def test_refreshing_takes_the_same_frame_or_the_last(client_of, ana, takes, dependent, frame, becomes):
    actions.change_shot(
        dependent, by=ana, first_frame=continue_from_frame.picture_of(takes[0], frame, by=ana)
    )
    viewer.circle(takes[1], by=ana, circled=True)
    client = client_of(ana)
    address = reverse("composer:refresh_frame", args=[dependent.project.slug, dependent.code])
    page = client.post(address, follow=True)

    dependent.refresh_from_db()
    assert dependent.first_frame.from_take == takes[1].code
    assert dependent.first_frame.from_frame == becomes
    assert not frame_links.source_of(dependent).is_stale
    assert not dependent.renders.exists()  # nothing renders by itself
    (said,) = page.context["messages"]
    client.post(said.extra_tags)
    dependent.refresh_from_db()
    assert dependent.first_frame.from_take == takes[0].code


def test_the_last_frame_stays_the_last_one_of_a_longer_take(client_of, ana, takes, dependent):
    first, second = takes
    actions.change_shot(dependent, by=ana, first_frame=continue_from_frame.picture_of(second, 31, by=ana))
    client_of(ana).post(reverse("composer:refresh_frame", args=[dependent.project.slug, dependent.code]))

    dependent.refresh_from_db()
    assert (dependent.first_frame.from_take, dependent.first_frame.from_frame) == (first.code, 47)


def test_the_crop_stays_where_it_was(client_of, ana, takes, dependent):
    crop = {"left": 10.0, "top": 0.0, "width": 160.0, "for": "1280x720"}
    actions.change_shot(dependent, by=ana, crop=crop)
    viewer.circle(takes[1], by=ana, circled=True)
    client_of(ana).post(reverse("composer:refresh_frame", args=[dependent.project.slug, dependent.code]))

    dependent.refresh_from_db()
    assert dependent.crop == crop


def test_what_is_not_stale_is_not_refreshed(client_of, ana, dependent):
    before = dependent.first_frame_id
    address = reverse("composer:refresh_frame", args=[dependent.project.slug, dependent.code])

    assert "no newer frame" in client_of(ana).post(address, follow=True).text
    dependent.refresh_from_db()
    assert dependent.first_frame_id == before


def test_a_veiled_take_is_named_and_not_used(client_of, ana, takes, dependent):
    viewer.circle(takes[1], by=ana, circled=True)
    Render.objects.filter(pk=takes[1].pk).update(flagged=True)
    page = page_of(client_of(ana), dependent)

    assert TOLD in page and "Refresh the frame" not in page


# --- live ---------------------------------------------------------------------------------


def told(project, since):
    """What open pages hear of the events after this number, by audience."""
    frame = frames.draw(project.pk, since, {"money", "member"})
    return {audience: json.loads(text).get("html", "") for audience, text in frame.texts.items()}


def test_open_pages_of_the_dependent_shot_and_the_board_follow_the_circle(project, ana, takes, dependent):
    project.refresh_from_db()
    viewer.circle(takes[1], by=ana, circled=True)
    heard = told(project, project.last_event)

    for html in heard.values():
        assert 'id="chain-020"' in html and 'id="stale-020"' in html and TOLD in html
    assert "$0.61" in heard["money"] and "Refresh the frame" in heard["money"]
    assert "$" not in heard["member"] and "Refresh the frame" not in heard["member"]


def test_they_follow_when_it_is_refreshed(project, ana, takes, dependent):
    viewer.circle(takes[1], by=ana, circled=True)
    project.refresh_from_db()
    continue_from_frame.refresh(dependent, frame_links.source_of(dependent), by=ana)

    html = told(project, project.last_event)["money"]
    assert 'id="chain-020"' in html and "Starts from" not in html
    assert ">from 010, take 2, frame 20</a>" in html  # on the row


def test_a_take_on_its_way_says_nothing_of_the_chain(project, ana, order, dependent):
    project.refresh_from_db()
    order()

    assert "chain-" not in told(project, project.last_event)["money"]


# --- the board ----------------------------------------------------------------------------


def test_sixty_linked_shots_take_as_many_queries_as_five(client_of, pia, project, takes, dependent):
    def link(number):
        for _ in range(number):
            shot = actions.create_shot(project, by=pia, title="Kite")
            actions.change_shot(shot, by=pia, first_frame=dependent.first_frame)

    def queries(number):
        link(number)
        project.refresh_from_db()
        with CaptureQueriesContext(connection) as seen:
            rows, _ = board.page(project)
        assert sum(row.source is not None for row in rows) >= min(number, 40)
        return len(seen)

    assert queries(5) == queries(55) == 3


def test_a_frame_that_somebody_chose_meanwhile_is_not_refreshed_away(ana, takes, dependent, frame):
    viewer.circle(takes[1], by=ana, circled=True)
    source = frame_links.source_of(dependent)
    Shot.objects.filter(pk=dependent.pk).update(first_frame=frame)

    with pytest.raises(continue_from_frame.Gone, match="another first frame meanwhile"):
        continue_from_frame.refresh(dependent, source, by=ana)
    dependent.refresh_from_db()
    assert dependent.first_frame == frame
