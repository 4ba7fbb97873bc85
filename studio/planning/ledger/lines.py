"""Budgets: the hard lines, how much of each is used, and whether an order fits below all of them.

A project has one, a scene may have one, and so may what a person orders in a day; the studio's owner may draw
two above all projects. Ask under the project's lock: what is used moves with every order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, partial

from django.utils import timezone

from studio.core import sql
from studio.core.money import ZERO, dollars, from_column, round_dollars
from studio.people.accounts import studio_owner
from studio.planning.ledger import studio_budgets
from studio.planning.ledger.models import Balance, Budget
from studio.planning.projects.models import Project

SOFT = Decimal("0.8")  # of a line, from where people are warned


@dataclass
class Line:
    """One budget and what is spent or set aside of it. `what` names it in a sentence."""

    what: str
    amount: Decimal
    used: Decimal
    scope: str = "project"
    scene: str = ""
    is_owners: bool = False  # only the studio's owner lets through what would pass it

    @property
    def note(self) -> str:
        """Why a take waits for it."""
        return f"over {self.what}"

    @property
    def who(self) -> str:
        """Whose word lets through what would pass it."""
        return "the studio's owner" if self.is_owners else "a producer"

    def told(self, over: Decimal) -> str:
        """Say that something would pass it by so much. What all projects spend is nobody's but the owner's to know."""
        by = "Over" if self.is_owners else f"{dollars(over)} over"
        return f"{by} {self.what}: what does not fit waits for {self.who}."

    def effect(self, after: Decimal) -> str:
        """Say what going over it would do."""
        return f"allowing it takes {self.what} to {dollars(after)} of {round_dollars(self.amount)}"

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


class NoBudget(Line):
    """Stands above a project that may spend nothing until it has a budget, or its owner's leave to do without."""

    def __init__(self) -> None:
        super().__init__("no budget", ZERO, ZERO, scope="none", is_owners=True)

    @property
    def note(self) -> str:
        return "the project has no budget"

    @property
    def is_passed(self) -> bool:
        return False

    def effect(self, after: Decimal) -> str:
        return self.note

    def told(self, over: Decimal) -> str:
        return f"The project has no budget: what is ordered waits for {self.who}, or until it has one."


@dataclass
class Allowance:
    """The lines that bear on what one person orders now on a project."""

    project: Line | None
    scenes: dict[str, Line] = field(default_factory=dict)
    day: Line | None = None
    owners: Callable[[], list[Line]] = list  # those that only the studio's owner moves; asked for when needed

    def of(self, scene: str) -> list[Line]:
        """The lines above an order for a shot of this scene: first those of which a producer has no say."""
        return [*self.owners(), *self.of_project(scene)]

    def of_project(self, scene: str) -> list[Line]:
        """Those that its producers draw."""
        return [line for line in (self.project, self.scenes.get(scene), self.day) if line]

    def owners_refuse(self, amount: Decimal) -> Line | None:
        """The first line this amount would pass that no producer may go over."""
        return next((line for line in self.owners() if not line.takes(amount)), None)

    def refuses(self, amount: Decimal, *, scene: str) -> Line | None:
        """The first line this amount would pass; None when it fits below all."""
        return next((line for line in self.of(scene) if not line.takes(amount)), None)

    def use(self, amount: Decimal, *, scene: str) -> None:
        """Count an amount that was let through."""
        for line in self.of(scene):
            line.used += amount


class Allowances:
    """The lines of a project for several people: what one of them uses is used for the others too.

    Args:
        scene: only this scene's line, of those of scenes; None for all of them.
        ordering: something is ordered in this transaction, so the studio's lines are held until it ends.
    """

    def __init__(
        self, project: Project, *, sandbox: bool, scene: str | None = None, ordering: bool = False
    ) -> None:
        self._project, self._sandbox, self._ordering = project, sandbox, ordering
        self.project: Line | None = None
        if project.budget is not None:
            now = Balance.of(project, sandbox=sandbox)
            self.project = Line("the project's budget", project.budget, now.committed)
        budgets = list(Budget.objects.filter(project=project))
        of_scenes = [b for b in budgets if b.scope == Budget.Scope.SCENE and scene in (None, b.scene)]
        self.scenes = scene_lines(project, of_scenes, sandbox=sandbox)
        self._of_day = {b.person_id: b for b in budgets if b.scope == Budget.Scope.DAY}
        self._people: dict[int | None, Allowance] = {}

    def of(self, person_id: int | None) -> Allowance:
        """Those that bear on this person, with what is used of each."""
        if person_id not in self._people:
            budget = self._of_day.get(person_id) or self._of_day.get(None)
            day = None
            if budget is not None:
                day = day_line(self._project, budget, person_id=person_id or 0, sandbox=self._sandbox)
            self._people[person_id] = Allowance(
                self.project, self.scenes, day, partial(self._owners, person_id)
            )
        return self._people[person_id]

    @cached_property
    def _studio(self) -> list[Line]:
        found = studio_budgets.used(sandbox=self._sandbox, lock=self._ordering)
        return [
            Line(budget.what, budget.amount, used, scope=f"studio {budget.period}", is_owners=True)
            for budget, used in found
        ]

    @cached_property
    def _no_budget(self) -> list[Line]:
        needs = self._project.unbudgeted_needs_owner and self._project.budget is None
        return [NoBudget()] if needs else []

    def _owners(self, person_id: int | None) -> list[Line]:
        """The studio's lines, and that a project has none of its own, which does not keep the owner."""
        unbudgeted = self._no_budget
        if unbudgeted and person_id and studio_owner.owners().filter(pk=person_id).exists():
            unbudgeted = []
        return [*unbudgeted, *self._studio]


def allowance(
    project: Project,
    *,
    person_id: int | None,
    sandbox: bool,
    scene: str | None = None,
    ordering: bool = False,
) -> Allowance:
    """The lines there are for one person, with what is used of each; see `Allowances`."""
    return Allowances(project, sandbox=sandbox, scene=scene, ordering=ordering).of(person_id)


def standing(what: str, amount: Decimal, used: Decimal) -> str:
    """How a budget stands, where people should know; "" where not. Of a budget of nothing there is no share."""
    if used > amount:
        return f"{what} is passed: {dollars(used)} of {round_dollars(amount)}"
    if amount and used >= amount * SOFT:
        return f"{what} is {int(100 * used / amount)} % used: {dollars(used)} of {round_dollars(amount)}"
    return ""


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
