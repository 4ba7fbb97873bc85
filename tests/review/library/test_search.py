"""Words are looked for in prompts as typed, in shot codes and titles; all of them, in any case and script."""

import re

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from studio.planning.projects import actions
from studio.planning.projects.models import Shot
from studio.review.library import facets, found, search


def facet(project, name, *, money=True, **asked):
    """The numbers of one facet as the page shows them, by label."""
    query = QueryDict(mutable=True)
    for key, value in asked.items():
        query.setlist(key, value if isinstance(value, list) else [value])
    _, offered = facets.beside(project, search.read(query, money=money), money=money)
    return {
        option.code or option.label: option.number
        for each in offered
        if each.name == name
        for option in each.options
    }


@pytest.mark.parametrize(
    "typed", ["kite", "KITE", "kite DUNES", "010 kite", "push 010", "ite ove", "in kite"]
)
def test_all_words_must_be_there(library, ready, ana, pia, project, typed):
    take = ready(prompt="A kite over dunes, slow push in")
    ready(shot=actions.create_shot(project, by=pia, title="Valley"), prompt="Fog over a valley")

    assert library(ana, q=typed).codes == [str(take.code)]


def test_of_words_that_are_not_all_there_nothing_is_found(library, ready, ana):
    ready(prompt="A kite over dunes")
    assert library(ana, q="kite valley").codes == []


@pytest.mark.parametrize(
    ("prompt", "typed"),
    [
        ("Жук ползёт по листу", "жУК ПОЛЗЁТ"),
        ("ÉTÉ à la mer", "été"),
        ("Über den Dünen", "ÜBER dünen"),
        ("夜の海、灯台", "灯台"),
        ("Η θάλασσα", "ΘΆΛΑΣΣΑ"),
        ("100% of [it] (really?) a_b", "100% [it] (REALLY?) a_b"),
        ("back\\slash é.", "\\ É."),
    ],
)
def test_small_and_capital_letters_are_the_same_in_every_script(library, ready, ana, prompt, typed):
    take = ready(prompt=prompt)
    ready(prompt="100 of it really axb, another")

    assert library(ana, q=typed).codes == [str(take.code)]


def test_the_projects_look_is_not_searched_where_the_words_are_known(library, ready, ana):
    ready(prompt="A kite. Shot on 16 mm film.", words="A kite.", look="Shot on 16 mm film.")
    assert library(ana, q="kite").codes
    assert not library(ana, q="film").codes


def test_titles_and_codes_of_shots_are_searched(library, ready, ana, pia, project):
    lamp = actions.create_shot(project, by=pia, title="Lamp room", prompt="Brass")
    take = ready(shot=lamp)
    assert library(ana, q="lamp brass").codes == [str(take.code)]
    assert library(ana, q=lamp.code).codes == [str(take.code)]


def test_what_lies_in_the_trash_or_was_taken_back_is_not_there(library, ready, ana, pia, project):
    gone = actions.create_shot(project, by=pia, title="Gone")
    ready(shot=gone)
    ready(trashed_at=timezone.now())
    ready(state="cancelled")
    kept = ready()
    Shot.objects.filter(pk=gone.pk).update(trashed_at=timezone.now())

    assert library(ana).codes == [str(kept.code)]


def test_a_take_of_another_project_is_not_found(library, ready, ana, pia):
    other = actions.create_project(name="Another film", by=pia)
    ready(shot=actions.create_shot(other, by=pia, title="Kite"))
    assert library(ana).codes == []


def test_each_facet_says_how_many_the_rest_of_the_search_finds(ready, ana, project):
    ready(state="ready", model="gen-4.5", prompt="dunes")
    ready(state="failed", model="gen-4.5", prompt="dunes")
    ready(state="failed", model="gen-4-turbo", prompt="dunes")
    ready(state="failed", model="gen-4-turbo", prompt="fog")

    assert facet(project, "state") == {"Ready": 1, "Failed": 3}
    assert facet(project, "state", q="dunes") == {"Ready": 1, "Failed": 2}
    assert facet(project, "state", q="dunes", state="ready") == {"Ready": 1, "Failed": 2}
    assert facet(project, "state", model="gen-4-turbo", state="ready") == {"Failed": 2, "Ready": 0}


