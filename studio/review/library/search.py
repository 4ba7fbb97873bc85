"""What somebody looks for in the library: read from an address, and written into one.

Nothing in an address is an error: what makes no sense is left out, and `said` tells where a person
would miss it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from studio.core import paging
from studio.core.money import dollars
from studio.generation.renders.models import Render

LONGEST = 300  # characters of words that are looked for
MOST_WORDS = 12
MOST_VALUES = 20  # chosen in one facet
SORTS = {"newest": "Newest", "longest": "Longest", "dearest": "Dearest"}

STATES = [state for state in Render.State if state != Render.State.CANCELLED]
VERDICTS = {"approved": "Approved", "retake": "Retake", "rejected": "Rejected", "open": "Not decided"}
KINDS = {"video": "Clip", "still": "Still"}
YES_NO = {"yes": "Yes", "no": "No"}


def _any(text: str) -> bool:
    return bool(text) and len(text) <= 40


def _person(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


# facets of which some values are chosen, in the order of the page: what a value may be
CHOICES: dict[str, Callable[[str], bool]] = {
    "shot": _any,
    "kind": lambda text: text in KINDS,
    "state": lambda text: text in STATES,
    "verdict": lambda text: text in VERDICTS,
    "circled": lambda text: text in YES_NO,
    "person": _person,
    "model": _any,
    "aspect": _any,
    "flagged": lambda text: text in YES_NO,
}
# and those with a beginning and an end, or with one number
RANGES = {"date": ("since", "until"), "price": ("price-from", "price-to"), "seed": ("seed",)}


@dataclass(frozen=True)
class Search:
    """A search; what it does not name is not asked for. Prices are in it only for those who may see them."""

    words: tuple[str, ...] = ()
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by facet
    since: date | None = None
    until: date | None = None  # that day is still in it
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    seed: int | None = None
    sort: str = "newest"
    said: tuple[str, ...] = ()  # what was left out, in sentences

    @property
    def q(self) -> str:
        return " ".join(self.words)

    @property
    def active(self) -> list[str]:
        """The facets in which something is chosen."""
        ranges = {
            "date": self.since or self.until,
            "price": self.price_from is not None or self.price_to is not None,
            "seed": self.seed is not None,
        }
        return [*self.chosen, *(name for name, asked in ranges.items() if asked)]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Its names and values as they stand in an address."""
        if self.words:
            yield "q", self.q
        yield from self.kept()
        for name in ("since", "until"):
            if day := getattr(self, name):
                yield name, day.isoformat()
        for name in ("price-from", "price-to"):
            amount = getattr(self, name.replace("-", "_"))
            if amount is not None:
                yield name, f"{amount:f}"
        if self.seed is not None:
            yield "seed", str(self.seed)
        if self.sort != "newest":
            yield "sort", self.sort

    def kept(self) -> list[tuple[str, str]]:
        """What a form for words, ranges and order sends along: the values chosen in facets."""
        return [(name, value) for name in CHOICES for value in self.chosen.get(name, ())]

    @property
    def query(self) -> str:
        return urlencode(list(self.pairs()))

    def toggled(self, name: str, value: str) -> Search:
        """The search with this value of a facet chosen, or no longer."""
        now = self.chosen.get(name, ())
        values = tuple(each for each in now if each != value) if value in now else (*now, value)
        chosen = {key: found for key, found in {**self.chosen, name: values}.items() if found}
        return replace(self, chosen=chosen)

    def without(self, name: str) -> Search:
        """The search with nothing chosen in this facet."""
        if name in RANGES:
            nothing: dict[str, Any] = {each.replace("-", "_"): None for each in RANGES[name]}
            return replace(self, **nothing)
        return replace(self, chosen={key: found for key, found in self.chosen.items() if key != name})


def read(asked: QueryDict, *, money: bool) -> Search:
    """The search an address asks for; prices are not read for those who may not see them."""
    said: list[str] = []
    search = Search(
        words=_words(asked.get("q", ""), said),
        chosen={name: values for name in CHOICES if (values := _values(asked, name))},
        since=_day(asked.get("since", ""), said),
        until=_day(asked.get("until", ""), said),
        seed=_seed(asked.get("seed", ""), said),
        sort=_sort(asked.get("sort", ""), money),
    )
    if money:
        low, high = (_amount(asked.get(name, ""), said) for name in RANGES["price"])
        search = replace(search, price_from=low, price_to=high)
    said += _backwards(search)
    return replace(search, said=tuple(said))


def _words(text: str, said: list[str]) -> tuple[str, ...]:
    words = text[:LONGEST].replace("\x00", " ").split()
    if len(text.strip()) > LONGEST:
        said.append(f"That is a long search: the first {LONGEST} characters were looked for.")
    elif len(words) > MOST_WORDS:
        said.append(f"The first {MOST_WORDS} words were looked for.")
    return tuple(words[:MOST_WORDS])


def _values(asked: QueryDict, name: str) -> tuple[str, ...]:
    fits = CHOICES[name]
    found = dict.fromkeys(text for text in asked.getlist(name) if "\x00" not in text and fits(text))
    return tuple(found)[:MOST_VALUES]


def _day(text: str, said: list[str]) -> date | None:
    if not text.strip():
        return None
    try:
        if re.fullmatch(r"2\d{3}-\d\d-\d\d", text.strip(), re.ASCII):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    said.append(f"“{text[:20]}” is no day; write one like 2026-05-04.")
    return None


def _amount(text: str, said: list[str]) -> Decimal | None:
    text = text.strip().removeprefix("$")
    if not text:
        return None
    if re.fullmatch(r"\d{1,7}(\.\d{1,9})?|\.\d{1,9}", text, re.ASCII):
        return Decimal(text)
    said.append(f"“{text[:20]}” is no price; write one like 0.50.")
    return None


def _seed(text: str, said: list[str]) -> int | None:
    number = paging.number(text.strip())
    if number is None and text.strip():
        said.append(f"“{text[:20]}” is no seed: that is a whole number.")
    return number


def _sort(text: str, money: bool) -> str:
    return text if text in SORTS and (money or text != "dearest") else "newest"


def _backwards(search: Search) -> Iterator[str]:
    if search.since and search.until and search.since > search.until:
        yield "The first day is after the last: nothing lies between them."
    low, high = search.price_from, search.price_to
    if low is not None and high is not None and low > high:
        yield f"Nothing costs more than {dollars(low)} and less than {dollars(high)}."
