"""What a provider is asked and what it can answer, in our own words.

Answers to an order say what to do next: `Accepted`, `Refused`, `Later` or `Unknown`. Outcomes say
how a task stands: `Running`, `Result`, `Failure`, `Unclear` or `Missing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Protocol
from uuid import UUID

from studio.integrations.catalogue.render_settings import Finish
from studio.integrations.providers.failures import FailureReason
from studio.integrations.providers.fetching import Fetched


@dataclass(frozen=True)
class Frame:
    """An input image and where in the clip it stands. `image`: a data URI, or the id of an upload."""

    image: str
    position: str = "first"


@dataclass(frozen=True, kw_only=True)
class Order(Finish):
    """One take to be made, neutral of any provider."""

    code: UUID
    model_id: str
    still: bool
    prompt: str
    width: int
    height: int
    seconds: int | None
    seed: int | None
    frames: tuple[Frame, ...] = ()
    webhook_url: str = ""


# --- answers to an order ------------------------------------------------------------------


@dataclass(frozen=True)
class Accepted:
    """It is theirs now. `outcome` is set where the answer already held the result."""

    ref: str = ""
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Refused:
    """Certainly not taken, and a person must change something first."""

    code: str
    reason: FailureReason
    message: str
    parameter: str = ""
    cost: Decimal | None = None  # what is charged for it all the same
    may_cost: bool = False  # it says that it was charged, and not how much


@dataclass(frozen=True)
class Later:
    """Certainly not taken: busy, no money, no key, not connected. Send the same again."""

    seconds: float
    code: str
    reason: FailureReason
    message: str = ""


@dataclass(frozen=True)
class Unknown:
    """It may have been taken: ask in so many seconds, never send blindly again."""

    detail: str = ""
    seconds: float = 3.0


Answer = Accepted | Refused | Later | Unknown


# --- how a task stands --------------------------------------------------------------------


@dataclass(frozen=True)
class Running:
    code: UUID


@dataclass(frozen=True)
class Result:
    """A finished file of this task. `cost` in USD; None when no usable figure came."""

    code: UUID
    uuid: str
    url: str
    seed: int | None = None
    cost: Decimal | None = None
    flagged: bool = False


@dataclass(frozen=True)
class Failure:
    code: UUID
    error: str
    reason: FailureReason
    message: str
    parameter: str = ""
    cost: Decimal | None = None  # charged for it all the same; zero: told to be free; None: nothing is said


@dataclass(frozen=True)
class Unclear:
    """They say that it has ended, and nothing that we can make a file or a failure of.

    `said` is their item, shortened, for whoever has to find out.
    """

    code: UUID
    said: str
    cost: Decimal | None = None


@dataclass(frozen=True)
class Missing:
    """The provider has nothing to say about this task, or does not know it (yet)."""

    code: UUID


Outcome = Running | Result | Failure | Unclear | Missing


class NoAnswer(Exception):
    """The provider could not be asked, or its answer could not be read. Ask again later."""


class NotConnected(NoAnswer):
    """They could not be reached: nothing was sent."""


class UploadRefused(Exception):
    """The provider did not take the picture; the message is its own."""


class Provider(Protocol):
    """One outside service that makes takes."""

    name: str
    resends_safely: bool  # the same order may be sent twice without being made twice

    def submit(self, orders: Sequence[Order]) -> dict[UUID, Answer]: ...

    def ask(self, codes: Iterable[UUID]) -> list[Outcome]: ...

    def read_webhook(self, body: bytes) -> list[Outcome]: ...

    def may_fetch(self, url: str) -> bool: ...

    def fetch(self, url: str, file: IO[bytes], *, limit: int, seconds: float) -> Fetched: ...
