"""One check: what it may spend, what it has spent, and what it hears of its jobs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Sum

from studio.core.money import ZERO
from studio.integrations.providers.base import (
    Accepted,
    Answer,
    Failure,
    Later,
    NoAnswer,
    NotConnected,
    Outcome,
    Refused,
    Result,
    Running,
)
from studio.integrations.providers.wire import Said, Task
from studio.oversight.provider_check import books
from studio.oversight.provider_check.bought import Bought
from studio.oversight.provider_check.line import Line
from studio.oversight.provider_check.models import Job
from studio.oversight.provider_check.plans import Plan
from studio.oversight.provider_check.report import Report
from studio.people.accounts.models import User
from studio.planning.ledger import studio_budgets
from studio.planning.projects.models import Project


@dataclass(frozen=True)
class Pace:
    """How long it waits for what; seconds."""

    poll: float = 1.0
    longest_poll: float = 5.0
    job: float = 600.0  # until a job is left to the next check
    dry_run: float = settings.RESEND_GRACE_SECONDS  # until a task that they do not know was not made
    callbacks: float = 20.0  # after a result, for the calls about it
    balance: float = 2.0  # between looks at a balance that has not fallen yet

    def pauses(self, whole: float) -> Iterator[None]:
        """Come back after longer and longer pauses until the whole time is over."""
        until, pause = time.monotonic() + whole, self.poll
        while time.monotonic() < until:
            time.sleep(pause)
            pause = min(pause * 1.5, self.longest_poll)
            yield


USUAL = Pace()


@dataclass
class Check:
    """What the questions of one check share.

    Args:
        limit: USD that it may spend, never more.
        callbacks: the address the provider reaches this studio at; "": results are polled for.
        say: told what happens, a line at a time.
    """

    line: Line
    report: Report
    project: Project
    by: User
    sandbox: bool
    limit: Decimal
    callbacks: str = ""
    pace: Pace = USUAL
    say: Callable[[str], None] = lambda _: None
    run: UUID = field(default_factory=uuid4)
    spent: Decimal = ZERO
    in_doubt: Decimal = ZERO  # may have been spent, and nothing shows it yet
    halted: str = ""  # what the provider said when it took nothing for now
    bought: list[Bought] = field(default_factory=list)
    results: dict[UUID, Result] = field(default_factory=dict)  # by job, while their addresses are fresh

    def can_afford(self, amount: Decimal) -> bool:
        """Whether spent + open + this stays within the limit, and below the studio's budget.

        What earlier checks left open counts.
        """
        if studio_budgets.refuses(amount, sandbox=self.sandbox):
            return False
        waiting = Job.objects.open().filter(sandbox=self.sandbox).aggregate(sum=Sum("estimate"))["sum"]
        return self.spent + self.in_doubt + (waiting or ZERO) + amount <= self.limit

    def balance(self) -> Decimal | None:
        account = self.line.account()
        return account.balance if account else None

    def draw_up(self, plan: Plan) -> Job:
        return books.draw_up(plan, project=self.project, by=self.by, run=self.run, sandbox=self.sandbox)

    def send(self, jobs: Sequence[Job], tasks: Sequence[Task], *, dry_run: bool = False) -> Said | None:
        """Post what was drawn up, once; None where no answer came. What it says of each is written down."""
        try:
            said = self.line.post(tasks, dry_run=dry_run)
        except NotConnected:
            self.halted = "nothing: it could not be reached"
            for job in jobs:
                books.close(job, "notConnected")
            return None
        except NoAnswer:
            return None  # it may have been taken: ask, never send again
        for code, answer in self.line.client.answers([job.code for job in jobs], said).items():
            self._answered(next(job for job in jobs if job.code == code), answer)
        return said

    def _answered(self, job: Job, answer: Answer) -> None:
        match answer:
            case Accepted(outcome=outcome):
                books.accept(job)
                if outcome:
                    self.hear(job, outcome)
            case Refused(code=code):
                books.close(job, code)
            case Later(code=code):
                self.halted = code
                books.close(job, code)

    def look(self, jobs: Sequence[Job]) -> dict[UUID, Outcome]:
        """Ask how these stand and book what is told. Nothing is told where they cannot be asked."""
        if not jobs:
            return {}
        try:
            outcomes = self.line.ask([job.code for job in jobs])
        except NoAnswer:
            return {}
        by_code = {job.code: job for job in jobs}
        for outcome in outcomes:
            self.hear(by_code[outcome.code], outcome)
        return {outcome.code: outcome for outcome in outcomes}

    def hear(self, job: Job, outcome: Outcome) -> None:
        match outcome:
            case Result():
                self.results[job.code] = outcome
                self.spent += books.take(job, outcome) or ZERO
            case Failure(reason=reason) if reason.about.is_final:
                books.close(job, outcome.error)
            case Running() if job.state == Job.State.SENDING:
                books.accept(job)

    def give_up(self, job: Job) -> None:
        """Nobody knows this job any more."""
        self.spent += books.give_up(job) or ZERO
