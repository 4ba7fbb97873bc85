"""What the provider's pages leave open (`protocols.md` 11): tasks that bring it to light, and how to read the answers.

Nothing here quotes a message, an address or a key of theirs: codes, statuses and shapes alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from studio.integrations.catalogue import Model
from studio.integrations.providers import bodies
from studio.integrations.providers.bodies import Unreadable, envelope, parse
from studio.integrations.providers.errors import reason_of
from studio.integrations.providers.failures import FailureReason
from studio.integrations.providers.wire import Said, Task

_LIMITS = ("retry-after", "ratelimit", "x-ratelimit", "x-rate-limit")
_LONGEST_WORD = 60  # characters of a word of theirs


def impossible(code: UUID, model: Model) -> Task:
    """A task that breaks the rules of its model in so many ways that nobody makes it by mistake."""
    return {
        "taskType": "imageInference" if model.is_still else "videoInference",
        "taskUUID": str(code),
        "model": model.provider_id,
        "positivePrompt": "",
        "width": 1,
        "height": 1,
        "duration": 0,
        "numberResults": 0,
        "includeCost": True,
    }


def without_size(task: Task) -> Task:
    return {name: value for name, value in task.items() if name not in ("width", "height")}


def with_frame(task: Task, image: str) -> Task:
    """The task from another first frame, however that is named."""
    return {**task, "inputs": {"frameImages": [image]}}


def with_reference(task: Task, image: str) -> Task:
    return {**task, "inputs": {"referenceImages": [image]}}


def with_tagged_reference(task: Task, image: str) -> Task:
    """The task with a reference in the older form, which its prompt calls by name (`protocols.md` 4, quirk 4)."""
    reference = {"image": image, "tag": "place"}
    return {
        **task,
        "inputs": {"referenceImages": [reference]},
        "positivePrompt": f"{task['positivePrompt']}, in @place",
    }


@dataclass(frozen=True)
class AccountSeen:
    """What the account task tells, and in which shape."""

    balance: Decimal | None
    shape: str  # of the balance
    usage: tuple[str, ...]  # the periods for which usage is told


def account_seen(said: Said) -> AccountSeen | None:
    """The account, or None where the answer tells of none."""
    if said.items is None or not said.items.data:
        return None
    details = said.items.data[0]
    usage = details.get("usage")
    return AccountSeen(
        balance=bodies.balance_of(details),
        shape=_shape_of_value(details.get("balance")),
        usage=tuple(_word(name) for name in usage) if isinstance(usage, dict) else (),
    )


def _shape_of_value(value: Any) -> str:
    if isinstance(value, dict):
        return f"an object of {', '.join(_word(name) for name in value) or 'nothing'}"
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return "nothing" if value is None else "neither a number nor an object"
    return "a number"


def key_refused(said: Said) -> bool:
    """Whether the answer is that the key does not open anything."""
    return said.status in (401, 403) or any(
        reason_of(code) is FailureReason.AUTH for code in error_codes(said)
    )


def error_codes(said: Said) -> list[str]:
    """The codes of the errors in an answer, each once."""
    errors = said.items.errors if said.items else []
    return list(dict.fromkeys(_word(item.get("code")) or "without a code" for item in errors))


def price_told(said: Said) -> Decimal | None:
    """What the items of an answer cost together; None where none tells a cost."""
    costs = [bodies.cost_of(item.get("cost")) for item in said.items.data] if said.items else []
    told = [cost for cost in costs if cost is not None]
    return sum(told, Decimal(0)) if told else None


def tasks_told(said: Said) -> set[UUID]:
    """The tasks that an answer tells of."""
    items = [*said.items.data, *said.items.errors] if said.items else []
    return {code for item in items if (code := bodies.code_of(item)) is not None}


def conflicts(said: Said) -> bool:
    """Whether a task was refused because its UUID is known already."""
    return any(reason_of(code) is FailureReason.CONFLICT for code in error_codes(said))


def about(said: Said) -> str:
    """An answer in a few words: "HTTP 200, data 1, errors 1 (unsupportedDuration)"."""
    if said.items is None:
        kind = _word(said.headers.get("content-type", "").partition(";")[0]) or "no content type"
        return f"HTTP {said.status}, {kind}, unreadable"
    codes = error_codes(said)
    told = [f"HTTP {said.status}", f"data {len(said.items.data)}"]
    if codes:
        told.append(f"errors {len(said.items.errors)} ({', '.join(codes)})")
    return ", ".join(told)


def limit_headers(said: Said) -> dict[str, str]:
    """The headers that tell when to come again, or how much is left."""
    return {
        _word(name): _word(value) for name, value in said.headers.items() if name.lower().startswith(_LIMITS)
    }


@dataclass(frozen=True)
class Shape:
    """How a callback's body is built."""

    form: str
    status: bool = False  # whether an item carries one
    cost: bool = False

    def __str__(self) -> str:
        if self.form == UNREADABLE:
            return self.form
        return f"{self.form}, {'with' if self.status else 'without'} status"


UNREADABLE = "not JSON"


def shape_of(body: bytes) -> Shape:
    try:
        said = parse(body)
        found = envelope(said)
    except Unreadable:
        return Shape(UNREADABLE)
    items = [*found.data, *found.errors]
    return Shape(_form(said), any("status" in item for item in items), any("cost" in item for item in items))


def _form(said: Any) -> str:
    if isinstance(said, list):
        return "list"
    for key in ("data", "errors", "error"):
        if key in said:
            return f"{key} envelope"
    return "flat"


def _word(value: Any) -> str:
    """A word of theirs, short and on one line."""
    text = "".join(ch for ch in value if ch.isprintable()) if isinstance(value, str) else ""
    return text.encode("utf-8", "replace").decode()[:_LONGEST_WORD]
