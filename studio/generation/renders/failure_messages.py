"""What happened to a take, in words a person understands."""

from dataclasses import dataclass

from studio.integrations.providers import failures
from studio.integrations.providers.errors import reason_of


@dataclass(frozen=True)
class Failure:
    """A failed take, explained. `said` is the provider's own message, `ours` what stood in the way by our own words."""

    title: str
    advice: str
    said: str
    ours: str
    edit_prompt: bool


def reason(render):
    """Why it failed: a reason of our own, or what the provider's code means."""
    return failures.our_own(render.failure_code) or reason_of(render.failure_code)


def of_failure(render):
    about = reason(render).about
    said, ours = ("", render.note or render.failure) if about.is_ours else (render.failure, "")
    return Failure(about.title, about.advice, said, ours, edit_prompt=about.edits_prompt)
