"""What changed between two takes: the words of the prompt, and the rest as chips."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from studio.review import differences
from studio.review.differences import Piece

KITE = "A kite over dunes, slow push in"


def test_words_put_in_and_taken_out_are_marked():
    assert differences.words(KITE, "A red kite over dunes, slow pull out") == [
        Piece("same", "A "),
        Piece("ins", "red "),
        Piece("same", "kite over dunes, slow "),
        Piece("del", "push in"),
        Piece("ins", "pull out"),
    ]


def test_the_same_prompt_is_one_piece_and_none_is_none():
    assert differences.words(KITE, KITE) == [Piece("same", KITE)]
    assert differences.words("", "") == []
    assert differences.words("", KITE) == [Piece("ins", KITE)]
    assert differences.words(KITE, "") == [Piece("del", KITE)]


prompts = st.lists(st.sampled_from(["a", "kite", "Kite,", "over", " ", "\n", "  dunes"]), max_size=30).map(
    " ".join
)


def joined(pieces, kinds):
    return "".join(piece.text for piece in pieces if piece.kind in kinds)


@given(prompts, prompts)
def test_what_is_kept_and_taken_out_is_the_old_prompt_to_the_letter(before, after):
    pieces = differences.words(before, after)
    assert joined(pieces, {"same", "del"}) == before
    assert joined(pieces, {"same", "ins"}) == after
    assert all(piece.text for piece in pieces)


def test_long_prompts_of_few_words_are_told_as_one_change():
    """Word by word it would take hours."""
    before, after = "the kite a b " + "b a " * 2500 + "dunes", "the kite b a " + "a b c " * 2500 + "dunes"
    pieces = differences.words(before, after)
    assert [piece.kind for piece in pieces] == ["same", "del", "ins", "same"]
    assert joined(pieces, {"same", "del"}) == before and joined(pieces, {"same", "ins"}) == after


@pytest.mark.parametrize(
    ("after", "chips"),
    [
        ({}, ["same prompt"]),
        ({"prompt": f"{KITE}. Gulls far off."}, ["prompt +4 −1 words"]),
        ({"prompt": "A kite over dunes, slow push"}, ["prompt −1 word"]),
        ({"seed": 7}, ["same prompt", "seed 7"]),
        ({"seconds": 8}, ["same prompt", "8 s"]),
        ({"model": "gen-4-turbo"}, ["same prompt", "Gen-4 Turbo"]),
        ({"aspect": "9:16"}, ["same prompt", "9:16"]),
        ({"frames": [{"sha256": "b"}]}, ["same prompt", "another frame"]),
    ],
)
def test_what_else_differs_is_a_chip(ready, after, chips):
    one, two = ready(), ready(**after)
    assert differences.chips(one, two, money=True) == chips


def test_the_same_first_frame_is_said(ready):
    frames = [{"sha256": "a"}]
    assert "same frame" in differences.chips(ready(frames=frames), ready(frames=frames), money=False)


def test_prices_are_for_those_who_see_money(ready):
    one, two = ready(), ready(cost="1.205")
    two.refresh_from_db()
    assert "$1.21" in differences.chips(one, two, money=True)
    assert not [chip for chip in differences.chips(one, two, money=False) if "$" in chip]


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
