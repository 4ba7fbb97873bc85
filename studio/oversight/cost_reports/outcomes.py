"""What became of what was paid: approved seconds, hit rates, and waste with its reasons.

A take counts on the day it was billed. Verdicts count as they stand now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Any, TypeVar

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from studio.core.money import ZERO
from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.oversight.cost_reports import spending
from studio.oversight.cost_reports.period import Period
from studio.planning.ledger.models import ShotGone
from studio.planning.projects.models import Project
from studio.review.dailies import reasons

FEWEST = 20  # judged takes below which no rate is claimed
PLACES = Decimal("0.000001")
_Z = 1.2816  # four times in five the true rate lies inside

Key = TypeVar("Key", bound=Hashable)


# --- approved seconds ---------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """Approved clips of a shot, model and person: how many, and how long."""

    project: int
    shot: int
    model: str
    person: int
    takes: int
    seconds: Fraction


def approved(project: Project | None, period: Period) -> list[Kept]:
    """Approved clips: all of each, or the range that was approved. One query."""
    found = (
        takes(project, period)
        .exclude(verdict="")  # says nothing new, but SQLite finds the index of judged takes by it
        .filter(verdict="approved", kind=catalogue.Kind.VIDEO)
        .values("project_id", "shot_id", "model", "created_by_id", "fps_num", "fps_den")
        .annotate(frames=Sum(Coalesce("kept_frames", "frame_count")), number=Count("pk"))
        .order_by()
    )
    return [
        Kept(
            row["project_id"],
            row["shot_id"],
            row["model"],
            row["created_by_id"] or 0,
            row["number"],
            Fraction(int(row["frames"] or 0) * (row["fps_den"] or 1), row["fps_num"] or 1)
            if row["fps_num"]
            else Fraction(0),
        )
        for row in found
    ]


def seconds_by(kept: Iterable[Kept], key: Callable[[Kept], Key]) -> dict[Key, Fraction]:
    added: dict[Key, Fraction] = defaultdict(Fraction)
    for each in kept:
        added[key(each)] += each.seconds
    return dict(added)


def per_second(spent: Decimal, seconds: Fraction) -> Decimal | None:
    """USD for each approved second; None while there is none."""
    return spent * seconds.denominator / seconds.numerator if seconds else None


def takes(project: Project | None, period: Period) -> Any:
    """The takes that a period is about and that are not in the trash."""
    return _billed(project, period).filter(trashed_at=None, shot__trashed_at=None)


def _billed(project: Project | None, period: Period) -> Any:
    """The takes that were billed in a period, wherever they lie now."""
    found = Render.objects.filter(sandbox=period.sandbox, answered_at__lt=period.end)
    if project is not None:
        found = found.filter(project=project)
    if period.start is not None:
        found = found.filter(answered_at__gte=period.start)
    if period.model:
        found = found.filter(model=period.model)
    if period.person:
        found = found.filter(created_by=period.person)
    if period.scene is not None:
        found = found.filter(shot__scene=period.scene)
    return found


# --- hit rates ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """Takes of a kind that were judged alike."""

    model: str
    seconds: int | None
    framed: bool  # made from a first frame
    first: bool  # the first of their shot with their model
    verdict: str
    reasons: tuple[str, ...]
    number: int
    cost: Decimal


def judged(project: Project, period: Period) -> list[Judged]:
    """Every judged take, gathered by all that a rate may depend on. One query."""
    earlier = Render.objects.filter(
        shot=OuterRef("shot"), model=OuterRef("model"), pk__lt=OuterRef("pk"), state="ready"
    )
    found = (
        takes(project, period)
        .exclude(verdict="")
        .annotate(
            framed=Case(
                When(Q(frames=[]), then=Value(False)), default=Value(True), output_field=BooleanField()
            ),
            first=~Exists(earlier),
        )
        .values("model", "seconds", "framed", "first", "verdict", "reasons")
        .annotate(number=Count("pk"), spent=Sum("cost"))
        .order_by()
    )
    return [
        Judged(
            row["model"],
            row["seconds"],
            row["framed"],
            row["first"],
            row["verdict"],
            tuple(filter(None, row["reasons"].split(","))),
            row["number"],
            row["spent"] or ZERO,
        )
        for row in found
    ]


@dataclass
class Rate:
    """How many of the judged takes were approved."""

    approved: int = 0
    retake: int = 0
    rejected: int = 0

    def add(self, verdict: str, number: int) -> None:
        setattr(self, verdict, getattr(self, verdict) + number)

    @property
    def judged(self) -> int:
        return self.approved + self.retake + self.rejected

    @property
    def is_claimed(self) -> bool:
        return self.judged >= FEWEST

    @property
    def share(self) -> float:
        return self.approved / self.judged if self.judged else 0.0

    @property
    def percent(self) -> str:
        """ "38 %", or nothing while too few were judged."""
        return f"{100 * self.share:.0f} %" if self.is_claimed else ""

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson's interval around it, as wide as the number is small."""
        n, p = self.judged, self.share
        if not n:
            return 0.0, 1.0
        middle, spread = p + _Z**2 / (2 * n), _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n * n))
        scale = 1 + _Z**2 / n
        return (middle - spread) / scale, (middle + spread) / scale


