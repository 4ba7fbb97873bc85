"""The plan sheet: what ordering several shots at once would make and cost, line by line, before it is ordered."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from studio.core.money import ZERO, plain
from studio.generation.orders import orders
from studio.generation.orders.orders import TakeOrder, Wish
from studio.generation.renders import create_takes, lifecycle
from studio.generation.renders.models import Render
from studio.integrations import providers
from studio.integrations.catalogue import render_settings
from studio.planning.ledger import estimate, lines
from studio.planning.ledger.estimate import Tariff
from studio.planning.ledger.lines import Line, NoBudget
from studio.planning.projects.models import Project, Shot
from studio.planning.prompts import history
from studio.planning.references.shelf import Shelf
from studio.runtime.live import events

MOST = 100  # shots in one plan
MOST_TAKES = 200  # ordered by one press: they are written down together, while everybody else waits


class Changed(Exception):
    """Something is not as the sheet showed it. Nothing was ordered; show the plan it carries."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            "Something changed since this was shown, so nothing was ordered. This is the plan now."
        )
        self.plan = plan


@dataclass
class PlanLine:
    """A shot of the plan. Without an order it cannot be rendered, and `problem` says why."""

    shot: Shot
    order: TakeOrder | None
    problem: str = ""
    chosen: bool = False
    waits: Line | None = None  # the budget that some of its takes would pass
    waiting: int = 0  # how many of them
    was: str = ""  # how a browser saw it before, where that is another

    @property
    def key(self) -> int:
        """What its box sends."""
        return self.shot.pk

    @property
    def open(self) -> bool:
        """Whether its box can be ticked."""
        return self.order is not None

    @property
    def total(self) -> Decimal:
        return self.order.total if self.order else ZERO

    @property
    def seen(self) -> str:
        """All that was shown of it, in a word: another whenever anything about it is another."""
        return sha256(json.dumps(self.shown()).encode()).hexdigest()[:16]

    def shown(self) -> list[object]:
        order = self.order
        shown: list[object] = [
            self.shot.code,
            self.problem,
            self.waits.what if self.waits else "",
            self.waiting,
        ]
        if order:
            frame: list[object] = [order.first_frame.sha256, order.box] if order.first_frame else []
            frame += [[each.name, each.picture.sha256] for each in order.references]
            finish = render_settings.of_row(order, render_settings.FINISH)
            shown += [order.model.key, order.preset.key, order.prompt, order.seconds, order.takes, order.seed]
            shown += [*frame, *finish.values(), plain(order.estimate)]
        return shown


@dataclass
class Plan:
    """Lines with their prices, their sum, and the budgets as they would be afterwards."""

    lines: Sequence[PlanLine]
    budgets: list[Line] = field(default_factory=list)  # with the plan counted in
    tariffs: list[Tariff] = field(default_factory=list)
    before: Decimal | None = None  # used of the project's budget now
    limited: bool = False  # some line stands above it, shown or not

    @property
    def chosen(self) -> list[PlanLine]:
        return [line for line in self.lines if line.chosen]

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.chosen), ZERO)

    @property
    def takes(self) -> int:
        return sum(line.order.takes for line in self.chosen if line.order)

    @property
    def too_many(self) -> str:
        """In words why one press cannot order all of it; "" when it can."""
        if self.takes <= MOST_TAKES:
            return ""
        return f"One press orders {MOST_TAKES} takes at most; these are {self.takes:,}. Untick some lines."

    @property
    def waiting(self) -> int:
        """Lines of which something would wait for somebody's word."""
        return sum(line.waits is not None for line in self.chosen)

    @property
    def wait_for(self) -> str:
        """Whose word that is."""
        people = {line.waits.who for line in self.chosen if line.waits}
        return " and ".join(sorted(people))

    @property
    def lacks_budget(self) -> bool:
        """Whether they wait since the project has no budget at all."""
        return any(isinstance(line.waits, NoBudget) for line in self.chosen)

    @property
    def seen(self) -> str:
        """The whole sheet in a word."""
        shown = [line.seen for line in self.chosen]
        shown += [f"{line.what} {plain(line.amount)} {plain(line.used)}" for line in self.budgets]
        return sha256(" ".join([*shown, plain(self.total)]).encode()).hexdigest()[:32]


