"""Page after page without holes and without repeats, whatever comes and goes, and as many queries at any size."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders.models import Render
from studio.planning.projects import actions
from studio.review.library import found
from studio.runtime.live import frames
from tests import takes


def walk(client, project, *, meanwhile=lambda page: None, **asked):
    """The codes of every page, one after the other by the links on them."""
    address, codes, number = reverse("library:library", args=[project.slug]), [], 0
    while address:
        html = client.get(address, asked if not number else None).content.decode()
        codes += re.findall(r'<li class="takebox" data-code="([0-9a-f-]+)"', html)
        meanwhile(number)
        number += 1
        assert number < 50
        more = re.search(r'class="takeboxes__more" hx-get="([^"]+)"', html)
        address = more and more[1].replace("&amp;", "&")
    return codes


@pytest.mark.parametrize("sort", ["newest", "longest", "dearest"])
def test_pages_have_no_holes_and_no_repeats_while_takes_come_and_go(
    client_of, pia, ana, project, shot, ready, monkeypatch, sort
):
    monkeypatch.setattr(found, "PAGE", 4)
    made = [ready(seconds=number % 3 + 2, cost=f"0.{number % 4 + 1}") for number in range(18)]
    made.append(ready(cost=None, state="failed"))
    gone = []

    def meanwhile(page):
        takes.ready(shot, ana, seconds=3, cost="0.2")  # somebody renders
        if page == 1:  # and somebody throws one away that was on a page before or is to come
            Render.objects.filter(pk=made[9].pk).update(trashed_at=timezone.now())
            gone.append(str(made[9].code))

    codes = walk(client_of(pia), project, meanwhile=meanwhile, sort=sort)

    there = {str(take.code) for take in made} - set(gone)
    assert len(codes) == len(set(codes)), "none twice"
    assert there <= set(codes), "none left out"
    if sort == "newest":
        assert [code for code in codes if code in there] == [
            str(take.code) for take in reversed(made) if str(take.code) in there
        ]


def test_a_script_gets_the_next_page_alone(client_of, ana, project, ready, monkeypatch):
    monkeypatch.setattr(found, "PAGE", 2)
    made = [ready() for _ in range(3)]
    asked = {"before": made[1].pk}
    browser = client_of(ana)
    part = browser.get(
        reverse("library:library", args=[project.slug]), asked, headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in part and str(made[0].code) in part and "takeboxes__more" not in part
    whole = browser.get(reverse("library:library", args=[project.slug]), asked).content.decode()
    assert "<html" in whole and "Newest takes" in whole


def test_as_many_queries_for_sixty_takes_of_many_shots_as_for_five(client_of, pia, project, ready, ana):
    browser = client_of(pia)
    address = reverse("library:library", args=[project.slug])

    def queries(**asked):
        for _ in range(2):
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(address, asked).status_code == 200
        return len(seen)

    for number in range(5):
        ready(shot=actions.create_shot(project, by=pia, title=f"Shot {number}"))
    few = {asked: queries(**dict(asked)) for asked in [(), (("q", "shot"), ("state", "ready"))]}
    for number in range(60):
        ready(shot=actions.create_shot(project, by=pia, title=f"Shot {number}"), seed=number % 9)

    for asked, number in few.items():
        assert queries(**dict(asked)) == number
    assert few[()] <= 14, "session and person, chrome, numbers and names of facets, takes, lists"


def test_a_newcomer_is_counted_if_the_search_finds_it(client_of, ana, project, ready):
    newest = ready(prompt="kite")
    address = reverse("library:news", args=[project.slug])
    browser = client_of(ana)
    assert browser.get(address, {"newest": newest.pk}).content.strip() == b""
    ready(prompt="kite")
    ready(prompt="fog")
    assert "2 new takes: show" in browser.get(address, {"newest": newest.pk}).content.decode()
    told = browser.get(address, {"newest": newest.pk, "q": "fog"}).content.decode()
    assert "1 new take: show" in told and "?q=fog" in told


def test_a_take_on_its_way_is_told_to_open_libraries(client_of, pia, project, order, shot):
    since = type(project).objects.get(pk=project.pk).last_event
    order(takes=2)
    told = frames.draw(project.pk, since, ["money", "member"])
    for text in told.texts.values():
        assert text.count('data-signal=\\"take-new\\"') == 1


def test_an_empty_project_says_what_to_do(library, ana):
    assert "No takes yet" in library(ana).html


def test_a_search_that_finds_nothing_offers_all(library, ready, ana):
    ready()
    assert "None of the takes" in library(ana, q="nowhere to be found").html


def test_what_a_player_needs_is_told_of_what_can_be_looked_at(client_of, ana, cid, ready):
    take = ready(filed=True)
    told = client_of(ana).get(reverse("library:reel", args=[take.code])).json()
    assert (told["frames"], told["fps"], told["still"]) == (48, [24, 1], False)
    assert client_of(cid).get(reverse("library:reel", args=[take.code])).status_code == 404
    for hidden in (ready(state="failed"), ready(flagged=True)):
        assert client_of(ana).get(reverse("library:reel", args=[hidden.code])).status_code == 404
