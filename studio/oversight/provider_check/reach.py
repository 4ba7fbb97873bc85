"""How the provider reaches this studio during a check, and whether it did."""

from __future__ import annotations

from studio.oversight.provider_check import doors
from studio.oversight.provider_check.check import Check
from studio.oversight.provider_check.doors import Door

_POLLED = "callbacks could not be tested, results were polled"


def find(check: Check, *, public_url: str, loopback: str) -> Door | None:
    """Decide where callbacks go: outside to PUBLIC_URL, from a sandbox to a server beside it.

    Returns what was found at PUBLIC_URL; None without one.
    """
    report = check.report
    public = doors.knock(public_url) if public_url else None
    if public:
        report.saw("address", f"PUBLIC_URL: {public.seen}", public.evidence)
    if not check.sandbox:
        check.callbacks = public_url  # also where we cannot call it ourselves: they may
    elif loopback and doors.knock(loopback, through_proxies=False).opens:
        check.callbacks = loopback
    if not check.callbacks:
        report.not_asked("address", f"{_why_nowhere(check, public_url)}: {_POLLED}")
    elif check.sandbox:
        report.saw("address", "the sandbox calls the server beside it, over loopback")
    return public


def _why_nowhere(check: Check, public_url: str) -> str:
    if not check.sandbox:
        return "no PUBLIC_URL"
    why = "no server of this studio runs that a sandbox could call"
    return why if public_url else f"no PUBLIC_URL, and {why}"


def judge(check: Check, public: Door | None) -> None:
    """Whether callbacks work, as far as that could be seen."""
    made = [each for each in check.bought if each.made]
    called = any(each.calls.calls for each in made)
    if check.callbacks and made and not called:
        check.report.problem("No callback came about anything that was made.")
    elif public and not public.opens and (check.sandbox or not called):
        check.report.problem(f"PUBLIC_URL does not work: {public.seen}, {public.evidence}.")
