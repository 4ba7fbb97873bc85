"""A whole check, from whose key it is to what the tasks have shown."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from studio.core.money import plain
from studio.integrations.providers import Runware
from studio.oversight.provider_check import (
    again,
    books,
    buying,
    dry_run,
    dry_run_questions,
    earlier,
    files,
    findings,
    questions,
    reach,
)
from studio.oversight.provider_check.check import USUAL, Check, Pace
from studio.oversight.provider_check.line import Line
from studio.oversight.provider_check.plans import DRY_RUN, FRAME_ALONE, NONSENSE, PLANS, SIZES, STILL, Plan
from studio.oversight.provider_check.report import Report
from studio.people.accounts import studio_owner


def run(
    client: Runware,
    *,
    limit: Decimal,
    sandbox: bool,
    public_url: str = "",
    loopback: str = "",
    pace: Pace = USUAL,
    say: Callable[[str], None] = lambda _: None,
    report: Report | None = None,
) -> Report:
    """Ask what costs nothing, then buy what the limit allows.

    Args:
        public_url: the studio's address from outside, "" without one.
        loopback: where a sandbox may call a server of this studio, "" without one.
        report: where findings go; given by a caller who wants what there is when this is broken off.
    """
    report = report or new_report(client, limit=limit, sandbox=sandbox)
    line = Line(client)
    if not questions.account(line, report):
        report.fill("the key does not work")
        return report
    by = studio_owner.find_or_make()[0]
    check = Check(line, report, books.project(by), by, sandbox=sandbox, limit=limit, pace=pace, say=say)
    try:
        public = reach.find(check, public_url=public_url, loopback=loopback)
        _ask(check)
        reach.judge(check, public)
    finally:
        findings.note(check)
        report.spent = check.spent
    report.fill("nothing that would have shown it was made")
    return report


def new_report(client: Runware, *, limit: Decimal, sandbox: bool) -> Report:
    return Report(sandbox=sandbox, limit=limit, hide=client.without_key)


def _ask(check: Check) -> None:
    known = earlier.settle(check)
    _try_dry_run(check, known)
    questions.unknown_task(check)
    questions.impossible_task(check)
    _buy(check, known)
    earlier.remember(check)
    questions.several_polls(check)
    files.look_at(check)
    dry_run.look_again(check)
    questions.limits(check)
    questions.left_open(check.report)


def _try_dry_run(check: Check, known: set[str]) -> None:
    if why := _why_not(check, DRY_RUN, known):
        check.report.not_asked(dry_run.POINT, why)
        return check.report.not_asked(dry_run_questions.INPUTS, "no dry run was tried")
    if dry_run.try_out(check):
        dry_run_questions.ask(check)
    else:
        check.report.not_asked(dry_run_questions.INPUTS, "a dry run is not known to be free")


def _buy(check: Check, known: set[str]) -> None:
    """Everything the limit allows, in the order of the plans; after a refusal for now nothing more."""
    for plan in PLANS:
        if why := _why_not(check, plan, known):
            for point in _points(plan):
                check.report.not_asked(point, f"{plan.what}: {why}")
            continue
        bought = buying.buy(check, plan, beside=[NONSENSE] if plan is STILL else [])
        if plan is STILL:
            again.send_again(check, bought)


def _why_not(check: Check, plan: Plan, known: set[str]) -> str:
    """Why this is left out; "" for what can be bought."""
    if plan.key in known:
        return "left out: an earlier check that was cut short has ordered it"
    if check.halted:
        return f"left out: the provider said {check.halted}"
    if not check.can_afford(plan.estimate):
        return f"left out: it would cost ${plain(plan.estimate)}"
    return ""


def _points(plan: Plan) -> list[str]:
    """The points this task would have shown something about."""
    if plan is STILL:
        return ["11.2", "11.3", "11.6"]
    return ["11.8" if plan is FRAME_ALONE else "11.7" if plan in SIZES else "11.6"]
