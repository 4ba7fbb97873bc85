"""Runware's bodies, in every shape that was ever seen, turned into items one can trust the types of.

`protocols.md` 1.2, 1.5 and 1.8: `data` may be missing, null, an object or a list; errors come as
`errors` or `error`, object or list, or inside `data`; a callback may be flat. Every item is
matched by its own `taskUUID`, never by its position.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from studio.integrations.providers.base import Failure, Missing, Outcome, Result, Running, Unclear
from studio.integrations.providers.errors import reason_of

_ENDED = {"success", "succeeded", "completed", "complete", "done", "finished", "ok"}
_FAILED = {"error", "failed", "failure", "cancelled", "canceled", "rejected"}
# Where a result may stand in a shape that is not read.
_RESULTS = ("videoURL", "imageURL", "videoURLs", "imageURLs", "outputs", "videoDataURI", "imageDataURI")
_RUNNING = {"processing", "pending", "queued", "scheduled", "waiting"}
_ABOUT_SOME_PARAMETER = {"missingParameter", "unsupportedParameter"}
_QUOTED_PARAMETER = re.compile(r"'([A-Za-z]\w*(?:\.\w+)*)'", re.ASCII)
_PLAIN_FIGURE = re.compile(r"\d{1,9}(\.\d{1,12})?", re.ASCII)
# Whole sentences that say that nothing was charged; whatever else speaks of money leaves it open.
_THIS = r"(?:this|the|your) (?:request|task|generation|attempt|job)"
_NOT = r"(?:(?:was|is|were|are)(?: not|n't)|(?:has|have)(?: not|n't) been|(?:will not|won't) be)"
_FREE = re.compile(
    rf"(?:(?:{_THIS}|you) {_NOT} charged|nothing (?:was|has been|will be) charged|no charges? (?:was|were) made"
    rf"|there (?:was|is|will be) no charge)(?: for (?:this|it|{_THIS}))?"
)
_MONEY = re.compile(
    r"charg|bill|cost|credit|deduct|debit|invoice|\bfees?\b|refund|\bpa(?:id|y)|price|balance|\$|usd|€|eur"
)
_SENTENCE = re.compile(r"[.;!?\n]+")
_LARGEST_COST = Decimal(1_000_000)
_LARGEST_BALANCE = Decimal(1_000_000_000)


class Unreadable(ValueError):
    """Not JSON, or not a shape that can hold items."""


@dataclass
class Envelope:
    """The items of one body: what went well, and what did not."""

    data: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)


def parse(body: bytes) -> Any:
    """JSON with every fraction a Decimal; NaN and Infinity are kept as words and refused later.

    Raises:
        Unreadable: not JSON.
    """
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError, ArithmeticError) as exc:
        raise Unreadable("not JSON") from exc


def envelope(body: Any) -> Envelope:
    """Sort any body into items.

    Raises:
        Unreadable: neither an object nor a list.
    """
    if isinstance(body, list):
        parts = [envelope(item) for item in body if isinstance(item, dict)]
        return Envelope(
            [item for part in parts for item in part.data], [item for part in parts for item in part.errors]
        )
    if not isinstance(body, dict):
        raise Unreadable("not an object")
    found = Envelope()
    if not ({"data", "errors", "error"} & body.keys()) or _is_flat(body):
        _file(found, body)
        return found
    for item in _items(body.get("data")):
        _file(found, item)
    for key in ("errors", "error"):
        for item in _items(body.get(key)):
            # the singular envelope names its task beside the error, not in it
            found.errors.append({**{k: body[k] for k in ("taskUUID", "taskType") if k in body}, **item})
    if body.get("error") is True:  # the old form: {"error": true, "errorId": 19, "errorMessage": ...}
        found.errors.append({"code": str(body.get("errorId", "")), "message": body.get("errorMessage", "")})
    return found


def _is_flat(body: dict[str, Any]) -> bool:
    """Whether the body is one item: it names a task, and what may stand beside it says nothing."""
    others = any("taskUUID" in item for item in _items(body.get("errors")))
    return "taskUUID" in body and not body.get("data") and not others and body.get("error") is not True


def _items(part: Any) -> list[dict[str, Any]]:
    """The items of a part; those that say nothing are none."""
    parts = part if isinstance(part, list) else [part]
    return [item for item in parts if isinstance(item, dict) and item]


def _file(found: Envelope, item: dict[str, Any]) -> None:
    """Sort an item: an error that says nothing is none, and a file that is there is a result."""
    inner = _error_in(item)
    if inner and not _url(item) and not _is_ended(item):
        found.errors.append({**item, **inner})
    elif text(item.get("status")).lower() in _FAILED or (_names_error(item) and not _url(item)):
        found.errors.append(item)
    else:
        found.data.append(item)


def _error_in(item: dict[str, Any]) -> dict[str, Any]:
    """The error that an item holds: an object, the first of a list, or words."""
    for key in ("error", "errors"):
        if objects := _items(item.get(key)):
            return objects[0]
        if words := text(item.get(key)):
            return {"message": words}
    return {}


def _names_error(item: dict[str, Any]) -> bool:
    code = item.get("code")
    named = text(code) or (isinstance(code, int) and not isinstance(code, bool) and code >= 400)
    return bool(named) and not _is_ended(item)


def _is_ended(item: dict[str, Any]) -> bool:
    """Whether it says of itself that it went well."""
    return any(text(item.get(key)).lower() in _ENDED for key in ("status", "code"))


def code_of(item: dict[str, Any]) -> UUID | None:
    """The task an item is about; None when it names none, or nothing that is a UUID."""
    try:
        return UUID(str(item.get("taskUUID")))
    except ValueError:
        return None


def outcome_of(item: dict[str, Any], *, failed: bool) -> Outcome | None:
    """How the item's task stands; None for an item that names no task."""
    code = code_of(item)
    if code is None:
        return None
    if failed:
        return failure(code, item)
    url = _url(item)
    running = text(item.get("status")).lower() in _RUNNING
    if url and not running:
        return Result(
            code=code,
            uuid=text(item.get("videoUUID") or item.get("imageUUID") or "")[:64],
            url=url,
            seed=_seed(item.get("seed")),
            cost=cost_of(item.get("cost")),
            flagged=item.get("NSFWContent") is True,
        )
    # a running item can already carry a videoUUID: a UUID is not a result
    if running:
        return Running(code)
    cost = cost_of(item.get("cost"))
    if _is_ended(item) or cost is not None or any(item.get(key) for key in _RESULTS):
        return Unclear(code, _shortened(item), cost)
    return Missing(code)


