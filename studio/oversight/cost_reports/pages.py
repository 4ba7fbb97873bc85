"""What the costs page shows, put together for its template."""

from __future__ import annotations

from decimal import ROUND_CEILING
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from studio.core.money import ZERO
from studio.generation.renders.models import Render
from studio.integrations import providers
from studio.layout.page_context import page_context
from studio.oversight.cost_reports import chart, period
from studio.oversight.cost_reports.costs import ROWS, Costs, other_money
from studio.oversight.cost_reports.forms import BudgetForm, LineForm
from studio.oversight.cost_reports.spending import entries
from studio.oversight.reconciliation.models import Difference
from studio.people.accounts.models import User
from studio.planning.ledger import purse
from studio.planning.ledger.lines import Line as BudgetLine
from studio.planning.ledger.lines import ordered_on, scene_lines
from studio.planning.ledger.models import Budget
from studio.planning.projects.rights import Right

LATEST = 8  # lines of the ledger on the page
WIDE, NARROW = 1240, 340  # of the chart, on a desk and on a phone
MOST_WAITING = 50

# One line a take: what it cost in the end, or that it cost nothing.
OUTCOMES = Q(kind__in=["charge", "adjustment"]) | Q(kind="release") & ~Q(reason="")


class BudgetRow(NamedTuple):
    """A line below the project's own, and whose day it is of; None for everybody's, and for a scene."""

    person: User | None
    line: BudgetLine

    @property
    def about(self):
        """Which line it is, as its form sends it."""
        which = self.line.scene or (str(self.person.code) if self.person else "")
        return f"{self.line.scope} {which}"


def costs(request, seat):
    """The whole page."""
    return page_context(seat) | figures(request, seat) | forms(seat)


def figures(request, seat):
    """The part that charges change."""
    project = seat.project
    asked = period.read(request.GET, sandbox=providers.sandboxed())
    sums = Costs(project, asked)
    rows = sums.rows
    lines = sums.lines(asked.by) if asked.by != "reason" else []
    after = request.GET.get("after", "")
    shown, following = _after(lines, after)
    return {
        "seat": seat,
        "project": project,
        "period": asked,
        "costs": sums,
        "ranges": [(key, label) for key, (label, _) in period.RANGES.items()],
        "wide": chart.draw(rows, first=asked.first, last=asked.last, width=WIDE),
        "narrow": chart.draw(rows, first=asked.first, last=asked.last, width=NARROW),
        "lines": shown,
        "after": after,
        "following": following,
        "groups": period.GROUPS,
        "latest": latest(project, asked)[:LATEST],
        "other_balance": other_money(project, asked),
        **waiting(project, sums),
        **of_unknown_charge(project, sums),
        "budgets": budget_lines(project, asked.sandbox),
        "differences": _differences(seat),
        "purse": purse.standing(sandbox=asked.sandbox) if seat.may(Right.PRODUCE) else None,
    }


def _differences(seat):
    """What the provider has otherwise, for those who may settle it."""
    if not seat.may(Right.PRODUCE):
        return []
    found = Difference.objects.filter(project=seat.project, settled_at=None, sandbox=providers.sandboxed())
    return list(found.select_related("project").order_by("-pk")[:50])


def forms(seat):
    project = seat.project
    scenes = (
        project.shots.kept().exclude(scene="").order_by("scene").values_list("scene", flat=True).distinct()
    )
    return {
        "form": BudgetForm(initial={"budget": project.budget}),
        "line_form": LineForm(project=project),
        "scenes": list(scenes[:500]),
    }


def _after(lines, key):
    """So many lines after the one with this key, and the key to go on from.

    A dash goes before it, since the line of shots without a scene has none.
    """
    start = next((place + 1 for place, line in enumerate(lines) if f"-{line.key}" == key), 0)
    shown = lines[start : start + ROWS]
    return shown, f"-{shown[-1].key}" if start + ROWS < len(lines) else ""


def latest(project, asked):
    """The ledger as people read it, one line for each take that ended, the newest first."""
    return entries(project, asked).filter(OUTCOMES)


def waiting(project, sums):
    """Takes that wait for a producer, the oldest first, each with what allowing it would make of the spending."""
    found = Render.objects.kept().filter(project=project, state="waiting", shot__trashed_at=None)
    found = found.filter(sandbox=sums.period.sandbox)
    takes = list(found.select_related("shot", "created_by").order_by("pk")[:MOST_WAITING])
    committed = sums.balance.committed
    for take in takes:
        take.effect = committed + take.estimate
    needed = committed + sums.waiting["amount"]
    raised = project.budget is not None and needed > project.budget
    # in whole dollars: somebody agrees to a sum, not to a fraction of one
    return {"waiting_takes": takes, "raise_to": needed.to_integral_value(ROUND_CEILING) if raised else None}


def of_unknown_charge(project, sums):
    """Takes that ended, and nobody knows whether they were charged, the oldest first."""
    found = Render.objects.filter(project=project, sandbox=sums.period.sandbox)
    found = found.filter(Q(charge_unknown=True) | Q(state="expired") & ~Q(unclear=""))
    takes = list(found.select_related("shot", "created_by").order_by("pk")[: MOST_WAITING + 1])
    return {"unsettled": takes[:MOST_WAITING], "more_unsettled": len(takes) > MOST_WAITING}


def budget_lines(project, sandbox):
    """The lines below the project's own: of scenes, and of what people order today."""
    found = list(Budget.objects.filter(project=project).select_related("person"))
    scenes = scene_lines(
        project, [budget for budget in found if budget.scope == Budget.Scope.SCENE], sandbox=sandbox
    )
    of_day = [budget for budget in found if budget.scope == Budget.Scope.DAY]
    shown = [BudgetRow(None, line) for line in scenes.values()]
    if of_day:
        today = ordered_on(project, timezone.localdate(), sandbox=sandbox)
        own = {budget.person_id for budget in of_day}
        for budget in of_day:
            used = today.get(budget.person_id or 0, ZERO)
            if budget.person is None:  # the one who is nearest to it
                used = max((amount for person, amount in today.items() if person not in own), default=ZERO)
            what = f"{budget.person}, a day" if budget.person else "everybody, each a day"
            shown.append(
                BudgetRow(budget.person, BudgetLine(what, budget.amount, used, scope=Budget.Scope.DAY))
            )
    return shown
