"""The review page beside another take: what changed since, and the ways to look at both."""

import pytest
from django.urls import reverse

KITE = "A kite over dunes, slow push in"


def test_the_page_shows_what_changed_since_the_take_before(client_of, ana, rae, ready):
    ready()
    take = ready(prompt=f"{KITE}, <b>gulls</b>", cost="1.205")
    for who, money in ((ana, True), (rae, False)):
        url = reverse("review:shot", args=[take.project.slug, take.shot.code])
        page = client_of(who).get(url, {"take": take.code}).text
        assert "since take 1:" in page and "&lt;b&gt;gulls&lt;/b&gt;</ins>" in page
        assert ("$1.21" in page) is money


def test_a_take_is_compared_with_its_parent_or_the_one_asked_for(client_of, ana, ready):
    first, second = ready(), ready()
    third = ready(parent=first)
    url = reverse("review:shot", args=[third.project.slug, third.shot.code])

    def other(**query):
        return client_of(ana).get(url, {"take": third.code, **query}).context["other"]

    assert other() == first
    assert other(compare=second.code) == second
    assert other(compare="kite") == first


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        ("single", [6]),
        ("side", [5, 6]),
        ("wipe", [5, 6]),
        ("flip", [5, 6]),
        ("wall", [3, 4, 5, 6]),
        ("x", [6]),
    ],
)
def test_the_ways_to_look(client_of, ana, ready, mode, shown):
    takes = [ready() for _ in range(6)]
    url = reverse("review:shot", args=[takes[0].project.slug, takes[0].shot.code])
    page = client_of(ana).get(url, {"take": takes[-1].code, "mode": mode})
    assert [reel["number"] for reel in page.context["reels"]] == shown


def test_the_page_is_about_the_take_that_leads_and_shows_the_takes_it_was_opened_with(client_of, ana, ready):
    takes = [ready() for _ in range(6)]
    url = reverse("review:shot", args=[takes[0].project.slug, takes[0].shot.code])

    def seen(lead, **query):
        page = client_of(ana).get(url, {"take": takes[5].code, "lead": lead, **query}).context
        return page["subject"].number, page["other"].number, [reel["number"] for reel in page["reels"]]

    assert seen(takes[3].code, mode="wall") == (4, 3, [3, 4, 5, 6])
    assert seen(takes[4].code, mode="flip") == (5, 6, [5, 6])
    for nothing in (takes[0].code, "kite", ""):  # not on screen
        assert seen(nothing, mode="wall") == (6, 5, [3, 4, 5, 6])
