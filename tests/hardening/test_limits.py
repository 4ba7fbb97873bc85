"""Too often within a minute: 429 and a sentence, nothing typed lost, nobody else stopped."""

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from studio.core import rate_limits
from studio.generation.renders import fast_webhooks, tokens
from studio.generation.renders.models import Render
from studio.planning.projects.models import Picture

THIS_MINUTE = 4_000_000_000


@pytest.fixture(autouse=True)
def two_a_minute(settings, monkeypatch):
    """And no minute ends in the middle of a test."""
    monkeypatch.setattr("django_ratelimit.core._get_window", lambda value, period: THIS_MINUTE)
    settings.PRESSES_PER_MINUTE = settings.UPLOADS_PER_MINUTE = settings.WRONG_TOKENS_PER_MINUTE = 2


@pytest.fixture
def press(client_of, shot):
    """Press Render as somebody."""

    def press(user, *, prompt="Dunes", htmx=False, **more):
        address = reverse("board:render", args=[shot.project.slug, shot.code])
        headers = {"HX-Request": "true"} if htmx else {}
        return client_of(user).post(address, {"prompt": prompt, **more}, headers=headers)

    return press


def test_a_third_press_orders_nothing_and_keeps_what_was_typed(press, ana, shot):
    assert [press(ana).status_code for _ in range(2)] == [302, 302]
    ordered = Render.objects.count()

    refused = press(ana, prompt="A sea of glass")
    assert (refused.status_code, Render.objects.count()) == (429, ordered)
    page = refused.content.decode()
    assert rate_limits.TOO_OFTEN in page
    assert ">A sea of glass</textarea>" in page
    shot.refresh_from_db()
    assert shot.prompt == "A sea of glass"


def test_a_script_is_told_the_same(press, ana):
    """htmx swaps nothing for a 429: `page.js` says it, and the form stays as it is."""
    assert [press(ana, htmx=True).status_code for _ in range(3)] == [200, 200, 429]


def test_somebody_else_is_not_stopped(press, ana, pia):
    assert [press(ana).status_code for _ in range(3)][-1] == 429
    assert press(pia).status_code == 302


def test_the_same_press_sent_again_is_not_counted(press, ana):
    key = "4b1d2c1e-7a3f-4c55-9d3e-0f6b7c1a2d3e"
    assert [press(ana, press=key).status_code for _ in range(5)] == [302] * 5
    assert press(ana).status_code == 302


def test_a_third_picture_is_not_taken(client_of, ana, shot, picture_bytes):
    address = reverse("board:first_frame", args=[shot.project.slug, shot.code])

    def send(number):
        content = picture_bytes(64, 64, colour=(80 * number, 0, 0))
        return client_of(ana).post(address, {"first_frame": SimpleUploadedFile("a.jpg", content)})

    assert [send(number).status_code for number in range(2)] == [302, 302]
    refused = send(3)
    assert (refused.status_code, Picture.objects.count()) == (429, 2)
    assert rate_limits.TOO_MANY_PICTURES in refused.content.decode()


def test_taking_a_picture_out_is_not_counted(client_of, ana, shot):
    address = reverse("board:first_frame", args=[shot.project.slug, shot.code])
    assert {client_of(ana).post(address, {"take_out": "1"}).status_code for _ in range(5)} == {302}


@pytest.mark.parametrize("limit", [0, 1000])
def test_no_limit_or_a_generous_one_stops_nobody(press, ana, settings, limit):
    settings.PRESSES_PER_MINUTE = limit
    assert {press(ana, prompt="").status_code for _ in range(5)} == {422}


# --- callbacks ------------------------------------------------------------------------------


def knock(token, client="203.0.113.7"):
    address = reverse("renders:hook", args=[token])
    return Client(REMOTE_ADDR=client).post(address, b"{}", content_type="application/json").status_code


def test_a_guesser_is_turned_away(db):
    assert [knock("f" * 64) for _ in range(4)] == [404, 404, 429, 429]
    assert knock("f" * 64, client="203.0.113.8") == 404, "another address was punished"


def test_a_whole_ipv6_network_counts_as_one_guesser(db):
    assert [knock("f" * 64, client=f"2001:db8::{n}") for n in range(1, 4)] == [404, 404, 429]


def test_a_right_token_is_always_let_in(order, engine):
    (take,) = order()
    assert [knock("f" * 64) for _ in range(3)][-1] == 429
    assert knock(tokens.make(take.code)) == 204


async def test_the_fast_door_turns_guessers_away_as_well():
    async def status():
        scope = {
            "type": "http",
            "method": "POST",
            "path": f"{fast_webhooks.PREFIX}{'f' * 64}",
            "client": ("::1", 9),
        }
        door = ApplicationCommunicator(fast_webhooks.application, {**scope, "headers": []})
        await door.send_input({"type": "http.request", "body": b"{}"})
        return (await door.receive_output(3))["status"]

    assert [await status() for _ in range(3)] == [404, 404, 429]
