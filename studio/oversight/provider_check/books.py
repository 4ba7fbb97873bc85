"""What the jobs of checks cost: in the ledger of a project of their own, each result once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from studio.core.money import ZERO
from studio.integrations.providers.base import Result
from studio.oversight.provider_check.models import Job
from studio.oversight.provider_check.plans import Plan
from studio.people.accounts.models import User
from studio.planning.ledger import ledger, studio_budgets
from studio.planning.projects import actions
from studio.planning.projects.models import Project
from studio.runtime.live import events

PROJECT = "Provider check"
NEVER_TAKEN = "neverTaken"
_NAMELESS = "result"
State = Job.State


class OverBudget(Exception):
    """What was to be bought would pass the studio's budget. Nothing was sent."""


def project(by: User) -> Project:
    """Where checks are paid from, made when it is needed first."""
    found = Project.objects.kept().filter(name=PROJECT).order_by("pk").first()
    return found or actions.create_project(name=PROJECT, by=by)


def draw_up(plan: Plan, *, project: Project, by: User, run: UUID, sandbox: bool) -> Job:
    """Write a job down and set its price aside: committed before anything is sent.

    Raises:
        OverBudget: it would pass what the studio may spend.
    """
    with events.locked(project.pk):
        passed = studio_budgets.refuses(plan.estimate, sandbox=sandbox, lock=True) if plan.estimate else None
        if passed:
            raise OverBudget(f"This would pass {passed.what}. Nothing was sent.")
        job = Job.objects.create(
            run=run,
            key=plan.key,
            what=plan.what,
            project=project,
            by=by,
            model=plan.model_key,
            seconds=plan.seconds,
            sandbox=sandbox,
            estimate=plan.estimate,
            refuse_first=plan.refuse_first,
        )
        if job.estimate:
            ledger.hold(job.purchase)
    return job


def accept(job: Job) -> None:
    """It is theirs now."""
    with events.locked(job.project_id):
        _move(job, {State.SENDING}, state=State.RUNNING, accepted_at=timezone.now())


def take(job: Job, result: Result) -> Decimal | None:
    """Charge a result, whatever was thought of the job before; None: it was charged before."""
    with events.locked(job.project_id):
        job.refresh_from_db()
        name = result.uuid or job.result_uuid or _NAMELESS
        if job.result_uuid == _NAMELESS:  # it was charged before they said its name
            return None
        amount = ledger.charge(job.purchase, result.cost, result=name)
        if amount is not None:
            _move(
                job,
                set(State),
                state=State.DONE,
                cost=(job.cost or ZERO) + amount,
                result_uuid=job.result_uuid or name,
                failure_code="",
                ended_at=job.ended_at or timezone.now(),
            )
    return amount


def close(job: Job, code: str) -> None:
    """There will be no result: give back what was set aside."""
    with events.locked(job.project_id):
        if _move(job, Job.OPEN, state=State.FAILED, failure_code=code[:80], ended_at=timezone.now()):
            ledger.release(job.purchase)


def give_up(job: Job) -> Decimal | None:
    """The provider does not know it any more. What was acknowledged is charged at its estimate."""
    if job.accepted_at is None:
        close(job, NEVER_TAKEN)
        return None
    return take(job, Result(job.code, "", ""))


def _move(job: Job, from_states: set[Any], **fields: Any) -> bool:
    """Change a job that is in one of these states; False: another was faster."""
    moved = Job.objects.filter(pk=job.pk, state__in=from_states).update(**fields)
    job.refresh_from_db()
    return bool(moved)
