"""A paid task, and what was seen of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from studio.core.money import ZERO, plain
from studio.integrations.providers import probes
from studio.integrations.providers.wire import Said
from studio.oversight.provider_check.calls import Calls
from studio.oversight.provider_check.models import Job
from studio.oversight.provider_check.plans import Plan


@dataclass
class Bought:
    plan: Plan
    job: Job
    said: Said | None = None  # None: no answer came to the POST
    took: float = 0.0  # seconds
    before: Decimal | None = None  # the balance
    after: Decimal | None = None
    cost: Decimal | None = None  # booked for it
    cost_told: bool = True  # else it is our estimate
    size: tuple[int, int] | None = None

    @property
    def made(self) -> bool:
        return self.job.state == Job.State.DONE

    @property
    def calls(self) -> Calls:
        return Calls.about(self.job.code)

    @property
    def fall(self) -> Decimal | None:
        """By how much the balance fell meanwhile."""
        return None if self.before is None or self.after is None else self.before - self.after

    @property
    def price(self) -> str:
        """ "$0.05, expected $0.08"."""
        told = f"${plain(self.cost or ZERO)}" if self.cost_told else "no cost told"
        return f"{told}, expected ${plain(self.job.estimate)}"

    @property
    def balance_words(self) -> str:
        if self.fall is None:
            return "the balance was not told"
        same = "the same" if self.fall == (self.cost or ZERO) else "not the same; others may use the account"
        return f"the balance fell by ${plain(self.fall)}, {same}"

    def __str__(self) -> str:
        answer = probes.about(self.said) if self.said else "no answer"
        return f"{self.plan.what}: {answer}; {self.end}; {self.balance_words}; {self.calls}"

    @property
    def end(self) -> str:
        if self.made:
            return f"billed {self.price}, after {self.took:.0f} s"
        if self.job.is_open:
            return "still open: the next check asks about it"
        return f"not made ({self.job.failure_code})"

    def facts(self) -> dict[str, Any]:
        job = self.job
        return {
            "key": job.key,
            "code": str(job.code),
            "state": job.state,
            "failure": job.failure_code,
            "status": self.said.status if self.said else None,
            "estimate": plain(job.estimate),
            "cost": None if self.cost is None else plain(self.cost),
            "fall": None if self.fall is None else plain(self.fall),
            "callbacks": self.calls.facts(),
            "size": self.size and list(self.size),
        }
