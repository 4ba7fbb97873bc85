"""What changed between two takes: the words of the prompt, and the rest as chips."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from studio.generation.renders.models import Render
from studio.generation.viewer import differences
from studio.generation.viewer.differences import Piece

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


def first(sha256, box=(0, 0, 1600, 900)):
    return {"sha256": sha256, "position": "first", "box": list(box)}


def reference(name, sha256="a"):
    return {"sha256": sha256, "position": "reference", "name": name}


@pytest.mark.parametrize(
    ("before", "after", "chip"),
    [
        ({"frames": [first("a")]}, {"frames": [first("a", (100, 0, 900, 450))]}, "another crop"),
        ({"frames": [first("a")]}, {"frames": [first("b", (9, 0, 900, 450))]}, "another frame"),
        ({"frames": [first("a")]}, {}, "no first frame"),
        ({}, {"frames": [reference("mira")]}, "+@mira"),
        ({"frames": [reference("mira")]}, {}, "−@mira"),
        ({"frames": [reference("mira")]}, {"frames": [reference("mira", "b")]}, "another @mira"),
        ({"look": "35 mm"}, {"look": "16 mm"}, "another look"),
        ({"look": "35 mm"}, {}, "without a look"),
        ({}, {"look": "16 mm"}, "with a look"),
    ],
)
def test_frames_references_and_looks_are_told_apart(ready, before, after, chip):
    chips = differences.chips(ready(**before, words=KITE), ready(**after, words=KITE), money=True)
    assert chips == ["same prompt", chip]


# --- the page -----------------------------------------------------------------------------


@pytest.fixture
def changes(client_of, shot):
    """The page of what changed, as somebody: `changes(ana, a=take.code)`."""

    def changes(who, **asked):
        address = reverse("composer:changes", args=[shot.project.slug, shot.code])
        return client_of(who).get(address, asked)

    return changes


def test_the_page_tells_words_and_look_apart(changes, ana, bo, ready):
    ready(words=KITE, look="35 mm, grain", prompt=f"{KITE} 35 mm, grain")
    take = ready(words=f"{KITE}, <b>gulls</b>", look="16 mm, grain", prompt="…", cost="1.205")
    for who, money in ((ana, True), (bo, False)):
        page = changes(who, b=take.code).text
        assert "&lt;b&gt;gulls&lt;/b&gt;</ins>" in page
        assert "<del>35</del><ins>16</ins> mm, grain" in page
        assert ("$1.21" in page) is money


def test_it_begins_with_the_parent_or_the_take_before(changes, ana, ready):
    first, _still, second = ready(), ready(kind="still"), ready()
    third = ready(parent=first)

    def compared(**asked):
        context = changes(ana, **asked).context
        return context["before"], context["after"]

    assert compared() == (first, third)
    assert compared(b=second.code) == (first, second)
    assert compared(a=second.code, b=first.code) == (second, first)
    assert compared(a="kite", b="kite") == (first, third)


def test_a_part_of_it_is_asked_for_by_scripts(changes, client_of, ana, ready, shot):
    ready(), ready()
    address = reverse("composer:changes", args=[shot.project.slug, shot.code])
    part = client_of(ana).get(address, headers={"hx-request": "true"}).text
    assert part.startswith('<form id="changes"') and "<html" not in part


def test_with_nothing_to_compare_it_says_so(changes, ana, ready):
    assert "this shot has no takes" in changes(ana).text
    ready()
    assert "take 1 is the only take" in changes(ana).text


def test_strangers_and_takes_in_the_trash_are_not_there(changes, ana, cid, ready):
    first, second = ready(), ready()
    assert changes(cid).status_code == 404
    Render.objects.filter(pk=first.pk).update(trashed_at=second.created_at)
    assert changes(ana, a=first.code).context["before"] is None