def draw_up(
    project: Project, shots: list[Shot], *, person_id: int, chosen: Collection[int] | None = None
) -> Plan:
    """Work out what ordering these shots as they are set would cost.

    Args:
        chosen: keys of the shots whose box is ticked; None for all that can be rendered.
    """
    approved = orders.approved_stills(shot.first_frame for shot in shots) if project.frames_first else set()
    shelf = Shelf(project)
    drawn = [_line(project, shot, approved, shelf) for shot in shots]
    return add_up(project, drawn, person_id=person_id, chosen=chosen)


def add_up(
    project: Project, drawn: Sequence[PlanLine], *, person_id: int, chosen: Collection[int] | None = None
) -> Plan:
    """Tick lines and count them against the budgets, one after the other.

    Args:
        chosen: keys of the lines whose box is ticked; None for all that can be.
    """
    allowance = lines.allowance(project, person_id=person_id, sandbox=providers.sandboxed())
    before = allowance.project.used if allowance.project else None
    scenes = {}
    for line in drawn:
        line.chosen = line.open and (chosen is None or line.key in chosen)
        if not line.chosen or line.order is None:
            continue
        scene = line.shot.scene
        scenes[scene] = allowance.scenes.get(scene)
        for _ in range(line.order.takes):
            passed = allowance.refuses(line.order.estimate, scene=scene)
            line.waits = line.waits or passed
            line.waiting += passed is not None
            if passed is None:
                allowance.use(line.order.estimate, scene=scene)
    budgets = [budget for budget in [allowance.project, *scenes.values(), allowance.day] if budget]
    limited = bool(budgets or allowance.owners())
    models = {line.order.model.key: line.order.model for line in drawn if line.order}
    return Plan(drawn, budgets, [estimate.tariff(model) for model in models.values()], before, limited)


def _line(project: Project, shot: Shot, approved: set[UUID], shelf: Shelf) -> PlanLine:
    shot.project = project
    try:
        return PlanLine(shot, orders.check(Wish.of(shot), project, approved=approved, shelf=shelf))
    except orders.Problems as problems:
        return PlanLine(shot, None, problem=str(problems))


def carry_out(
    project: Project,
    shots: list[Shot],
    *,
    by,
    chosen: Collection[int],
    seen: str,
    lines_seen: Mapping[int, str],
    press: str,
) -> list[Render]:
    """Order what the sheet showed, if it still is so; the same press orders once.

    Args:
        seen, lines_seen: see `hold_to`.

    Raises:
        Changed: it is not; nothing was ordered.
        taking.Closed: the project takes no orders any more.
    """
    with events.locked(project.pk) as locked:
        before = create_takes.ordered_by(press, shots)
        if before:
            return before
        fresh = Shot.objects.kept().filter(project=locked, pk__in=[shot.pk for shot in shots])
        plan = draw_up(
            locked, list(fresh.select_related("first_frame").in_order()), person_id=by.pk, chosen=chosen
        )
        hold_to(plan, seen, lines_seen)
        wanted = [(line.shot, line.order) for line in plan.chosen]
        takes = lifecycle.start_many(wanted, project_id=project.pk, by=by, press=press)
        history.ordered([(shot, order.words) for shot, order in wanted if order], by=by)
        return takes


def hold_to(plan: Plan, seen: str, lines_seen: Mapping[int, str]) -> None:
    """Refuse a plan that is not as it was shown.

    Args:
        seen: the sheet as it was shown, in its word.
        lines_seen: the same for each line by its key, so that a changed one can be pointed at.

    Raises:
        Changed: with the plan as it is now.
    """
    if plan.seen == seen and plan.chosen:
        return
    for line in plan.lines:
        known = lines_seen.get(line.key, line.seen)
        line.was = known if known != line.seen else ""
    raise Changed(plan)
