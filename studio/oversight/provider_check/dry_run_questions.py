"""What dry runs can answer once they are believed: tasks as nobody has shown that they are taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from studio.core.money import ZERO, plain
from studio.integrations.providers import probes
from studio.integrations.providers.base import NoAnswer, UploadRefused
from studio.integrations.providers.wire import Said, Task
from studio.oversight.provider_check import books, buying, dry_run
from studio.oversight.provider_check.check import Check
from studio.oversight.provider_check.models import Job
from studio.oversight.provider_check.plans import (
    DRY_RUN_FRAME_ALONE,
    DRY_RUN_STILL,
    DRY_RUN_TURBO,
    DRY_RUN_WIDE,
    Plan,
    picture,
)

INPUTS = "inputs"


@dataclass(frozen=True)
class Question:
    """A task that is changed to ask something; the change is told the UUID of an uploaded picture."""

    what: str
    plan: Plan
    change: Callable[[Task, str], Task]


_QUESTIONS = (
    Question("a frame by the UUID of an upload", DRY_RUN_TURBO, probes.with_frame),
    Question("a reference by the UUID of an upload", DRY_RUN_STILL, probes.with_reference),
    Question("a reference with a tag", DRY_RUN_STILL, probes.with_tagged_reference),
    Question("a 21:9 frame", DRY_RUN_WIDE, lambda task, _: task),
    Question("Gen-4.5 from a frame without a prompt", DRY_RUN_FRAME_ALONE, lambda task, _: task),
)


def ask(check: Check) -> None:
    """Send each question as a dry run of its own.

    What holds for one model need not hold for another: together they count against the limit, and stay in the
    books, until they show that none was made.
    """
    try:
        uploaded = check.line.client.upload(picture(DRY_RUN_TURBO.size), mime="image/jpeg")
    except (NoAnswer, UploadRefused) as exc:
        return check.report.not_asked(INPUTS, f"no picture could be uploaded ({type(exc).__name__})")
    before = check.balance()
    jobs = []
    for question in _QUESTIONS:
        if why := _why_not(check, question):
            check.report.not_asked(INPUTS, f"{question.what}: {why}")
        else:
            jobs.append(_ask(check, question, uploaded))
    _settle(check, [job for job in jobs if job.is_open], before)


def _settle(check: Check, jobs: list[Job], before: Decimal | None) -> None:
    """Give back what was set aside for those that were not made; the others are tasks like any other."""
    made = dry_run.known_after_all(check, jobs)
    for job in made:
        buying.follow(check, job)
        check.report.problem(f"{job.what} was made like a real task.")
    fall = None if before is None else dry_run.balance_fall(check, before)
    if fall == sum((job.cost or ZERO for job in made), ZERO):
        for job in jobs:
            if job not in made:
                books.close(job, dry_run.NOT_MADE)
    told = "is not told" if fall is None else f"fell by ${plain(fall)}"
    check.report.saw(INPUTS, f"with all of them the balance {told}")


def _why_not(check: Check, question: Question) -> str:
    if check.halted:
        return f"left out: the provider said {check.halted}"
    if not check.can_afford(question.plan.estimate):
        return f"left out: were it made, it would cost ${plain(question.plan.estimate)}"
    return ""


def _ask(check: Check, question: Question, uploaded: str) -> Job:
    job = check.draw_up(question.plan)
    task = question.change(buying.task_of(check, question.plan, job), uploaded)
    said = check.send([job], [task], dry_run=True)
    check.report.saw(
        INPUTS, f"{question.what}: {_verdict(job, said)}", probes.about(said) if said else "no answer"
    )
    return job


def _verdict(job: Job, said: Said | None) -> str:
    if not job.is_open:
        return f"not taken ({job.failure_code})"
    return "taken" if dry_run.is_acknowledged(said) else "not known"
