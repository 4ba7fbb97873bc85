"""What happened to a take, in words a person understands."""

from dataclasses import dataclass

from studio.integrations.providers import failures
from studio.integrations.providers.errors import reason_of


@dataclass(frozen=True)
class Failure:
    """A failed take, explained. `said` is the provider's own message."""

    title: str
    advice: str
    said: str
    edit_prompt: bool


def reason(render):
    """Why it failed: a reason of our own, or what the provider's code means."""
    return failures.our_own(render.failure_code) or reason_of(render.failure_code)


def of_failure(render):
    about = reason(render).about
    return Failure(about.title, about.advice, render.failure, edit_prompt=about.edits_prompt)
