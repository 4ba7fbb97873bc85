"""JSON as the sandbox writes it: money keeps its digits, and a fault may say what no encoder would."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Item = dict[str, Any]

_MARK = secrets.token_hex(8)  # no text from outside can look like a placeholder
_PLACEHOLDER = re.compile(rf'"{_MARK}:(\d+)"')


@dataclass(frozen=True)
class Raw:
    """Text that goes into the JSON as it stands, also when that makes it wrong (`NaN`)."""

    text: str


def dumps(value: object) -> bytes:
    """Write compact JSON; a Decimal becomes the shortest number that reads back as itself."""
    raws: list[str] = []

    def other(thing: object) -> object:
        if isinstance(thing, Decimal):
            return float(thing)  # 0.605 is written 0.605; exact to 15 digits, and no bill has more
        if isinstance(thing, Raw):
            raws.append(thing.text)
            return f"{_MARK}:{len(raws) - 1}"
        raise TypeError(f"cannot write {type(thing).__name__} as JSON")

    text = json.dumps(value, default=other, separators=(",", ":"))
    if raws:
        text = _PLACEHOLDER.sub(lambda found: raws[int(found[1])], text)
    return text.encode()


def without_nulls(value: Any) -> Any:
    """What a client said, where a parameter whose value is null counts as absent, at every depth.

    A null in a list stays: leaving it out would move what stands behind it.
    """
    if isinstance(value, dict):
        return {name: without_nulls(part) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return [without_nulls(part) for part in value]
    return value


class Malformed(ValueError):
    """Not an array of task objects; answer with its item, which concerns the whole array."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.item: Item = {"code": code, "message": message}


def read_tasks(body: str | bytes) -> list[Item]:
    """The task objects of one POST or one websocket message.

    Raises:
        Malformed: it holds none.
    """
    try:
        tasks = without_nulls(json.loads(body))
    except (ValueError, RecursionError):  # also bytes that are no text
        raise Malformed("invalidJSON", "The body is not JSON.") from None
    if not isinstance(tasks, list) or not tasks or not all(isinstance(task, dict) for task in tasks):
        raise Malformed("invalidRequest", "The body must be a JSON array of task objects.")
    return tasks


@dataclass(frozen=True)
class Answer:
    """A whole HTTP answer, before it is sent."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def envelope(
    data: list[Item],
    errors: list[Item],
    *,
    status: int | None = None,
    empty_errors: bool = False,
    as_object: bool = False,
) -> Answer:
    """Wrap items as `protocols.md` 1.2 has it: no `errors` key without an error.

    Some accepted → 200; none → 400 or the status given.
    """
    body: Item = {"data": data[0] if as_object and len(data) == 1 else data}
    if errors or empty_errors:
        body["errors"] = errors
    failed = bool(errors) and not data
    return Answer((status or 400) if failed else 200, dumps(body))
