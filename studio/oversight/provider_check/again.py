"""Send a task a second time under the UUID it was made under: it must neither be made nor paid again."""

from __future__ import annotations

from studio.core.money import plain
from studio.integrations.providers import probes
from studio.integrations.providers.base import Accepted, NoAnswer, Unknown
from studio.integrations.providers.wire import Said
from studio.oversight.provider_check import buying
from studio.oversight.provider_check.bought import Bought
from studio.oversight.provider_check.check import Check


def send_again(check: Check, bought: Bought) -> None:
    """Only what is known to be made is sent again, and only where a second price could be paid."""
    job, report = bought.job, check.report
    if not bought.made:
        return report.not_asked("11.3", "nothing was made that could be sent again")
    if not check.can_afford(job.estimate):
        return report.not_asked("11.3", f"a UUID sent again might cost ${plain(job.estimate)} more")
    before, cost = check.balance(), job.cost
    said = _post(check, bought)
    if _may_be_made_again(check, bought, said):
        _watch(check, bought)
    after = check.balance()
    fall = "is not told" if before is None or after is None else f"fell by ${plain(before - after)}"
    report.saw(
        "11.3",
        f"a UUID sent again is {_fate(said, paid=job.cost != cost)}",
        f"{probes.about(said) if said else 'no answer'}; the balance {fall}",
    )


def _post(check: Check, bought: Bought) -> Said | None:
    try:
        return check.line.post([buying.task_of(check, bought.plan, bought.job)])
    except NoAnswer:
        return None


def _may_be_made_again(check: Check, bought: Bought, said: Said | None) -> bool:
    if said is None or probes.conflicts(said):
        return said is None
    code = bought.job.code
    return isinstance(check.line.client.answers([code], said)[code], Accepted | Unknown)


def _watch(check: Check, bought: Bought) -> None:
    """Look for another result under this UUID; what none shows yet counts against the limit all the same."""
    cost = bought.job.cost
    for _ in check.pace.pauses(check.pace.callbacks):
        check.look([bought.job])
        if bought.job.cost != cost:
            return
    check.in_doubt += bought.job.estimate


def _fate(said: Said | None, *, paid: bool) -> str:
    if paid:
        return "made and paid a second time"
    if said is None:
        return "not answered"
    if probes.conflicts(said):
        return "refused as known"
    return "refused" if probes.error_codes(said) else "taken again, without another result so far"