def rates_by_model(project: Project, period: Period) -> dict[str, Rate]:
    """The rate of each model, where nothing else about the takes matters. One query."""
    found = takes(project, period).exclude(verdict="").values_list("model", "verdict").order_by()
    added: dict[str, Rate] = defaultdict(Rate)
    for model, verdict, number in found.annotate(number=Count("pk")):
        added[model].add(verdict, number)
    return dict(added)


def rates(found: Iterable[Judged], key: Callable[[Judged], Key]) -> dict[Key, Rate]:
    added: dict[Key, Rate] = defaultdict(Rate)
    for each in found:
        added[key(each)].add(each.verdict, each.number)
    return dict(added)


# --- waste --------------------------------------------------------------------------------


@dataclass
class Waste:
    """What was paid for takes that are not used, for one reason."""

    label: str
    takes: int = 0
    spent: Decimal = ZERO

    def add(self, number: int, cost: Decimal) -> None:
        self.takes += number
        self.spent += cost


def waste(project: Project, period: Period, found: Iterable[Judged]) -> tuple[Waste, list[Waste]]:
    """All of it together, and by reason. A take with two reasons counts in each. A few queries, ever the same."""
    whole = Waste("All")
    by_reason: dict[str, Waste] = {}
    for each in found:
        if each.verdict == "approved":
            continue
        whole.add(each.number, each.cost)
        for label in [reasons.LABELS.get(key, key) for key in each.reasons] or ["no reason given"]:
            by_reason.setdefault(label, Waste(label)).add(each.number, each.cost)
    for label, number, cost in _unseen(project, period):
        whole.add(number, cost)
        by_reason[label] = Waste(label, number, cost)
    return whole, sorted(by_reason.values(), key=lambda each: (-each.spent, each.label))


def _gone(project: Project, period: Period) -> tuple[int, Decimal]:
    """Takes that are gone from the trash for good, and what the ledger says they cost."""
    if (
        not project.shots.exclude(numbers_gone={}).exists()
        and not ShotGone.objects.filter(project=project).exists()
    ):
        return 0, ZERO  # nothing has ever gone: the ledger need not be read
    there = Render.objects.filter(code=OuterRef("render_code"))
    paid = spending.entries(project, period).filter(kind__in=["charge", "adjustment"], shot_ref__isnull=False)
    sums = paid.exclude(Exists(there)).aggregate(
        number=Count("pk", filter=Q(kind="charge")), cost=Sum("amount")
    )
    return sums["number"], sums["cost"] or ZERO


def _unseen(project: Project, period: Period) -> list[tuple[str, int, Decimal]]:
    """What was paid for and cannot be looked at: its file is gone, or it was thrown away."""
    paid = _billed(project, period).filter(cost__gt=0)
    there = paid.exclude(state="failed")
    # three statements: for a condition over both tables SQLite goes through the takes of every shot
    lost = _number_and_cost(paid.filter(state="failed"))
    parts = [
        _number_and_cost(there.filter(trashed_at__isnull=False)),
        _number_and_cost(there.filter(trashed_at=None, shot__trashed_at__isnull=False)),
        _gone(project, period),
    ]
    found = [
        ("the file was lost", *lost),
        ("thrown away", sum(number for number, _ in parts), sum((cost for _, cost in parts), ZERO)),
    ]
    return [(label, number, cost) for label, number, cost in found if number]


def _number_and_cost(found: Any) -> tuple[int, Decimal]:
    sums = found.aggregate(number=Count("pk"), cost=Sum("cost"))
    return sums["number"], sums["cost"] or ZERO
