"""What every page tells the browser to refuse."""

import pytest
from django.urls import reverse

POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "media-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}


@pytest.fixture
def pages(client, client_of, ana, shot):
    inside = client_of(ana)
    slug = shot.project.slug
    return {
        "the door": client.get(reverse("accounts:signin")),
        "the projects": inside.get(reverse("dashboard:projects")),
        "a board": inside.get(shot.project.get_absolute_url()),
        "a shot": inside.get(shot.get_absolute_url()),
        "costs": inside.get(reverse("reports:costs", args=[slug])),
        "nothing there": inside.get("/nowhere"),
        "the news": inside.get(reverse("live:poll", args=[slug])),
    }


def test_scripts_styles_and_frames_come_from_us_alone(pages):
    for name, page in pages.items():
        assert set(page["Content-Security-Policy"].split("; ")) == POLICY, name


def test_a_page_is_what_it_says_and_tells_nobody_where_it_was(pages):
    for name, page in pages.items():
        assert page["X-Content-Type-Options"] == "nosniff", name
        assert page["X-Frame-Options"] == "DENY", name
        assert page["Referrer-Policy"] == "same-origin", name
        assert page["Cross-Origin-Opener-Policy"] == "same-origin", name


def test_a_page_is_not_kept_by_what_stands_between(pages):
    assert {page["Cache-Control"] for page in pages.values()} <= {
        "no-store",
        "max-age=0, no-cache, no-store, must-revalidate, private",
    }
