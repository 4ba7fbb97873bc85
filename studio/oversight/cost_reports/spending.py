"""What was spent, from the sums that the ledger keeps: by day, model, person and shot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from studio.core import sql
from studio.core.money import ZERO, from_column
from studio.oversight.cost_reports.period import Period
from studio.planning.ledger.models import LedgerEntry, ShotGone
from studio.planning.projects.models import Project

Key = TypeVar("Key", bound=Hashable)


@dataclass
class Sum:
    """Money in whole nano-dollars while it is added up, and what was bought with it."""

    nano: int = 0
    estimated_nano: int = 0
    over_nano: int = 0
    charges: int = 0
    seconds: int = 0

    def add(self, spent: int, estimated: int, over: int, charges: int, seconds: int) -> None:
        self.nano += int(spent)  # PostgreSQL adds whole numbers up to a numeric
        self.estimated_nano += int(estimated)
        self.over_nano += int(over)
        self.charges += int(charges)
        self.seconds += int(seconds)

    @property
    def spent(self) -> Decimal:
        return from_column(self.nano) or ZERO

    @property
    def estimated(self) -> Decimal:
        return from_column(self.estimated_nano) or ZERO

    @property
    def over(self) -> Decimal:
        return from_column(self.over_nano) or ZERO

    @property
    def drift(self) -> Decimal | None:
        """Billed above the estimates: 0.1 for a tenth; None where nothing was estimated."""
        return self.spent / self.estimated - 1 if self.estimated else None


@dataclass(frozen=True)
class Spent:
    """One row of the sums: a day, a model, a person."""

    day: date
    model: str
    person: int
    sums: tuple[int, int, int, int, int]  # as the columns of a Sum

    @property
    def spent(self) -> Decimal:
        return from_column(self.sums[0]) or ZERO


_MEASURES = "spent, estimated, over, charges, seconds"


def by_day(project: Project | None, period: Period) -> list[Spent]:
    """The sums of a project by day, model and person; of all projects for None. One query."""
    where, values = _where(project, period)
    table = "costs_dayspend" if period.scene is None else "costs_shotspend"
    found = sql.rows(f"SELECT day, model, person, {_MEASURES} FROM {table} WHERE {where}", values)  # noqa: S608
    return [Spent(_date(day), model, person, tuple(sums)) for day, model, person, *sums in found]


def by_shot(project: Project, period: Period) -> dict[int, Sum]:
    """The sums of each shot by its key; 0 for what was for no shot. One query."""
    where, values = _where(project, period)
    measures = ", ".join(f"SUM({name.strip()})" for name in _MEASURES.split(","))
    found = sql.rows(
        f"SELECT shot_ref, {measures} FROM costs_shotspend WHERE {where} GROUP BY shot_ref",  # noqa: S608
        values,
    )
    sums = {}
    for shot, *measured in found:
        sums[shot] = Sum()
        sums[shot].add(*measured)
    return sums


def by_project(period: Period, project_ids: Iterable[int]) -> dict[int, Sum]:
    """The sums of these projects by their keys. One query."""
    keys = list(project_ids)
    where, values = _where(None, period)
    measures = ", ".join(f"SUM({name.strip()})" for name in _MEASURES.split(","))
    found = sql.rows(
        f"SELECT project_id, {measures} FROM costs_dayspend"  # noqa: S608
        f" WHERE {where} AND project_id IN ({sql.marks(keys)}) GROUP BY project_id",
        [*values, *keys],
    )
    sums = {}
    for project, *measured in found:
        sums[project] = Sum()
        sums[project].add(*measured)
    return sums


def added(rows: Iterable[Spent], key: Callable[[Spent], Key]) -> dict[Key, Sum]:
    """Rows added up by whatever is asked of them."""
    sums: dict[Key, Sum] = defaultdict(Sum)
    for row in rows:
        sums[key(row)].add(*row.sums)
    return dict(sums)


def total(rows: Iterable[Spent]) -> Sum:
    return added(rows, lambda row: "").get("", Sum())


def entries(project: Project | None, period: Period) -> QuerySet[LedgerEntry]:
    """The rows of the ledger that a period is about, the newest first; of all projects for None."""
    found = LedgerEntry.objects.filter(sandbox=period.sandbox, day__lte=period.last).order_by("-pk")
    if project is not None:
        found = found.filter(project=project)
    if period.first is not None:
        found = found.filter(day__gte=period.first)
    if period.model:
        found = found.filter(model=period.model)
    if period.person:
        found = found.filter(by_id=period.person.pk)
    if project is None or period.scene is None:
        return found
    here, gone = project.shots.all(), ShotGone.objects.filter(project=project)
    if period.scene:
        here, gone = here.filter(scene=period.scene), gone.filter(scene=period.scene)
        return found.filter(Q(shot_ref__in=here.values("pk")) | Q(shot_ref__in=gone.values("shot_ref")))
    here, gone = here.exclude(scene=""), gone.exclude(scene="")
    return found.exclude(shot_ref__in=here.values("pk")).exclude(shot_ref__in=gone.values("shot_ref"))


def _shots_of_scene(project: Project, scene: str) -> tuple[str, list[Any]]:
    """The shots that are in a scene, or were when they went; for "" whatever is in none."""
    those = (
        "(SELECT id FROM projects_shot WHERE project_id = %s AND scene {0}"
        " UNION ALL SELECT shot_ref FROM costs_shotgone WHERE project_id = %s AND scene {0})"
    )
    if scene:
        return f"IN {those.format('= %s')}", [project.pk, scene] * 2
    return f"NOT IN {those.format('<> %s')}", [project.pk, ""] * 2


def _where(project: Project | None, period: Period) -> tuple[str, list[Any]]:
    """The condition on a table of sums, and its values."""
    parts, values = ["sandbox = %s", "day <= %s"], [period.sandbox, period.last.isoformat()]
    if project is not None:
        parts, values = ["project_id = %s", *parts], [project.pk, *values]
    if period.first is not None:
        parts.append("day >= %s")
        values.append(period.first.isoformat())
    if period.model:
        parts.append("model = %s")
        values.append(period.model)
    if period.person:
        parts.append("person = %s")
        values.append(period.person.pk)
    if period.scene is not None and project is not None:
        shots, named = _shots_of_scene(project, period.scene)
        parts.append(f"shot_ref {shots}")
        values += named
    return " AND ".join(parts), values


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
