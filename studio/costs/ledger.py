"""Set money aside, charge it, give it back: always under the lock on the project's row."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from studio import sql
from studio.costs.models import Balance, LedgerEntry
from studio.money import ZERO, exact, from_column, to_column
from studio.projects.models import Project

Kind = LedgerEntry.Kind
Source = LedgerEntry.Source


@dataclass(frozen=True)
class Purchase:
    """What an entry is about, in the words it will be read in years later."""

    project_id: int
    render_code: UUID
    what: str
    shot_code: str
    model: str
    seconds: int | None
    sandbox: bool
    by_id: int | None
    estimate: Decimal


def balance(project: Project, *, sandbox: bool) -> Balance:
    """What is spent and set aside of this kind of money."""
    found = sql.read(Balance, "WHERE project_id = %s AND sandbox = %s", [project.pk, sandbox])
    return found[0] if found else Balance(project=project, sandbox=sandbox)


def can_hold(project: Project, amount: Decimal, *, sandbox: bool) -> bool:
    """Whether spent + holds + this stays within the budget. Ask under the project's lock."""
    if project.budget is None:
        return True
    now = balance(project, sandbox=sandbox)
    return now.spent + now.held + amount <= project.budget


def hold(purchase: Purchase) -> bool:
    """Set the estimate aside. False: it was held before."""
    if (Kind.HOLD, "") in _booked(purchase):
        return False
    _add(purchase, Kind.HOLD, purchase.estimate, Source.ESTIMATE)
    _move(purchase, held=purchase.estimate)
    return True


def release(purchase: Purchase) -> bool:
    """Give back what was set aside, if anything still is. False: there was nothing to give."""
    held = _still_held(_booked(purchase))
    if held is None:
        return False
    _add(purchase, Kind.RELEASE, held, Source.ESTIMATE)
    _move(purchase, held=-held)
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
    _add(purchase, Kind.CHARGE, amount, source, result=result)
    held = _still_held(booked)
    if held is not None:
        _add(purchase, Kind.RELEASE, held, Source.ESTIMATE)
    _move(purchase, spent=amount, held=-(held or ZERO))
    return amount


Booked = dict[tuple[str, str], Decimal]


def _booked(purchase: Purchase) -> Booked:
    """The amounts on this take so far, by kind and result.

    Sure under the project's lock; the unique constraint is the last word.
    """
    entries = sql.rows(
        "SELECT kind, result, amount FROM costs_ledgerentry WHERE render_code = %s",
        [sql.uuid(purchase.render_code)],
    )
    return {(kind, result): from_column(amount) or ZERO for kind, result, amount in entries}


def _still_held(booked: Booked) -> Decimal | None:
    return None if (Kind.RELEASE, "") in booked else booked.get((Kind.HOLD, ""))


def _add(purchase: Purchase, kind: Kind, amount: Decimal, source: Source, *, result: str = "") -> None:
    entry = LedgerEntry(
        project_id=purchase.project_id,
        render_code=purchase.render_code,
        kind=kind,
        result=result,
        amount=amount,
        estimate=purchase.estimate,
        source=source,
        sandbox=purchase.sandbox,
        by_id=purchase.by_id,
        shot_code=purchase.shot_code,
        what=purchase.what,
        model=purchase.model,
        seconds=purchase.seconds,
    )
    sql.insert(entry)


def _move(purchase: Purchase, *, spent: Decimal = ZERO, held: Decimal = ZERO) -> None:
    if not sql.changed(
        "UPDATE costs_balance SET spent = spent + %s, held = held + %s WHERE project_id = %s AND sandbox = %s",
        [to_column(spent), to_column(held), purchase.project_id, purchase.sandbox],
    ):
        Balance.objects.create(
            project_id=purchase.project_id, sandbox=purchase.sandbox, spent=spent, held=held
        )
