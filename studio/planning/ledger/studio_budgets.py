"""What the whole studio may spend in a day and in a month, over all projects: lines that its owner draws.

Counted is what was charged in the period, and all that is set aside now, whenever that was: it may be charged
today. So what a day or a month is charged stays below its line, as long as no bill is above its estimate. What is
given back of a charge of an earlier period makes no room in this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from studio.core import sql
from studio.core.money import ZERO, from_column
from studio.planning.ledger.models import StudioBudget
from studio.runtime.live import events

Period = StudioBudget.Period


@dataclass(frozen=True)
class Spending:
    """What all projects together were charged today and in this month, and what is set aside, in USD."""

    today: Decimal
    month: Decimal
    held: Decimal

    def committed(self, period: str) -> Decimal:
        """What counts against the line of a day, or of a month."""
        return self.held + (self.today if period == Period.DAY else self.month)


class Used(NamedTuple):
    """A line, and how much of it is used, in USD."""

    budget: StudioBudget
    used: Decimal


def used(*, sandbox: bool, lock: bool = False) -> list[Used]:
    """The lines there are. One query, and one more where there is any.

    Args:
        lock: hold them until the transaction ends, for whoever lets something through. After a project's lock
            and never before it.
    """
    found = StudioBudget.objects.all()
    if lock and connection.features.has_select_for_update:
        found = found.select_for_update()
    budgets = list(found)  # the sums are read after it: whoever held the lines has committed by then
    if not budgets:
        return []
    now = spending(sandbox=sandbox)
    return [Used(budget, now.committed(budget.period)) for budget in budgets]


def refuses(amount: Decimal, *, sandbox: bool, lock: bool = False) -> StudioBudget | None:
    """The first line this amount would pass, whichever project it is for; None when it fits."""
    found = used(sandbox=sandbox, lock=lock)
    return next((budget for budget, so_far in found if so_far + amount > budget.amount), None)


def spending(*, sandbox: bool) -> Spending:
    """How the studio stands now.

    One statement, and so one moment: a charge takes from what is set aside what it adds to what is spent.
    What is booked on a later day, by a clock that was put back since, counts too.
    """
    day, month = first_day(Period.DAY).isoformat(), first_day(Period.MONTH).isoformat()
    (sums,) = sql.rows(
        f"SELECT {_CHARGED}, {_GIVEN_BACK}, {_CHARGED}, {_GIVEN_BACK},"  # noqa: S608
        " (SELECT SUM(held) FROM costs_balance WHERE sandbox = %s)",
        [sandbox, day, sandbox, day, day, sandbox, month, sandbox, month, month, sandbox],
    )
    charged, given_back, charged_in_month, given_back_in_month, held = (
        from_column(sum_) or ZERO for sum_ in sums
    )
    return Spending(charged - given_back, charged_in_month - given_back_in_month, held)


_CHARGED = "(SELECT SUM(spent) FROM costs_dayspend WHERE sandbox = %s AND day >= %s)"
_GIVEN_BACK = """(
    SELECT SUM(entry.amount) FROM costs_ledgerentry AS entry
    WHERE entry.sandbox = %s AND entry.day >= %s AND entry.kind = 'adjustment' AND entry.amount < 0
    AND NOT EXISTS (
        SELECT 1 FROM costs_ledgerentry AS charge
        WHERE charge.render_code = entry.render_code AND charge.kind = 'charge' AND charge.day >= %s
    )
)"""


def first_day(period: str) -> date:
    """Where the running day or month begins, where the studio is."""
    today = timezone.localdate()
    return today if period == Period.DAY else today.replace(day=1)


def set_line(period: str, amount: Decimal | None) -> None:
    """Draw the line of a day or of a month, move it, or with no amount take it away.

    No order is under way meanwhile: one that did not see the line yet would not be seen by the next.
    """
    with transaction.atomic():
        events.lock(pk__isnull=False)  # type: ignore[no-untyped-call]
        if amount is None:
            StudioBudget.objects.filter(period=period).delete()
        else:
            StudioBudget.objects.update_or_create(period=period, defaults={"amount": amount})