def failure(code: UUID, item: dict[str, Any]) -> Failure:
    number = item.get("code")
    error = text(number)[:80] or (str(number)[:80] if isinstance(number, int) else "") or "unknown"
    said = [text(item.get(key)) for key in ("message", "error", "responseContent")]
    message = "\n".join(part for part in said if part)
    cost = cost_of(item.get("cost"))
    if cost is None and says_free(message):
        cost = Decimal(0)
    return Failure(code, error, reason_of(error), message[:4000], parameter_of(item), cost)


def says_free(message: str) -> bool:
    """Whether words leave no doubt that nothing was charged (`protocols.md` 1.7, `responseContent`)."""
    sentences = _sentences(message)
    free = [sentence for sentence in sentences if _FREE.fullmatch(sentence)]
    return bool(free) and not any(_MONEY.search(each) for each in sentences if each not in free)


def speaks_of_money(message: str) -> bool:
    """Whether words have to do with what something costs."""
    return bool(_MONEY.search(message.lower()))


def _sentences(message: str) -> list[str]:
    plain = message.lower().replace("’", "'")
    return [" ".join(part.split()).strip(" ,:-") for part in _SENTENCE.split(plain)]


def _shortened(item: dict[str, Any]) -> str:
    """The item as JSON, long texts cut, for a log and for whoever has to find out."""
    short = {
        name: f"{value[:80]}… ({len(value)} characters)"
        if isinstance(value, str) and len(value) > 120
        else value
        for name, value in item.items()
    }
    return text(json.dumps(short, default=str))[:2000]


def parameter_of(item: dict[str, Any]) -> str:
    """What an error is about; cross-field rules name several.

    A code that says no more than that some parameter is missing or unsupported may name it in its words alone.
    """
    parameter = item.get("parameter")
    if isinstance(parameter, list):
        return ", ".join(text(name) for name in parameter)
    if not parameter and text(item.get("code")) in _ABOUT_SOME_PARAMETER:
        quoted = _QUOTED_PARAMETER.search(text(item.get("message")))
        return quoted[1] if quoted else ""
    return text(parameter)


def balance_of(details: dict[str, Any]) -> Decimal | None:
    """What is left on an account, told as a number or as an object with an amount; None for neither."""
    balance = details.get("balance")
    return _sum(balance.get("amount") if isinstance(balance, dict) else balance)


def used_of(details: dict[str, Any], span: str) -> Decimal | None:
    """USD that an account has used in a span it tells of ("total", "last30Days"); None where it does not."""
    usage = details.get("usage")
    told = usage.get(span) if isinstance(usage, dict) else None
    return _sum(told.get("credits")) if isinstance(told, dict) else None


def _sum(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    amount = Decimal(value)
    usable = amount.is_finite() and -_LARGEST_BALANCE <= amount <= _LARGEST_BALANCE
    return round(amount, 9) if usable else None


def outcomes(body: bytes) -> list[Outcome]:
    """Every outcome a body tells of.

    Raises:
        Unreadable: not JSON, or not a shape that can hold items.
    """
    found = envelope(parse(body))
    told = [outcome_of(item, failed=False) for item in found.data]
    told += [outcome_of(item, failed=True) for item in found.errors]
    return [outcome for outcome in told if outcome is not None]


def _url(item: dict[str, Any]) -> str:
    """Where the file is: an address, or the file itself as a data URI, which is a documented way to send it."""
    for key in ("videoURL", "imageURL", "videoDataURI", "imageDataURI"):
        if url := text(item.get(key)).strip():
            return url
    for key in ("videoBase64Data", "imageBase64Data"):
        if content := text(item.get(key)).strip():
            return f"data:;base64,{content}"
    return ""


def text(value: Any) -> str:
    """A text that any database can hold: no NUL, and no half of a pair, which JSON can spell."""
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "").encode("utf-8", "replace").decode()


def _seed(value: Any) -> int | None:
    """A seed as some tell it: 421, 421.0 or "421"; None for what no column holds, which is then as it was sent."""
    if (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19) or (
        isinstance(value, Decimal) and value.is_finite() and abs(value) < 2**63 and value == int(value)
    ):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value < 2**63 else None


def cost_of(value: Any) -> Decimal | None:
    """A usable figure or None: NaN, words, booleans, below zero and beyond reason are none; "0.605" is one."""
    if isinstance(value, str) and _PLAIN_FIGURE.fullmatch(value.strip()):
        value = Decimal(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    cost = Decimal(value)
    return cost if cost.is_finite() and 0 <= cost <= _LARGEST_COST else None
