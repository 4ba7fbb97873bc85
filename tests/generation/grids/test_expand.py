"""What variables in a prompt make: every choice of each, in order, and no braces left."""

from itertools import product
from math import prod
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.integrations.catalogue import utf16_length
from studio.planning.prompts import variables

words = st.text(alphabet="abc é🎬,.", max_size=8)
choices = st.lists(words, min_size=2, max_size=4)
pieces = st.lists(words | choices, max_size=7)


def written(parts):
    """A prompt, and the choices of its variables as somebody means them."""
    text = "".join(part if isinstance(part, str) else "{" + "|".join(part) + "}" for part in parts)
    axes = [
        tuple(dict.fromkeys(each.strip() for each in part)) for part in parts if not isinstance(part, str)
    ]
    return text, axes


@given(pieces)
def test_every_combination_once_the_last_running_fastest(parts):
    prompt, axes = written(parts)
    number = prod(len(axis) for axis in axes)
    assert variables.count(prompt) == number
    if number > variables.MOST:
        with pytest.raises(variables.TooMany, match=f"make {number:,} prompts"):
            variables.expand(prompt)
        return
    lines = variables.expand(prompt)
    assert [line.choices for line in lines] == list(product(*axes))
    for line in lines:
        assert not set("{|}") & set(line.text)
        rest = iter(line.choices)
        filled = "".join(part if isinstance(part, str) else next(rest) for part in parts)
        assert line.text.split() == filled.split()


@given(pieces)
def test_the_longest_is_as_long_as_the_longest(parts):
    prompt, axes = written(parts)
    if axes and variables.count(prompt) <= variables.MOST:
        spaced = max(utf16_length(line.text) for line in variables.expand(prompt))
        assert utf16_length(variables.longest(prompt)) <= spaced


def test_ten_thousand_are_refused_by_their_number_alone():
    prompt = "{a|b|c|d|e|f|g|h|i|j}" * 4
    with pytest.raises(variables.TooMany, match="10,000 prompts; one plan holds 50"):
        variables.expand(prompt)
    assert len(variables.longest(prompt)) == 4


def test_braces_without_a_bar_are_words():
    assert variables.axes("a {b} c") == []
    assert variables.longest("a  {b}  c") == "a  {b}  c"


def test_a_brace_that_never_closes_holds_nobody_up():
    begun = process_time()
    assert variables.axes("{" + "|" * 20_000) == []
    assert process_time() - begun < 1
