"""Tell the studio's owner when its budget is nearly used or passed, and when a day costs twice what days cost.

Looked at now and then and not with each movement of money: two that move at once each know of themselves alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

from django.core.cache import cache
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from studio.core.money import ZERO, dollars, exact, round_dollars
from studio.integrations import providers
from studio.people.accounts import studio_owner
from studio.people.notifications import actions as notices
from studio.people.notifications.models import Notice
from studio.planning.ledger import lines, studio_budgets
from studio.planning.ledger.models import DaySpend
from studio.runtime import jobs

EVERY = 60  # seconds
PACE_DAYS = 14  # before today, of which a usual day is told
FEWEST_DAYS = 3  # on which something was spent; of fewer nothing is said
LEAST = Decimal(1)  # USD: what costs less is no pace


@dataclass(frozen=True)
class Pace:
    """What today's orders cost so far, beside what a day of work costs, in USD."""

    today: Decimal  # charged or set aside today, less what was set aside before and is charged today
    usual: (
        Decimal | None
    )  # the mean of the days on which something was charged; None where there were too few

    @property
    def doublings(self) -> int:
        """How often today is twice a usual day: 1 from two usual days on, 2 from four, 3 from eight."""
        if not self.usual or self.today < LEAST:
            return 0
        times = 0
        while self.today >= self.usual * 2 ** (times + 1):
            times += 1
        return times


def sweep() -> None:
    """Look once a minute."""
    if cache.add("studio:watched", 1, EVERY):
        jobs.soon("costs.watch_studio")


def look() -> None:
    """Tell what has to be told, each thing once."""
    sandbox = providers.sandboxed()
    for budget, used in studio_budgets.used(sandbox=sandbox):
        said = lines.standing(budget.what, budget.amount, used)
        if said:
            since = studio_budgets.first_day(budget.period).isoformat()
            key = f"{budget.period} {since} {budget.amount.normalize():f} {used > budget.amount}"
            _tell(said, key, sandbox=sandbox)
    now = pace(sandbox=sandbox)
    if now.usual and now.doublings:
        times = "twice" if now.doublings == 1 else f"{2**now.doublings:,} times"
        _tell(
            f"today's orders cost {times} a usual day: {dollars(now.today)},"
            f" where a day of the last two weeks cost {round_dollars(now.usual)}",
            f"pace {timezone.localdate()} {now.doublings}",
            sandbox=sandbox,
        )


def pace(*, sandbox: bool) -> Pace:
    """What today costs beside a usual day."""
    today = timezone.localdate()
    days = DaySpend.objects.filter(sandbox=sandbox, day__gte=today - timedelta(days=PACE_DAYS), day__lt=today)
    sums = [row["spent"] for row in days.values("day").annotate(spent=Sum("spent")) if row["spent"] > 0]
    usual = exact(sum(sums, ZERO) / len(sums)) if len(sums) >= FEWEST_DAYS else None
    now = DaySpend.objects.filter(sandbox=sandbox, day=today).aggregate(spent=Sum("spent"), held=Sum("held"))
    return Pace((now["spent"] or ZERO) + (now["held"] or ZERO), usual)


def _tell(said: str, key: str, *, sandbox: bool) -> None:
    money = "sandbox" if sandbox else "real"
    notices.tell(
        studio_owner.owners(),
        kind=Notice.Kind.BUDGET,
        text=f"{said[0].upper()}{said[1:]}{' (sandbox money)' if sandbox else ''}",
        path=reverse("reports:studio_costs"),
        subject=sha256(f"studio {money} {key}".encode()).hexdigest(),
    )
