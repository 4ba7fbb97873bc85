"""What happened to a take, in words a person understands, and what can be changed about it."""

from dataclasses import dataclass

from studio.integrations.providers.base import Family
from studio.integrations.providers.errors import family_of

_BY_CODE = {
    "fileGone": ("The file is gone", "It was made and paid for, but the provider no longer has the file."),
    "firstFrameGone": (
        "The first frame is gone",
        "The picture this take starts from cannot be read any more.",
    ),
    "referenceGone": (
        "A reference is gone",
        "A picture this still refers to cannot be read any more. Take it out, or place it anew.",
    ),
    "otherPurse": (
        "It was not sent",
        "Since it was ordered, this studio changed between the sandbox and real money. Render it again.",
    ),
    "writtenOff": ("Written off", "No answer ever came, and a producer gave it up."),
}
_BY_FAMILY = {
    Family.SAFETY: ("Refused by content check", "Change the words or the picture and render again."),
    Family.VALIDATION: (
        "The provider did not take the order",
        "Something in the settings is not to its liking.",
    ),
    Family.TIMEOUT: ("The provider took too long", "This passes. Render it again."),
    Family.PROVIDER: ("The provider failed", "This passes. Render it again."),
    Family.SERVER: ("The provider failed", "This passes. Render it again."),
    Family.NOT_FOUND: ("The provider lost the task", "Render it again."),
    Family.QUOTA: ("The provider ran out of money", "Top up the provider account, then render again."),
}
_OTHERWISE = ("The provider could not make it", "It gave a reason we do not know.")
_EDITABLE = {Family.SAFETY, Family.VALIDATION}


@dataclass(frozen=True)
class Failure:
    """A failed take, explained. `said` is the provider's own message."""

    title: str
    advice: str
    said: str
    edit_prompt: bool


def of_failure(render):
    family = family_of(render.failure_code)
    title, advice = _BY_CODE.get(render.failure_code) or _BY_FAMILY.get(family, _OTHERWISE)
    return Failure(title, advice, render.failure, edit_prompt=family in _EDITABLE)
