"""Cards are drawn for many and hold no button; each page has what its reader may press on them, by rights."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders import live_fragments, take_controls
from studio.generation.renders.models import Render
from studio.layout import personal_controls
from studio.planning.projects import access

VERBS = ("allow", "cancel", "go-on")
BUTTON = re.compile(r'formaction="/takes/([\w-]+)/([\w-]+)"[^>]*>([^<]*)<')


@pytest.fixture
def takes(ready):
    """One that waits for a producer, one held by hand, one that can still be undone."""
    soon = timezone.now() + timezone.timedelta(minutes=5)
    waiting = ready(state="waiting", estimate=Decimal("1.21"))
    held = ready(state="queued", held_at=timezone.now())
    queued = ready(state="queued", due_at=soon)
    return waiting, held, queued


def on_page(client_of, user, address):
    """What the page offers on takes, as (take, verb, words)."""
    page = client_of(user).get(address).text
    return set(BUTTON.findall(re.sub(r"<template.*?</template>", "", page, flags=re.S))), page


def test_no_card_holds_a_button_for_any_audience(takes):
    for take in takes:
        for audience in ("money", "member"):
            html = live_fragments.card(take, audience)
            assert not re.search(r"<button|hx-post|formaction", html)
        assert "data-price" not in live_fragments.card(take, "member")


def test_each_page_of_takes_offers_what_its_reader_may(client_of, ana, pia, rae, bo, project, shot, takes):
    waiting, held, queued = (str(take.code) for take in takes)
    theirs = {
        (waiting, "cancel", "Take back"),
        (held, "go-on", "Go on"),
        (held, "cancel", "Take back"),
        (queued, "cancel", "Undo"),
    }
    board, page = reverse("board:board", args=[project.slug]), shot.get_absolute_url()
    for address in (board, page, board):  # the second time it is a kept page
        for user, expected in (
            (ana, theirs),
            (pia, theirs | {(waiting, "allow", "Allow $1.21")}),
            (rae, set()),
            (bo, set()),
        ):
            found, html = on_page(client_of, user, address)
            assert {each for each in found if each[1] in VERBS} >= expected, user
            if not expected:
                assert not {each for each in found if each[1] in VERBS}
            assert ('<template id="controls-take-waiting">' in html) is bool(expected)
            assert ("Allow {price}" in html) is (user == pia)


def test_a_card_asked_for_alone_has_its_readers_controls(client_of, ana, pia, takes):
    address = reverse("viewer:card", args=[takes[0].code])
    assert "/allow" in client_of(pia).get(address).text
    assert "/allow" not in client_of(ana).get(address).text


def test_in_an_archived_project_a_card_offers_nothing(client_of, ana, project, takes):
    type(project).objects.filter(pk=project.pk).update(archived_at=timezone.now())
    found, _ = on_page(client_of, ana, reverse("board:board", args=[project.slug]))
    assert found == set()


def test_what_a_place_says_stands_in_its_controls_and_nothing_more():
    place = '<span class="row" data-controls="x" data-code="c-1" data-price="&lt;b&gt;"></span>'
    controls = {
        "x": f'<button formaction="/{personal_controls.PLACEHOLDER}/">Allow {{price}} {{other}}</button>'
    }
    assert personal_controls.fill(place, controls) == place.replace(
        "></span>", '><button formaction="/c-1/">Allow &lt;b&gt; {other}</button></span>'
    )
    assert personal_controls.fill(place, {}) == place
    assert personal_controls.fill(place, {"y": "<b>"}) == place


def test_they_are_by_rights(project, pia, ana, rae):
    seats = [access.seat_on(user, project) for user in (pia, ana, rae)]
    assert ["/allow" in take_controls.of(seat).get("take-waiting", "") for seat in seats] == [
        True,
        False,
        False,
    ]
    assert take_controls.of(None) == {} == take_controls.of(seats[2])
    assert Render.objects.count() == 0
