"""A dry run: a header that has a task checked and priced, neither made nor paid. Believed only where that shows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from studio.core.money import plain
from studio.generation.renders import results
from studio.integrations.providers import probes
from studio.integrations.providers.wire import Said
from studio.oversight.provider_check import books, buying
from studio.oversight.provider_check.check import Check
from studio.oversight.provider_check.models import Job
from studio.oversight.provider_check.plans import DRY_RUN

POINT = "dry run"
NOT_MADE = "dryRun"  # the failure code of a job that was only tried


def try_out(check: Check) -> bool:
    """Send the smallest task as a dry run; whether it was one.

    Where the header is ignored the task is made and paid like any other. So it counts against the limit and stays
    in the books until it shows that it was not made.
    """
    before = check.balance()
    if before is None:
        check.report.not_asked(POINT, "the balance is not told, so nothing would show that it was free")
        return False
    check.say(f"{DRY_RUN.what}: sending, free or ${plain(DRY_RUN.estimate)} …")
    job = check.draw_up(DRY_RUN)
    said = check.send([job], [buying.task_of(check, DRY_RUN, job)], dry_run=True)
    began = job.is_open and (said is None or bool(known_after_all(check, [job])))
    if began:
        buying.follow(check, job)
    told = probes.about(said) if said else "no answer"
    fall = balance_fall(check, before)
    believed = is_acknowledged(said) and job.is_open and not began and fall == 0
    if believed:
        books.close(job, NOT_MADE)
    check.report.saw(POINT, _verdict(job, said, began=began, believed=believed), f"{told}; {_words(fall)}")
    return believed


def is_acknowledged(said: Said | None) -> bool:
    """Whether an answer says that a task was understood, whatever an answer to a dry run looks like."""
    return said is not None and said.items is not None and bool(said.items.data)


def known_after_all(check: Check, jobs: Sequence[Job]) -> list[Job]:
    """Those that they come to know as tasks, in the time in which a new one shows."""
    known: dict[UUID, Job] = {}
    for _ in check.pace.pauses(check.pace.dry_run):
        waiting = [job for job in jobs if job.code not in known]
        outcomes = check.look(waiting)
        for job in waiting:
            if not job.is_open or (job.code in outcomes and not results.says_nothing(outcomes[job.code])):
                known[job.code] = job
        if len(known) == len(jobs):
            break
    return list(known.values())


def look_again(check: Check) -> None:
    """Whether what was only tried in this check is made after all; call it last."""
    tried = list(Job.objects.filter(run=check.run, failure_code=NOT_MADE))
    for code, outcome in check.look(tried).items():
        if not results.says_nothing(outcome):
            what = next(job.what for job in tried if job.code == code)
            check.report.problem(f"{what} was taken for a real task after all; it may be paid.")


def balance_fall(check: Check, before: Decimal) -> Decimal | None:
    """By how much the balance fell, looked at a moment later: it may fall after a result is told."""
    time.sleep(check.pace.balance)
    after = check.balance()
    return None if after is None else before - after


def _verdict(job: Job, said: Said | None, *, began: bool, believed: bool) -> str:
    if believed and said is not None:
        price = probes.price_told(said)
        priced = "no price told" if price is None else f"priced at ${plain(price)}"
        return f"the header works: the task is not known and not paid, {priced}"
    if said is None:
        return f"no answer, and {_end(job)}"
    if began or job.state == Job.State.DONE:
        return f"the header is ignored: {_end(job)}"
    if job.is_open:
        return "not believed: it is neither known as a task nor shown to be checked for nothing"
    return f"refused ({job.failure_code})"


def _end(job: Job) -> str:
    if job.cost is not None:
        return f"the task is made and billed ${plain(job.cost)}"
    return "the task is still open" if job.is_open else f"the task is not made ({job.failure_code})"


def _words(fall: Decimal | None) -> str:
    return "the balance is not told" if fall is None else f"the balance fell by ${plain(fall)}"
