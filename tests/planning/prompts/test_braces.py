"""Braces in a prompt: a variable, words that were meant so, or a slip that is asked about before it is sold."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from studio.generation.orders import order_again, orders
from studio.generation.orders.orders import Wish
from studio.planning.prompts import variables
from tests.takes import ready

HTMX = {"HX-Request": "true"}
JSON = r'\{"mood":"calm|tense"\}'


def draft(client, shot, prompt, **more):
    address = reverse("board:draft", args=[shot.project.slug, shot.code])
    return client.post(address, {"prompt": prompt, "part": "prompt", **more}, headers=HTMX).content.decode()


def press(client, shot, prompt):
    return client.post(
        reverse("board:render", args=[shot.project.slug, shot.code]), {"prompt": prompt}, headers=HTMX
    )


@pytest.mark.parametrize(
    ("prompt", "piece"),
    [
        ("A kite at {dawn", "{dawn"),
        ("A kite at {dawn}", "{dawn}"),
        ("A kite at dawn}", "A kite at dawn}"),
        ("use {{literal|braces}} here", "{{literal|braces}"),  # case 24
        ("{dawn|dusk} and {fog", "{fog"),
    ],
)
def test_a_stray_brace_asks_before_it_is_sold(client_of, ana, shot, prompt, piece):
    client = client_of(ana)
    said = draft(client, shot, prompt)
    assert f"“{piece}” is no choice" in said
    assert "Send these braces as words" in said
    assert press(client, shot, prompt).status_code == 422
    assert not shot.renders.exists()


@pytest.mark.parametrize(
    ("prompt", "sent"),
    [
        (r"a \{b\|c\} d", "a {b|c} d"),  # case 24
        (r"a \{b|c\} d", "a {b|c} d"),
        (JSON, '{"mood":"calm|tense"}'),
        (r"A kite at \{dawn", "A kite at {dawn"),
        (r"a path C:\films\new", r"a path C:\films\new"),
        ("calm | tense", "calm | tense"),
    ],
)
def test_escaped_braces_are_words(client_of, ana, shot, prompt, sent):
    assert press(client_of(ana), shot, prompt).status_code == 200
    take = shot.renders.get()
    assert take.prompt == sent
    assert take.typed == prompt


def test_a_bar_in_braces_is_a_variable_even_in_json(client_of, ana, shot):
    """Case 24: it is planned line by line, so nobody buys it unseen; written as words it is one prompt."""
    prompt = '{"mood":"calm|tense"}'
    assert [line.text for line in variables.expand(prompt)] == ['"mood":"calm', 'tense"']
    assert "Plan 2 lines" in draft(client_of(ana), shot, prompt)
    assert variables.count(JSON) == 1


def test_one_press_makes_them_words(client_of, ana, shot):
    said = draft(client_of(ana), shot, "A kite at {dawn} or {noon|dusk}", braces="words")
    shot.refresh_from_db()
    assert shot.prompt == r"A kite at \{dawn\} or {noon|dusk}"
    assert "Plan 2 lines" in said


def test_a_choice_may_hold_an_escaped_bar():
    lines = variables.expand(r"{a\|b|c} end")
    assert [line.choices for line in lines] == [("a|b",), ("c",)]
    assert [line.text for line in lines] == [r"a\|b end", "c end"]


def test_a_take_that_was_sold_with_stray_braces_is_made_again_without_asking(shot, pia):
    take = ready(shot, pia, prompt="A kite at {dawn}", words="A kite at {dawn}")
    order = orders.check(order_again.wish_of(take), shot.project)
    assert order.prompt == "A kite at {dawn}"
    with pytest.raises(orders.Problems):
        orders.check(order_again.wish_of(take, prompt="A kite at {dawn} now"), shot.project)


@given(st.text(alphabet=r"ab{}|\ ", max_size=24))
def test_what_is_made_words_has_no_stray_brace_and_keeps_its_variables(prompt):
    words = variables.escaped(prompt)
    assert not variables.stray(words)
    assert variables.escaped(words) == words
    assert variables.axes(words) == variables.axes(prompt)
    if not variables.axes(words):
        assert variables.unescaped(words) == variables.unescaped(prompt)


def test_the_longest_prompt_is_counted_as_it_is_sent(shot, project):
    shot.prompt = r"a \{b\}"
    order = orders.check(Wish.of(shot), project)
    assert order.prompt == "a {b}"
