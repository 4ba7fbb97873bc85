"""Spend by day as bars, stacked by model: where each rectangle stands, for an SVG drawn by the server."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from studio.core.money import ZERO, from_column, plain
from studio.integrations import catalogue
from studio.oversight.cost_reports.spending import Spent

MOST_BARS = 70  # more days than this are gathered by week, more weeks by month
BASE = 190  # where zero is
HEIGHT = 176
LEFT = 44
_NICE = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Part:
    """A model's part of a bar."""

    model: str
    name: str
    amount: Decimal
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """A day, a week or a month."""

    first: date
    last: date
    total: Decimal
    parts: list[Part]
    x: float
    width: float
    label: str  # below it, on some

    @property
    def when(self) -> str:
        if self.first == self.last:
            return f"{self.first:%b %-d, %Y}"
        return f"{self.first:%b %-d} to {self.last:%b %-d, %Y}"


@dataclass(frozen=True)
class Tick:
    y: float
    label: str


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    ticks: list[Tick]
    width: int
    of: str  # what a bar is: "day", "week", "month"

    @property
    def height(self) -> int:
        return BASE + 24

    @property
    def right(self) -> int:
        return self.width

    @property
    def base(self) -> int:
        return BASE

    @property
    def label_y(self) -> int:
        return BASE + 18


def draw(rows: Iterable[Spent], *, first: date | None, last: date, width: int) -> Chart:
    """Bars from the first day to the last, `width` units wide together.

    Args:
        first: None for the first day on which anything was spent.
    """
    by_day: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        by_day[row.day][row.model] += int(row.sums[0])
    first = first or min(by_day, default=last)
    steps, of = _steps(min(first, last), last)
    sums = [_gathered(by_day, begin, end) for begin, end in steps]
    top, ticks = _scale(max((sum(max(0, nano) for nano in each.values()) for each in sums), default=0))
    slot = (width - LEFT) / len(steps)
    every = max(1, round(len(steps) / max(1, width // 150)))
    bars = []
    for place, ((begin, end), each) in enumerate(zip(steps, sums, strict=True)):
        bars.append(
            Bar(
                first=begin,
                last=end,
                total=from_column(sum(each.values())) or ZERO,
                parts=_parts(each, top),
                x=round(LEFT + slot * place + slot * 0.12, 1),
                width=round(slot * 0.76, 1),
                label=_label(begin, of) if place % every == 0 else "",
            )
        )
    return Chart(bars, ticks, width, of)


def _steps(first: date, last: date) -> tuple[list[tuple[date, date]], str]:
    """Days; weeks from Monday, or months, where there are too many of them."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if len(days) <= MOST_BARS:
        return [(day, day) for day in days], "day"
    weekly = len(days) <= 7 * MOST_BARS
    gathered: dict[date, list[date]] = defaultdict(list)
    for day in days:
        gathered[day - timedelta(days=day.weekday()) if weekly else day.replace(day=1)].append(day)
    return [(held[0], held[-1]) for held in gathered.values()], "week" if weekly else "month"


def _gathered(by_day: Mapping[date, Mapping[str, int]], begin: date, end: date) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for n in range((end - begin).days + 1):
        for model, nano in by_day.get(begin + timedelta(days=n), {}).items():
            sums[model] += nano
    return sums


def _scale(most: int) -> tuple[int, list[Tick]]:
    """The top of the scale in nano-dollars, and four or so round lines up to it."""
    if most <= 0:
        return 1, [Tick(BASE, "$0")]
    rough, power = most / 4, 1
    while power * 10 <= rough:
        power *= 10
    step = next(int(power * nice) for nice in _NICE if power * nice >= rough)
    lines = -(-most // step)
    return step * lines, [
        Tick(round(BASE - HEIGHT * n / lines, 1), f"${plain(Decimal(step * n).scaleb(-9))}")
        for n in range(lines + 1)
    ]


def _parts(sums: Mapping[str, int], top: int) -> list[Part]:
    """From the ground up, in the catalogue's order, the dearest model first; corrections below zero have no height."""
    order = {model.key: place for place, model in enumerate(reversed(catalogue.MODELS))}
    names = {model.key: model.name for model in catalogue.MODELS}
    parts, ground = [], float(BASE)
    for model in sorted(sums, key=lambda key: (order.get(key, 99), key)):
        nano = sums[model]
        if not nano:
            continue
        height = HEIGHT * max(0, nano) / top
        ground -= height
        shown = max(0.0, height - 1)  # a hair between two models
        amount = from_column(nano) or ZERO
        parts.append(
            Part(model, names.get(model, model) or "no model", amount, round(ground, 2), round(shown, 2))
        )
    return parts


def _label(day: date, of: str) -> str:
    return f"{day:%b %Y}" if of == "month" else f"{day:%b %-d}"
