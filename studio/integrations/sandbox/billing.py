"""Prices by the catalogue's formula, and the account task (`protocols.md` 1.11 and 5)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from studio.integrations.catalogue import by_provider_id
from studio.integrations.sandbox.errors import Refusal
from studio.integrations.sandbox.store import Store
from studio.integrations.sandbox.validate import Order
from studio.integrations.sandbox.wire import Item

OPENING_BALANCE = Decimal("1000")
_DAY = 24 * 3600


def price(order: Order) -> Decimal:
    """What one result costs."""
    model = by_provider_id(order.model_id)
    if model is None:  # an older catalogue took it; it was bought all the same
        return Decimal(0)
    return model.price.of(order.seconds).normalize()


class Funds:
    """What can still be promised; read once for all the tasks of one POST."""

    def __init__(self, store: Store) -> None:
        self._balance = store.balance()
        self._reserved = store.reserved()

    def reserve(self, order: Order) -> None:
        """Refuse what the balance cannot pay, in the vendor's two ways of saying so (1.7).

        Raises:
            Refusal: not enough, or enough only once tasks in progress have settled.
        """
        wanted = price(order) * order.count
        if wanted > self._balance:
            raise no_credits()
        if wanted > self._balance - self._reserved:
            raise credits_reserved()
        self._reserved += wanted


def no_credits(status: int = 400) -> Refusal:
    return Refusal("insufficientCredits", "Insufficient credits. Please top up your account.", status=status)


def credits_reserved(status: int = 400) -> Refusal:
    return Refusal(
        "concurrentRequestLimitExceeded",
        "Insufficient available balance. Some of your credits are currently reserved for requests in "
        "progress. Please wait for them to complete and try again.",
        status=status,
    )


def account(store: Store, *, task: Item, key: str, now: float, balance_is_number: bool) -> Item:
    """The answer to `accountManagement`; the balance does not show what is reserved."""
    operation = task.get("operation")
    if operation != "getDetails":
        raise Refusal(
            "unsupportedOperation",
            f"Unsupported value for 'operation': {operation!r}",
            parameter="operation",
            type="string",
            allowedValues=["getDetails"],
        )
    balance = store.balance()
    moment = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    total = _usage(store, 0)
    return {
        "taskType": "accountManagement",
        "taskUUID": task["taskUUID"],
        "operation": operation,
        "organizationUUID": str(uuid.uuid5(uuid.NAMESPACE_OID, "sandbox")),
        "organizationName": "Sandbox",
        "balance": balance if balance_is_number else {"amount": balance, "currency": "USD"},
        "team": [{"name": "Sandbox", "email": "sandbox@example.org", "roles": ["owner"]}],
        "apiKeys": [
            {
                "name": "sandbox",
                "apiKey": f"{key[:4]}****{key[-4:]}",
                "enabled": True,
                "requests": total["requests"],
                "createdAt": moment,
                "lastUsedAt": moment,
            }
        ],
        "usage": {
            "total": total,
            "today": _usage(store, now - now % _DAY),
            "last7Days": _usage(store, now - 7 * _DAY),
            "last30Days": _usage(store, now - 30 * _DAY),
        },
    }


def _usage(store: Store, since: float) -> dict[str, Any]:
    billed, taken = store.billed_since(since)
    return {"credits": billed, "requests": taken}
