"""What earlier checks left: open jobs are booked before anything new is bought, finished ones are asked about."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from studio.core.money import ZERO, plain
from studio.generation.renders import results
from studio.integrations.providers.base import Outcome, Result
from studio.oversight.provider_check.calls import Calls
from studio.oversight.provider_check.check import Check
from studio.oversight.provider_check.models import Job
from studio.oversight.provider_check.plans import PRICES

_AT_ONCE = 20  # questions in one array
_MOST = 200  # finished jobs that are asked about


def settle(check: Check) -> set[str]:
    """Ask about every open job of earlier checks; the keys of what need not be bought again.

    A check that was killed has bought those. What is still being made stays open for the next one; where that
    has taken far too long, the question may be asked anew.
    """
    jobs = list(Job.objects.open().filter(sandbox=check.sandbox).exclude(run=check.run).order_by("pk"))
    outcomes = check.look(jobs)
    for job in jobs:
        if job.is_open and results.says_nothing(outcomes.get(job.code)) and _is_over(job):
            _settle_by_callbacks(check, job)
        _note(check, job)
    return {job.key for job in jobs if job.state == Job.State.DONE or (job.is_open and not _is_over(job))}


def _is_over(job: Job) -> bool:
    """Whether a task that is not known now will not become known any more."""
    return timezone.now() - job.created_at > timedelta(minutes=job.catalogue_model.deadline_minutes)


def _settle_by_callbacks(check: Check, job: Job) -> None:
    """They have forgotten it: what they once called about it counts, else what it must have cost."""
    for outcome in Calls.about(job.code).outcomes(job.code):
        check.hear(job, outcome)
    if job.is_open:
        check.give_up(job)


def _note(check: Check, job: Job) -> None:
    left = f"{job.what}, left by the check of {job.created_at:%Y-%m-%d %H:%M}"
    check.report.job(f"{left}: {_end(job)}; {Calls.about(job.code)}", **_facts(job))
    if job.state == Job.State.DONE and job.key in {plan.key for plan in PRICES}:
        check.report.saw("11.6", f"{left}: ${plain(job.cost or ZERO)}, expected ${plain(job.estimate)}")


def _end(job: Job) -> str:
    if job.state == Job.State.DONE:
        return f"${plain(job.cost or ZERO)} booked"
    if job.is_open:
        return f"still open, ${plain(job.estimate)} set aside"
    return f"not made ({job.failure_code})"


def _facts(job: Job) -> dict[str, object]:
    return {
        "key": job.key,
        "code": str(job.code),
        "state": job.state,
        "failure": job.failure_code,
        "earlier": True,
        "estimate": plain(job.estimate),
        "cost": None if job.cost is None else plain(job.cost),
    }


def remember(check: Check) -> None:
    """Which finished jobs of earlier checks they still know; a result never seen before is booked too."""
    jobs = list(
        Job.objects.filter(sandbox=check.sandbox, state=Job.State.DONE)
        .exclude(run=check.run)
        .order_by("-ended_at")[:_MOST]
    )
    outcomes: dict[UUID, Outcome] = {}
    for start in range(0, len(jobs), _AT_ONCE):
        outcomes |= check.look(jobs[start : start + _AT_ONCE])
    asked = [job for job in jobs if job.code in outcomes]
    known = [job for job in asked if isinstance(outcomes[job.code], Result)]
    if not asked:
        return check.report.not_asked("11.3", "no earlier check has finished a task; the next one will ask")
    forgotten = [job for job in asked if job not in known]
    check.report.saw(
        "11.3",
        f"the oldest result that is still told is {_age(known[-1])} old"
        if known
        else "no earlier result is told",
        f"{len(known)} of {len(asked)} tasks"
        + (f"; the newest that is not told is {_age(forgotten[0])} old" if forgotten else ""),
    )


def _age(job: Job) -> str:
    age = timezone.now() - (job.ended_at or job.created_at)
    hours, minutes = divmod(int(age.total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h {minutes} min"
