"""Buy one small task and watch all that comes of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from studio.core.money import ZERO, plain
from studio.generation.renders import results
from studio.integrations.providers.wire import Task
from studio.oversight.provider_check import sizes, tokens
from studio.oversight.provider_check.bought import Bought
from studio.oversight.provider_check.check import Check
from studio.oversight.provider_check.models import Job
from studio.oversight.provider_check.plans import Plan

_LOOKS_AT_BALANCE = 4  # it may fall a moment after the result is told


def buy(check: Check, plan: Plan, *, beside: Sequence[Plan] = ()) -> Bought:
    """Order this, follow it to its end and count what it cost.

    Args:
        beside: what rides along in the same array.
    """
    check.say(f"{plan.what}: sending, ${plain(plan.estimate)} expected …")
    bought = Bought(plan, check.draw_up(plan), before=check.balance())
    check.bought.append(bought)
    riding = {check.draw_up(other): other for other in beside}
    tasks = [task_of(check, each, job) for job, each in {bought.job: plan, **riding}.items()]
    began = time.monotonic()
    bought.said = check.send([bought.job, *riding], tasks)
    follow(check, bought.job)
    bought.took = time.monotonic() - began
    bought.cost = bought.job.cost
    _wait_for_callbacks(check, bought)
    bought.after = _balance_after(check, bought)
    result = check.results.get(bought.job.code)
    bought.cost_told = result is None or result.cost is not None
    if result and not plan.says_size:
        bought.size = sizes.size_of(check.line.client, result, still=plan.model.is_still)
    check.say(f"{plan.what}: {bought.end}")
    return bought


def task_of(check: Check, plan: Plan, job: Job) -> Task:
    """What is posted for a job."""
    address = tokens.address(check.callbacks, tokens.make(job.code))
    return plan.task(check.line.client, job.code, webhook_url=address)


def follow(check: Check, job: Job) -> None:
    """Ask until it has ended, or nothing more can be expected now."""
    if not job.is_open:
        return
    for _ in check.pace.pauses(check.pace.job):
        outcome = check.look([job]).get(job.code)
        if not job.is_open or (results.says_nothing(outcome) and _was_never_seen(job)):
            return


def _was_never_seen(job: Job) -> bool:
    """Unanswered, and unknown to them after the time in which a new task may be invisible."""
    grace = timedelta(seconds=settings.RESEND_GRACE_SECONDS)
    return job.state == Job.State.SENDING and timezone.now() - job.created_at > grace


def _wait_for_callbacks(check: Check, bought: Bought) -> None:
    wanted = 2 if bought.plan.refuse_first else 1
    if not (check.callbacks and bought.made):
        return
    for _ in check.pace.pauses(check.pace.callbacks):
        if len(bought.calls.calls) >= wanted:
            return


def _balance_after(check: Check, bought: Bought) -> Decimal | None:
    """The balance, looked at again while it has not fallen by what was billed."""
    for left in reversed(range(_LOOKS_AT_BALANCE)):
        bought.after = check.balance()
        if bought.fall is None or bought.fall == (bought.cost or ZERO) or not left:
            break
        time.sleep(check.pace.balance)
    return bought.after
