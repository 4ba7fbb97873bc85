"""Budgets: the hard lines, how much of each is used, and whether an order fits below all of them.

A project has one, a scene may have one, and so may what a person orders in a day. Ask under the
project's lock: what is used moves with every order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils import timezone

from studio import sql
from studio.costs.models import Balance, Budget
from studio.money import ZERO, from_column
from studio.projects.models import Project

SOFT = Decimal("0.8")  # of a line, from where people are warned


@dataclass
class Line:
    """One budget and what is spent or set aside of it. `what` names it in a sentence."""

    what: str
    amount: Decimal
    used: Decimal
    scope: str = "project"
    scene: str = ""

    @property
    def left(self) -> Decimal:
        return self.amount - self.used

    @property
    def share(self) -> Decimal:
        """How much of it is used, 1 for all; a budget of nothing is used up."""
        return self.used / self.amount if self.amount else Decimal(1)

    @property
    def is_soft(self) -> bool:
        return self.share >= SOFT

    @property
    def is_passed(self) -> bool:
        return self.used > self.amount

    def takes(self, amount: Decimal) -> bool:
        return self.used + amount <= self.amount


@dataclass
class Allowance:
    """The lines that bear on what one person orders now on a project."""

    project: Line | None
    scenes: dict[str, Line] = field(default_factory=dict)
    day: Line | None = None

    def of(self, scene: str) -> list[Line]:
        """The lines above an order for a shot of this scene."""
        return [line for line in (self.project, self.scenes.get(scene), self.day) if line]

    def refuses(self, amount: Decimal, *, scene: str) -> Line | None:
        """The first line this amount would pass; None when it fits below all."""
        return next((line for line in self.of(scene) if not line.takes(amount)), None)

    def use(self, amount: Decimal, *, scene: str) -> None:
        """Count an amount that was let through."""
        for line in self.of(scene):
            line.used += amount


def allowance(project: Project, *, person_id: int | None, sandbox: bool) -> Allowance:
    """The lines there are for this person, with what is used of each."""
    now = Balance.of(project, sandbox=sandbox)
    whole = None
    if project.budget is not None:
        whole = Line("the project's budget", project.budget, now.spent + now.held)
    budgets = list(Budget.objects.filter(project=project))
    scenes = scene_lines(project, [b for b in budgets if b.scope == Budget.Scope.SCENE], sandbox=sandbox)
    of_day = _budget_of(person_id, budgets)
    day = day_line(project, of_day, person_id=person_id or 0, sandbox=sandbox) if of_day else None
    return Allowance(whole, scenes, day)


def _budget_of(person_id: int | None, budgets: list[Budget]) -> Budget | None:
    """A person's own line for the day, else everybody's."""
    of_day = {budget.person_id: budget for budget in budgets if budget.scope == Budget.Scope.DAY}
    return of_day.get(person_id) or of_day.get(None)


def scene_lines(project: Project, budgets: list[Budget], *, sandbox: bool) -> dict[str, Line]:
    """The lines of scenes by name. What is used is that of the shots which are there now, or were when they went."""
    used: dict[str, Decimal] = {}
    if budgets:
        found = sql.rows(
            "SELECT shot.scene, SUM(spend.spent + spend.held) FROM costs_shotspend AS spend"  # noqa: S608
            " JOIN (SELECT id, scene FROM projects_shot WHERE project_id = %s"
            " UNION ALL SELECT shot_ref, scene FROM costs_shotgone WHERE project_id = %s) AS shot"
            " ON shot.id = spend.shot_ref"
            f" WHERE spend.project_id = %s AND spend.sandbox = %s AND shot.scene IN ({sql.marks(budgets)})"
            " GROUP BY shot.scene",
            [project.pk, project.pk, project.pk, sandbox, *(budget.scene for budget in budgets)],
        )
        used = {scene: from_column(amount) or ZERO for scene, amount in found}
    return {
        budget.scene: Line(
            f"the budget of scene {budget.scene}",
            budget.amount,
            used.get(budget.scene, ZERO),
            scope=Budget.Scope.SCENE,
            scene=budget.scene,
        )
        for budget in budgets
    }


def day_line(project: Project, budget: Budget, *, person_id: int, sandbox: bool) -> Line:
    """The line for what one person orders today."""
    used = ordered_on(project, timezone.localdate(), sandbox=sandbox, person_id=person_id).get(
        person_id, ZERO
    )
    return Line("the budget of one person for a day", budget.amount, used, scope=Budget.Scope.DAY)


def ordered_on(
    project: Project, day: date, *, sandbox: bool, person_id: int | None = None
) -> dict[int, Decimal]:
    """What each person's orders of that day have cost or may cost, whenever they are billed.

    Args:
        person_id: only this person's; 0 for nobody's.
    """
    whose = {None: "", 0: " AND held.by_id IS NULL"}.get(person_id, " AND held.by_id = %s")
    found = sql.rows(
        "SELECT held.by_id, SUM(CASE entry.kind WHEN 'release' THEN -entry.amount ELSE entry.amount END)"  # noqa: S608
        " FROM costs_ledgerentry AS held JOIN costs_ledgerentry AS entry ON entry.render_code = held.render_code"
        f" WHERE held.project_id = %s AND held.sandbox = %s AND held.day = %s AND held.kind = 'hold'{whose}"
        " GROUP BY held.by_id",
        [project.pk, sandbox, day.isoformat(), *([person_id] if person_id else [])],
    )
    return {person or 0: from_column(amount) or ZERO for person, amount in found}
