"""The takes a search finds: which ones, a page of them, and how many there are of each kind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.planning.projects.models import Project
from studio.review.library.search import Search

PAGE = 60  # takes

_SORTED_BY = {"newest": None, "longest": "seconds", "dearest": "cost"}


def library(project: Project) -> QuerySet[Render]:
    """All takes of a project that are not in the trash. What was taken back before it was sent is none."""
    kept = Render.objects.kept().filter(project=project, shot__trashed_at=None)
    return kept.exclude(state=Render.State.CANCELLED)


def matching(takes: QuerySet[Render], search: Search) -> QuerySet[Render]:
    """Those that a search finds."""
    return with_words(takes, search.words).filter(*conditions(search).values())


# --- words ----------------------------------------------------------------------------------


def with_words(takes: QuerySet[Render], words: Iterable[str]) -> QuerySet[Render]:
    """Those in whose typed prompt, or whose shot's code or title, each of these words is.

    Upper and lower case are the same in every script: what the databases compare without regard
    to case are only the letters of English.
    """
    words = list(words)
    if not words:
        return takes
    typed = Case(When(words="", look="", then=F("prompt")), default=F("words"), output_field=TextField())
    text = Concat(
        typed, Value("\n"), F("shot__code"), Value("\n"), F("shot__title"), output_field=TextField()
    )
    found = takes.alias(text=text)
    for word in words:
        how = {"text__icontains": word} if word.isascii() else {"text__regex": _in_any_case(word)}
        found = found.filter(**how)
    return found


def _in_any_case(word: str) -> str:
    """A pattern for the word with each letter small or large, which both databases read alike."""
    return "".join(map(_letter, word))


def _letter(letter: str) -> str:
    forms = {letter, letter.lower(), letter.upper(), letter.casefold()}
    letters = sorted(form for form in forms if len(form) == 1)
    if len(letters) == 1:
        return re.escape(letter) if letter.isascii() else letter
    return f"[{''.join(letters)}]"


# --- facets ---------------------------------------------------------------------------------


def conditions(search: Search) -> dict[str, Q]:
    """What each facet in which something is chosen asks of a take."""
    return {name: _CONDITIONS[name](search) for name in search.active}


def _column(name: str, column: str):
    return lambda search: Q(**{f"{column}__in": search.chosen[name]})


def _flag(name: str):
    return lambda search: Q(**{f"{name}__in": [value == "yes" for value in search.chosen[name]]})


def _verdict(search: Search) -> Q:
    return Q(verdict__in=["" if value == "open" else value for value in search.chosen["verdict"]])


def _date(search: Search) -> Q:
    asked = Q()
    if search.since:
        asked &= Q(created_at__gte=begin_of(search.since))
    if search.until:
        asked &= Q(created_at__lt=begin_of(search.until) + timedelta(days=1))
    return asked


def begin_of(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _price(search: Search) -> Q:
    asked = Q(cost__isnull=False)
    if search.price_from is not None:
        asked &= Q(cost__gte=search.price_from)
    if search.price_to is not None:
        asked &= Q(cost__lte=search.price_to)
    return asked


def _seed(search: Search) -> Q:
    return Q(seed=search.seed) | Q(seed=None, seed_asked=search.seed)


_CONDITIONS = {
    "shot": _column("shot", "shot__code"),
    "kind": _column("kind", "kind"),
    "state": _column("state", "state"),
    "verdict": _verdict,
    "circled": _flag("circled"),
    "person": _column("person", "created_by__code"),
    "model": _column("model", "model"),
    "aspect": _column("aspect", "aspect"),
    "flagged": _flag("flagged"),
    "date": _date,
    "price": _price,
    "seed": _seed,
}


# --- pages ----------------------------------------------------------------------------------


class Found(NamedTuple):
    """A take as a page of the library needs it."""

    pk: int
    code: UUID
    revision: int
    aspect: str
    kind: str
    number: int
    shot: int  # its key

    @property
    def label(self) -> str:
        return f"still {self.number}" if self.kind == catalogue.Kind.STILL else f"take {self.number}"


_READ = ("pk", "code", "revision", "aspect", "kind", "number", "shot_id")


def page(takes: QuerySet[Render], *, sort: str, before: str = "") -> tuple[list[Found], str]:
    """Up to PAGE takes after a key, and the key of the next page ("" at the end).

    The newest come first, or those with the most of what is sorted by. The key is "pk", or "amount-pk",
    of the last take seen: takes that are made meanwhile move nothing.
    """
    column = _SORTED_BY[sort]
    key = _read_key(before, parts=2 if column else 1)
    # a price is compared as the whole number its column holds
    amount = Coalesce(F(column), Value(0), output_field=BigIntegerField()) if column else Value(0)
    rows = takes.annotate(amount=amount).order_by(*(["-amount"] if column else []), "-pk")
    if key and column:
        rows = rows.filter(Q(amount__lt=key[0]) | Q(amount=key[0], pk__lt=key[1]))
    elif key:
        rows = rows.filter(pk__lt=key[0])
    read = list(rows.values_list(*_READ, "amount")[: PAGE + 1])
    found = [Found(*row[:-1]) for row in read[:PAGE]]
    if len(read) <= PAGE:
        return found, ""
    last = read[PAGE - 1]
    return found, f"{last[-1]}-{last[0]}" if column else str(last[0])


def _read_key(text: str, *, parts: int) -> tuple[int, ...] | None:
    """The numbers of a page key; None for none, and for nonsense."""
    if not re.fullmatch(r"\d{1,18}(-\d{1,18})?", text, re.ASCII):
        return None
    numbers = tuple(map(int, text.split("-")))
    return numbers if len(numbers) == parts else None
