"""No text makes a pattern of ours look for long: its work grows with the length of a text, not with its square."""

import contextlib
import time

import pytest

from studio.generation.shotlist import shotlist
from studio.generation.shotlist.sheets import Unreadable
from tests.hardening import patterns

LONG = 64 * 1024
SHORT = LONG // 8
_SLOW = 0.05  # seconds of the processor below which nothing can be told apart from noise


def spent(found, text):
    began = time.thread_time()
    found.ask(text)
    return time.thread_time() - began


@pytest.mark.parametrize("found", patterns.all_of_them(), ids=lambda found: found.place)
def test_its_worst_64_kb_cost_it_no_more_than_their_length(found):
    for short, long in zip(
        patterns.attacks(found.pattern, SHORT), patterns.attacks(found.pattern, LONG), strict=True
    ):
        taken = spent(found, long)
        if taken > _SLOW:  # eight times the text: eight times the work, where its square is sixty-four times
            assert taken < 24 * min(spent(found, short) for _ in range(3)), (long[:40], taken)


SHEETS = {
    "headers that open brackets": lambda size: "code," + "(" * size + "\n010,x",
    "headers without an end": lambda size: "code" + ",(x" * (size // 3) + "\n010",
    "quotation marks": lambda size: "code,prompt\n" + '010,"\n' * (size // 6),
    "empty rows": lambda size: "code,prompt\n" + "," * size + "\n" * 100,
    "one word": lambda size: "code,prompt\n010," + "a+" * (size // 2),
    "braces": lambda size: "code,prompt\n010," + "{a|" * (size // 3),
}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_a_sheet_costs_no_more_than_its_length(sheet):
    """One of 468 KB took 32 s of the processor."""

    def taken(size):
        began = time.thread_time()
        with contextlib.suppress(Unreadable):
            shotlist.read(sheet(size))
        return time.thread_time() - began

    long = taken(468_000)
    if long > 0.5:
        assert long < 24 * min(taken(468_000 // 8) for _ in range(3))
