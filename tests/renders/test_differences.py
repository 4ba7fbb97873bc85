"""What changed between two takes: the words of the prompt, and the rest as chips."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.renders import differences
from studio.renders.differences import Piece

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
