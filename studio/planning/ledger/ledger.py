"""Set money aside, charge it, give it back, correct it: always under the lock on the project's row.

Every entry moves the sums beside it in the same transaction: the balance, and the spend by day and by shot.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from django.utils import timezone

from studio.core import sql
from studio.core.money import ZERO, exact, from_column, to_column
from studio.people.accounts.models import User
from studio.planning.ledger import alarms, estimate
from studio.planning.ledger.models import Balance, LedgerEntry
from studio.planning.ledger.purchase import Purchase

Kind = LedgerEntry.Kind
Source = LedgerEntry.Source


def hold(purchase: Purchase) -> bool:
    """Set the estimate aside. False: it was held before."""
    booked = _booked(purchase)
    if (Kind.HOLD, "") in booked:
        return False
    book = _Book(purchase, booked)
    book.add(Kind.HOLD, purchase.estimate, Source.ESTIMATE)
    book.close()
    return True


def release(purchase: Purchase, *, reason: str = "not charged") -> bool:
    """Give back what was set aside, if anything still is. False: there was nothing to give.

    Args:
        reason: why nothing is paid, as the ledger will tell.
    """
    booked = _booked(purchase)
    held = _still_held(booked)
    if held is None:
        return False
    book = _Book(purchase, booked)
    book.add(Kind.RELEASE, held, Source.ESTIMATE, reason=reason)
    book.close()
    return True


def charge(purchase: Purchase, cost: Decimal | None, *, result: str) -> Decimal | None:
    """Book what was billed for a result and release the hold; return the amount charged.

    A missing cost is charged at the estimate and marked computed. None: this result was
    charged before.
    """
    booked = _booked(purchase)
    if (Kind.CHARGE, result) in booked:
        return None
    amount, source = (purchase.estimate, Source.COMPUTED) if cost is None else (exact(cost), Source.PROVIDER)
    book = _Book(purchase, booked)
    book.add(Kind.CHARGE, amount, source, result=result)
    estimate.forget(purchase.model, sandbox=purchase.sandbox)
    held = _still_held(booked)
    if held is not None:
        book.add(Kind.RELEASE, held, Source.ESTIMATE)
    book.close()
    return amount


def adjust(
    purchase: Purchase, amount: Decimal, *, reason: str, source: Source, by: User | None, key: str
) -> Decimal | None:
    """Correct what was charged by so much, up or down; return the amount. None: this was corrected before.

    It counts for whoever ordered, as the charge does.

    Args:
        reason: in words, for whoever reads the ledger.
        by: the person who decided it; None where the provider's own figure came late.
        key: what makes this correction one of its kind, so that a repeat is harmless; 64 characters.
    """
    booked = _booked(purchase)
    if (Kind.ADJUSTMENT, key) in booked:
        return None
    amount = exact(amount)
    book = _Book(purchase, booked)
    said = f"{reason} ({full_name(by)})" if by else reason
    book.add(Kind.ADJUSTMENT, amount, source, result=key, reason=said)
    book.close()
    return amount


class _Kept(NamedTuple):
    amount: Decimal
    by_id: int | None
    by_name: str


Booked = dict[tuple[str, str], _Kept]


def _booked(purchase: Purchase) -> Booked:
    """What is written of this take so far, by kind and result.

    Sure under the project's lock; the unique constraint is the last word.
    """
    entries = sql.rows(
        "SELECT kind, result, amount, by_id, by_name FROM costs_ledgerentry WHERE render_code = %s",
        [sql.uuid(purchase.render_code)],
    )
    return {
        (kind, result): _Kept(from_column(amount) or ZERO, by_id, name)
        for kind, result, amount, by_id, name in entries
    }


def _still_held(booked: Booked) -> Decimal | None:
    held = None if (Kind.RELEASE, "") in booked else booked.get((Kind.HOLD, ""))
    return held.amount if held else None


_SUMS = ("spent", "held", "estimated", "over", "charges", "seconds")


class _Book:
    """Entries about one purchase at one moment, and what they add to the sums."""

    def __init__(self, purchase: Purchase, booked: Booked) -> None:
        self._purchase = purchase
        self._now: datetime = timezone.now()
        self._day = timezone.localdate(self._now)
        # a purchase stays whose it was, though its take forgets a person who is deleted
        before = next(iter(booked.values()), None)
        self._by_id = before.by_id if before else purchase.by_id
        self._name = before.by_name if before else _name_of(purchase.by_id)
        self._entries: list[LedgerEntry] = []
        self._moved: dict[str, Decimal] = dict.fromkeys(_SUMS, ZERO)

    def add(self, kind: Kind, amount: Decimal, source: Source, *, result: str = "", reason: str = "") -> None:
        about = self._purchase
        self._entries.append(
            LedgerEntry(
                project_id=about.project_id,
                render_code=about.render_code,
                task_code=about.task_code or about.render_code,
                kind=kind,
                result=result,
                amount=amount,
                estimate=about.estimate,
                source=source,
                provider=about.provider,
                sandbox=about.sandbox,
                by_id=self._by_id,
                by_name=self._name,
                at=self._now,
                day=self._day,
                shot_ref=about.shot_ref,
                shot_code=about.shot_code,
                what=about.what,
                model=about.model,
                seconds=about.seconds,
                reason=reason[:300],
            )
        )
        self._count(kind, amount)

    def _count(self, kind: Kind, amount: Decimal) -> None:
        moved = self._moved
        match kind:
            case Kind.HOLD:
                moved["held"] += amount
            case Kind.RELEASE:
                moved["held"] -= amount
            case Kind.ADJUSTMENT:
                moved["spent"] += amount
            case Kind.CHARGE:
                moved["spent"] += amount
                moved["estimated"] += self._purchase.estimate
                moved["over"] += max(ZERO, amount - self._purchase.estimate)
                moved["charges"] += 1
                moved["seconds"] += self._purchase.seconds or 0

    def close(self) -> None:
        """Write the entries, move the sums, and tell of a budget whose line was passed."""
        about = self._purchase
        sql.insert(*self._entries)
        of_day = [about.project_id, about.sandbox, self._day.isoformat(), about.model, self._by_id or 0]
        sums = [int(value) if name in _COUNTED else to_column(value) for name, value in self._moved.items()]
        sql.changed(_addition("costs_dayspend", _OF_DAY), [*of_day, *sums])
        sql.changed(_addition("costs_shotspend", _OF_SHOT), [*of_day, about.shot_ref or 0, *sums])
        spent, held = self._moved["spent"], self._moved["held"]
        alarms.look(about, _move_balance(about, spent=spent, held=held), spent + held)


_COUNTED = {"charges", "seconds"}
_OF_DAY = ("project_id", "sandbox", "day", "model", "person")
_OF_SHOT = (*_OF_DAY, "shot_ref")


@cache
def _addition(table: str, key: tuple[str, ...]) -> str:
    """The statement that adds measures to the row with this key, which it makes when there is none."""
    columns = (*key, *_SUMS)
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in _SUMS)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({sql.marks(columns)})"  # noqa: S608
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {added}"
    )


def _move_balance(about: Purchase, *, spent: Decimal, held: Decimal) -> alarms.Now:
    """Add to the balance; what it is now, beside the lines there are."""
    for _ in range(2):
        moved = sql.rows(
            "UPDATE costs_balance SET spent = spent + %s, held = held + %s WHERE project_id = %s AND sandbox = %s"
            " RETURNING spent, held, (SELECT budget FROM projects_project WHERE id = project_id),"
            " EXISTS (SELECT 1 FROM costs_budget WHERE costs_budget.project_id = costs_balance.project_id)",
            [to_column(spent), to_column(held), about.project_id, about.sandbox],
        )
        if moved:
            ((spent_now, held_now, budget, more),) = moved
            committed = from_column(spent_now + held_now) or ZERO
            return alarms.Now(committed=committed, budget=from_column(budget), more_lines=bool(more))
        Balance.objects.create(project_id=about.project_id, sandbox=about.sandbox)
    raise AssertionError("unreachable: the balance was just made")


def full_name(user: User) -> str:
    """How the ledger calls somebody, for years."""
    return (user.name or user.email)[:150]


def _name_of(user_id: int | None) -> str:
    user = User.objects.filter(pk=user_id).first() if user_id else None
    return full_name(user) if user else ""