def test_each_chosen_facet_can_be_cleared_by_itself(library, ready, ana):
    ready()
    html = library(ana, q="kite", state="ready", kind="video").html
    cleared = re.search(r'href="([^"]+)" aria-label="Clear state"', html)[1]
    assert "kind=video" in cleared and "q=kite" in cleared and "state" not in cleared


def test_seeds_prices_days_and_lengths_of_time(library, ready, ana, project):
    one = ready(seed=7, cost="0.30")
    two = ready(seed=8, cost="0.60")
    waiting = ready(state="queued", seed=None, seed_asked=7, cost=None)

    assert set(library(ana, seed="7").codes) == {str(one.code), str(waiting.code)}
    assert library(ana, **{"price-from": "0.5"}).codes == [str(two.code)]
    assert library(ana, **{"price-to": "0.30"}).codes == [str(one.code)]
    assert len(library(ana, since="2020-01-01", until="2999-01-01").codes) == 3
    assert library(ana, until="2020-01-01").codes == []
    assert facet(project, "price") == {"up to $0.50": 1, "up to $1.00": 2}
    assert facet(project, "seed") == {"7": 2}


@pytest.mark.parametrize("who", ["rae", "bo"])
def test_who_sees_no_money_sees_no_prices_and_cannot_ask_for_them(library, ready, request, who):
    person = request.getfixturevalue(who)
    ready(cost="0.30")
    dear = ready(cost="9.99")
    asked = {"price-from": "5", "price-to": "10", "sort": "dearest"}
    page = library(person, **asked)

    assert len(page.codes) == 2, "as if nothing had been said of prices"
    assert page.codes[0] == str(dear.code), "the newest first"
    for word in ("price", "dearest", "$", "9.99"):
        assert word not in page.html.partition("<main")[2].lower(), word


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "x" * 10_000},
        {"q": " ".join("abcdefghijklmnopqrstuvwxyz")},
        {"q": "%_\\'\"[]*?{}()"},
        {"q": "(?i)é+[", "sort": "dearest"},
        {"seed": "9" * 40},
        {"seed": "-1"},
        {"seed": "٣"},
        {"since": "2026-13-45", "until": "0001-01-01"},
        {"since": "2999-12-31", "until": "2999-12-31"},
        {"price-from": "NaN", "price-to": "1e400"},
        {"price-from": "9999999.999999999"},
        {"state": ["cancelled", "ready", "nonsense"], "kind": "film", "circled": "maybe"},
        {"person": ["x", "0" * 32], "shot": ["x" * 500, "020"], "model": "no such", "aspect": "7:3"},
        {"before": "9" * 100},
        {"before": "1-2-3"},
        {"before": "x", "sort": "longest"},
        {"sort": "; DROP TABLE"},
        {"state": ["ready"] * 3000},
    ],
)
def test_nonsense_in_an_address_is_left_out_or_said(client_of, ready, pia, project, asked):
    ready()
    answer = client_of(pia).get(reverse("library:library", args=[project.slug]), asked)
    assert answer.status_code == 200


def test_what_is_left_out_is_said_where_one_would_miss_it(library, ready, ana):
    ready()
    html = library(ana, q="x" * 400, seed="many", since="soon", **{"price-from": "cheap"}).html
    for sentence in (
        "the first 300 characters were looked for",
        "“many” is no seed",
        "“soon” is no day",
        "“cheap” is no price",
    ):
        assert sentence in html


def test_a_search_writes_itself_into_an_address_and_is_read_again():
    query = "q=kite+dunes&shot=010&shot=020&state=ready&since=2026-01-02&price-to=0.50&seed=7&sort=longest"
    read = search.read(QueryDict(query), money=True)
    assert search.read(QueryDict(read.query), money=True) == read
    assert read.toggled("shot", "010").chosen["shot"] == ("020",)
    assert read.toggled("shot", "010").toggled("shot", "020").without("date").query == (
        "q=kite+dunes&state=ready&price-to=0.50&seed=7&sort=longest"
    )


def test_the_words_of_a_pattern_are_nothing_but_letters():
    assert found._in_any_case("Жa.") == "[Жж][Aa]\\."
