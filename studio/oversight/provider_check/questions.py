"""What can be asked for nothing."""

from __future__ import annotations

from uuid import uuid4

from studio.core.money import plain
from studio.integrations.providers import probes, wire
from studio.integrations.providers.base import NoAnswer, NotConnected
from studio.integrations.providers.wire import Said
from studio.oversight.provider_check.check import Check
from studio.oversight.provider_check.line import Line
from studio.oversight.provider_check.plans import NONSENSE
from studio.oversight.provider_check.report import Report


def account(line: Line, report: Report) -> bool:
    """Whether the key opens an account; what is on it."""
    try:
        said = line.post([wire.account()])
    except NotConnected as exc:
        return _no_key(report, f"the provider cannot be reached ({exc})")
    except NoAnswer as exc:
        return _no_key(report, f"the provider did not answer ({exc})")
    seen = probes.account_seen(said)
    if probes.key_refused(said):
        return _no_key(report, "the key is not accepted", said)
    if seen is None:
        return _no_key(report, "what the provider says of the account tells nothing", said)
    report.saw("key", "accepted", probes.about(said))
    report.saw("usage", f"told for {', '.join(seen.usage)}" if seen.usage else "not told")
    if seen.balance is None:
        report.saw("balance", "not told", f"it is {seen.shape}")
        report.problem("The balance is not told.")
    else:
        report.saw("balance", f"${plain(seen.balance)}", f"it is {seen.shape}")
    return True


def _no_key(report: Report, why: str, said: Said | None = None) -> bool:
    evidence = probes.about(said) if said else ""
    report.saw("key", why, evidence)
    report.problem(f"{why[0].upper()}{why[1:]}{f': {evidence}' if evidence else ''}.")
    return False


def unknown_task(check: Check) -> None:
    """How they answer about a task they have never heard of."""
    try:
        said = check.line.post([wire.poll(uuid4())])
    except NoAnswer as exc:
        check.report.saw("11.4", f"no answer ({exc})")
        return
    codes = probes.error_codes(said)
    seen = f"an error, {', '.join(codes)}" if codes else "no item at all"
    if said.items and said.items.data:
        seen = "an item, although nobody knows it"
    check.report.saw("11.4", seen if said.items else "an answer that cannot be read", probes.about(said))


def impossible_task(check: Check) -> None:
    """How they answer an array that holds nothing valid."""
    job = check.draw_up(NONSENSE)
    task = NONSENSE.task(check.line.client, job.code, webhook_url="")
    said = check.send([job], [task])
    check.report.saw("11.2", "one invalid task alone", probes.about(said) if said else "no answer")


def several_polls(check: Check) -> None:
    """Whether one array may ask about several tasks that were made."""
    codes = [each.job.code for each in check.bought if each.made]
    if len(codes) < 2:
        return check.report.not_asked("polls", "fewer than two tasks were made")
    try:
        said = check.line.post([wire.poll(code) for code in codes])
    except NoAnswer as exc:
        return check.report.saw("polls", f"no answer ({exc})")
    told = probes.tasks_told(said) & set(codes)
    check.report.saw("polls", f"{len(told)} of {len(codes)} tasks told in one answer", probes.about(said))


def limits(check: Check) -> None:
    """What the headers of all answers told; call it last."""
    line = check.line
    told = ", ".join(f"{name}: {value}" for name, value in line.limits.items())
    check.report.saw(
        "11.9",
        f"headers about limits: {told}" if told else "no Retry-After and no header about limits",
        f"{line.answers} answers",
    )
    check.report.not_asked("11.9", "the most tasks or bytes in one array, since a long array may be paid for")


def left_open(report: Report) -> None:
    """What cannot be found out cheaply."""
    report.not_asked("11.5", "moderation is not provoked, since it may cost money and the account")
    report.not_asked("11.10", "a prompt at the limit would be paid for where it is accepted")
