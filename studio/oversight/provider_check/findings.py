"""What the paid tasks say about the points that are open."""

from __future__ import annotations

from studio.integrations.providers import probes
from studio.oversight.provider_check.bought import Bought
from studio.oversight.provider_check.check import Check
from studio.oversight.provider_check.plans import FRAME_ALONE, PRICES, SIZES, STILL
from studio.oversight.provider_check.report import Report

_POLLED = "callbacks could not be tested, results were polled"


def note(check: Check) -> None:
    """Write down what the tasks of this check showed."""
    _callbacks(check)
    for each in check.bought:
        check.report.job(str(each), **each.facts())
        if each.plan is STILL:
            answer = probes.about(each.said) if each.said else "no answer"
            check.report.saw("11.2", "a valid and an invalid task together", answer)
        if each.plan in PRICES and each.made:
            check.report.saw("11.6", f"{each.plan.what}: {each.price}", each.balance_words)
        if each.plan in SIZES and each.made:
            _size(check.report, each)
        if each.plan is FRAME_ALONE:
            _frame_alone(check.report, each)
        if not each.made and not each.job.is_open:
            failed = f"{each.plan.what} was not made ({each.job.failure_code})"
            check.report.saw("11.5", failed, each.balance_words)


def _callbacks(check: Check) -> None:
    report = check.report
    if not check.callbacks:
        return report.not_asked("11.1", f"there is no address to call: {_POLLED}")
    made = [each for each in check.bought if each.made]
    for each in made:
        calls = each.calls
        if calls.calls:
            report.saw("11.1", f"{each.plan.what}: {', '.join(calls.shapes)}", f"answered {calls.attempts}")
        else:
            report.saw("11.1", f"{each.plan.what}: no callback came within {check.pace.callbacks:.0f} s")
    if not made:
        report.not_asked("11.1", "nothing was made that could be called about")


def _size(report: Report, bought: Bought) -> None:
    size = "{} × {}".format(*bought.size) if bought.size else "its file could not be read"
    report.saw("11.7", f"{bought.plan.what}: {size}")


def _frame_alone(report: Report, bought: Bought) -> None:
    answer = probes.about(bought.said) if bought.said else "no answer"
    end = "accepted and made" if bought.made else bought.end
    report.saw("11.8", end, answer)
