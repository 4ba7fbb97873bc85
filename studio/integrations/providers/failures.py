"""Why a take was not made: every reason stands here once, with its words and what follows from it.

Providers translate their own codes into these. What a person reads, what is offered, what is sent again and what
waits derive from them, so a new reason is one member.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

_AGAIN = "This passes. Render it again."


@dataclass(frozen=True)
class About:
    """What is known of a reason.

    Args:
        code: its stored name: why a provider is waited for, and of our own reasons the code of a failed take.
        title, advice: for whoever reads the failed take.
        waiting: why nothing is sent meanwhile, for everyone; "" where no order waits for it.
        passes: nothing about the order is wrong: the same again is the first thing to offer.
        edits_prompt: other words may help.
        is_final: told of a task, it is the end of that task.
        is_ours: no provider says so.
    """

    code: str
    title: str = "The provider could not make it"
    advice: str = "It gave a reason we do not know."
    waiting: str = ""
    passes: bool = False
    edits_prompt: bool = False
    is_final: bool = True
    is_ours: bool = False


class FailureReason(Enum):
    """A reason why a take was not made, or is not sent yet."""

    # what a provider says (`protocols.md` 1.7)
    VALIDATION = About(
        "validation",
        "The provider did not take the order",
        "Something in the settings is not to its liking.",
        edits_prompt=True,
    )
    SAFETY = About(
        "safety",
        "Refused by content check",
        "Change the words or the picture and render again.",
        edits_prompt=True,
    )
    QUOTA = About(
        "quota",
        "The provider ran out of money",
        "Top up the provider account, then render again.",
        waiting="The provider account is out of money.",
        passes=True,
    )
    RESERVED = About(
        "reserved",
        waiting="The provider has set the rest of the balance aside for takes in progress.",
        is_final=False,
    )
    AUTH = About("auth", waiting="The provider does not accept our key.", is_final=False)
    WRONG_ADDRESS = About(
        "wrongAddress",
        waiting="What answers at the provider's address does not speak as it does.",
        is_final=False,
    )
    MODEL = About(
        "model",
        "This model is not open to the account",
        "Choose another model, or have the provider open it to the account.",
    )
    RATE = About("rate", waiting="The provider is busy.", is_final=False)
    SERVER = About(
        "server", "The provider failed", _AGAIN, waiting="The provider cannot be reached.", passes=True
    )
    PROVIDER = About("provider", "The provider failed", _AGAIN, passes=True)
    TIMEOUT = About("timeout", "The provider took too long", _AGAIN, passes=True)
    NOT_FOUND = About(
        "not_found", "The provider lost the task", "Render it again.", passes=True, is_final=False
    )
    CONFLICT = About("conflict", is_final=False)
    UNKNOWN = About("unknown")

    # what we say ourselves
    FILE_GONE = About(
        "fileGone",
        "The file is gone",
        "It was made and paid for, and where its file was it is no longer.",
        passes=True,
        is_ours=True,
    )
    FILE_UNREACHED = About(
        "fileUnreached",
        "The file could not be fetched",
        "It was made and paid for. Its file may still be there: have it fetched again.",
        is_ours=True,
    )
    FIRST_FRAME_GONE = About(
        "firstFrameGone",
        "The first frame is gone",
        "The picture this take starts from cannot be read any more.",
        is_ours=True,
    )
    REFERENCE_GONE = About(
        "referenceGone",
        "A reference is gone",
        "A picture this still refers to cannot be read any more. Take it out, or place it anew.",
        is_ours=True,
    )
    OTHER_ACCOUNT = About(
        "otherPurse",
        "It was not sent",
        "Since it was ordered, this studio changed between the sandbox and real money. Render it again.",
        passes=True,
        is_ours=True,
    )
    WRITTEN_OFF = About(
        "writtenOff",
        "Written off",
        "No answer ever came, and a producer gave it up.",
        passes=True,
        is_ours=True,
    )

    BOOKED_WITHOUT_FILE = About(
        "bookedWithoutFile",
        "Booked without a file",
        "The provider said that it ended and gave nothing that could be read as a file; a producer booked it.",
        passes=True,
        is_ours=True,
    )

    @property
    def about(self) -> About:
        return self.value

    @property
    def code(self) -> str:
        """Its stored name."""
        return self.value.code


_BY_CODE = {reason.code: reason for reason in FailureReason}


def stored(code: str) -> FailureReason:
    """The reason with this stored name; `UNKNOWN` for one that is not known any more."""
    return _BY_CODE.get(code, FailureReason.UNKNOWN)


def our_own(code: str) -> FailureReason | None:
    """The reason of ours that is the code of this failed take; None where a provider gave the code."""
    reason = _BY_CODE.get(code)
    return reason if reason is not None and reason.about.is_ours else None
