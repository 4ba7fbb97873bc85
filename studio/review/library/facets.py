"""How many takes there are of each kind beside a search: one query for all numbers, two for names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import BigIntegerField, Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from studio.core import sql
from studio.core.money import dollars
from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.people.accounts.models import User
from studio.planning.projects.models import Project, Shot
from studio.review.library import found, search
from studio.review.library.search import Search

MOST = 40  # values of one facet that are offered
_SEEDS = 6  # those that several takes have

_LABELS = {
    "shot": "Shot",
    "kind": "Kind",
    "state": "State",
    "verdict": "Verdict",
    "circled": "Circled",
    "person": "Made by",
    "model": "Model",
    "aspect": "Aspect",
    "flagged": "Flagged",
    "date": "Made",
    "price": "Price",
    "seed": "Seed",
}
_DAYS = {"Today": 0, "Last 7 days": 6, "Last 30 days": 29}
_PRICES = (Decimal("0.10"), Decimal("0.50"), Decimal(1), Decimal(5))  # dollars: up to and with each


@dataclass(frozen=True)
class Option:
    """A value of a facet, how many takes have it, and the search that chooses it, or no longer does."""

    label: str
    number: int
    query: str
    chosen: bool = False
    code: str = ""  # set in the face of shot codes


@dataclass
class Facet:
    """One of the things takes differ by."""

    name: str
    label: str
    options: list[Option] = field(default_factory=list)
    more: int = 0  # values that are not offered
    clear: str | None = None  # the search without it, where something is chosen


def beside(project: Project, asked: Search, *, money: bool) -> tuple[int, list[Facet]]:
    """How many takes the search finds, and each facet as the page shows it.

    A facet counts what the rest of the search finds, so that another of its values can be chosen.
    """
    takes = found.with_words(found.library(project), asked.words)
    numbers = _numbers(takes, asked, money=money)
    named = {
        "shot": _shots(project, numbers["shot"], asked),
        "person": _people(project, numbers["person"], asked),
    }
    facets = [
        _choice(name, asked, named.get(name) or _known(name, numbers[name]), values=len(numbers[name]))
        for name in search.CHOICES
    ]
    facets += [_days(asked, numbers["date"]), *([_prices(asked, numbers["price"])] if money else [])]
    facets.append(_seeds(asked, numbers["seed"]))
    there = [each for each in facets if each.options or each.name in search.RANGES]
    return numbers["total"].get("", 0), there


# --- numbers ---------------------------------------------------------------------------------

Numbers = dict[str, int]  # of takes, by value


def _numbers(takes: QuerySet[Render], asked: Search, *, money: bool) -> dict[str, Numbers]:
    """How many takes have each value of each facet; one query, which looks at every take once."""
    columns = {
        "shot": F("shot_id"),
        "kind": F("kind"),
        "state": F("state"),
        "verdict": F("verdict"),
        "circled": _one_or_none(Q(circled=True)),
        "person": F("created_by_id"),
        "model": F("model"),
        "aspect": F("aspect"),
        "flagged": _one_or_none(Q(flagged=True)),
        "date": _bucket([Q(created_at__gte=found.begin_of(day)) for day in _first_days()]),
        "seed": Coalesce(F("seed"), F("seed_asked"), output_field=BigIntegerField()),
    }
    if money:
        columns["price"] = _bucket([Q(cost__lte=most) for most in _PRICES])
    active = {name: _one_or_none(condition) for name, condition in found.conditions(asked).items()}
    named = {f"of_{name}": each for name, each in columns.items()}
    named |= {f"in_{name}": each for name, each in active.items()}
    inner, values = takes.order_by().annotate(**named).values_list(*named).query.sql_with_params()
    parts = [_counted(name, active) for name in ["total", *columns]]
    statement = f"WITH takes ({', '.join(named)}) AS MATERIALIZED ({inner}) {' UNION ALL '.join(parts)}"
    numbers: dict[str, Numbers] = defaultdict(dict)
    for facet, value, number in sql.rows(statement, values):
        if value is not None:
            numbers[facet][value] = number
    return numbers


def _counted(name: str, active: Iterable[str]) -> str:
    """The part of the statement that counts one facet, among what the others let through."""
    others = " AND ".join(f"in_{each} = 1" for each in active if each != name) or "1 = 1"
    if name == "total":
        return f"SELECT 'total', '', COUNT(*) FROM takes WHERE {others}"  # noqa: S608
    column = f"of_{name}"
    counted = f"SELECT '{name}', CAST({column} AS TEXT), COUNT(*) FROM takes WHERE {others} GROUP BY {column}"  # noqa: S608
    if name == "seed":
        often = f"{counted} HAVING COUNT(*) > 1 ORDER BY COUNT(*) DESC, {column} LIMIT {_SEEDS}"
        return f"SELECT * FROM ({often}) AS often"  # noqa: S608
    return counted


def _one_or_none(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _bucket(conditions: list[Q]) -> Case:
    """The number of the first of these conditions that holds; -1 where none does."""
    cases = [When(condition, then=Value(number)) for number, condition in enumerate(conditions)]
    return Case(*cases, default=Value(-1), output_field=IntegerField())


def _first_days() -> list[date]:
    today = timezone.localdate()
    return [today - timedelta(days=days) for days in _DAYS.values()]


# --- what is offered -----------------------------------------------------------------------------

Named = list[tuple[str, str, int, str]]  # value in an address, label, number, code


def _choice(name: str, asked: Search, named: Named, *, values: int = 0) -> Facet:
    """A facet with some values chosen. `values` are how many there are, where not all have been named."""
    chosen = asked.chosen.get(name, ())
    offered = [each for place, each in enumerate(named) if place < MOST or each[0] in chosen]
    options = [
        Option(label, number, asked.toggled(name, value).query, value in chosen, code)
        for value, label, number, code in offered
    ]
    nowhere = set(chosen) - {value for value, *_ in offered}  # what no take has, or nobody knows
    options += [
        Option(_label(name, value), 0, asked.toggled(name, value).query, True) for value in sorted(nowhere)
    ]
    return Facet(name, _LABELS[name], options, max(0, values - len(offered)), _clear(name, asked))


def _clear(name: str, asked: Search) -> str | None:
    return asked.without(name).query if name in asked.active else None


def _known(name: str, numbers: Numbers) -> Named:
    """Values whose words the studio knows by itself, in their own order or with the most takes first."""
    keys = {"verdict": {"": "open"}, "circled": {"1": "yes", "0": "no"}, "flagged": {"1": "yes", "0": "no"}}
    by_value = {keys.get(name, {}).get(value, value): number for value, number in numbers.items()}
    if name in ("circled", "flagged") and set(by_value) <= {"no"}:
        return []
    fixed = {
        "kind": search.KINDS,
        "state": {state.value: state.label for state in search.STATES},
        "verdict": search.VERDICTS,
        "circled": search.YES_NO,
        "flagged": search.YES_NO,
    }.get(name)
    order = fixed or sorted(by_value, key=lambda value: -by_value[value])
    return [(value, _label(name, value), by_value[value], "") for value in order if value in by_value]


def _label(name: str, value: str) -> str:
    if name == "model":
        return _model_name(value)
    if name == "state":
        return Render.State(value).label
    if name == "person":
        return "somebody"
    of = {
        "kind": search.KINDS,
        "verdict": search.VERDICTS,
        "circled": search.YES_NO,
        "flagged": search.YES_NO,
    }
    return of.get(name, {}).get(value, value)


def _model_name(key: str) -> str:
    return catalogue.named(key).name


def _shots(project: Project, numbers: Numbers, asked: Search) -> Named:
    """Those with the most takes, and those chosen, in the order of the shot list."""
    most = sorted(numbers, key=lambda pk: -numbers[pk])[:MOST]
    wanted = Q(pk__in=most) | Q(code__in=asked.chosen.get("shot", ()))
    shots = Shot.objects.kept().filter(wanted, project=project).in_order()
    return [(shot.code, shot.title, numbers.get(str(shot.pk), 0), shot.code) for shot in shots]


def _people(project: Project, numbers: Numbers, asked: Search) -> Named:
    """Those with the most takes first. Of those chosen only members of the project are known by name."""
    chosen = Q(code__in=asked.chosen.get("person", ()), memberships__project=project)
    people = User.objects.filter(Q(pk__in=list(numbers)) | chosen).distinct()
    named = [(str(user.code), user.name or user.email, numbers.get(str(user.pk), 0), "") for user in people]
    return sorted(named, key=lambda each: -each[2])


def _days(asked: Search, numbers: Numbers) -> Facet:
    """Each of these spans holds the ones before it."""
    facet = Facet("date", _LABELS["date"], clear=_clear("date", asked))
    number = 0
    for place, (label, day) in enumerate(zip(_DAYS, _first_days(), strict=True)):
        number += numbers.get(str(place), 0)
        chosen = asked.since == day and asked.until is None
        other = replace(asked, since=None if chosen else day, until=None)
        facet.options.append(Option(label, number, other.query, chosen))
    return facet


def _prices(asked: Search, numbers: Numbers) -> Facet:
    """Each of these holds the ones before it."""
    facet = Facet("price", _LABELS["price"], clear=_clear("price", asked))
    number = 0
    for place, most in enumerate(_PRICES):
        number += numbers.get(str(place), 0)
        chosen = (asked.price_from, asked.price_to) == (None, most)
        if numbers.get(str(place)) or chosen:
            other = replace(asked, price_from=None, price_to=None if chosen else most)
            facet.options.append(Option(f"up to {dollars(most)}", number, other.query, chosen))
    return facet


def _seeds(asked: Search, numbers: Numbers) -> Facet:
    facet = Facet("seed", _LABELS["seed"], clear=_clear("seed", asked))
    for value, number in numbers.items():
        chosen = asked.seed == int(value)
        other = replace(asked, seed=None if chosen else int(value))
        facet.options.append(Option(value, number, other.query, chosen))
    return facet
