"""Set money aside, charge it, give it back: always under the lock on the project's row."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Value

from studio.accounts.models import User
from studio.costs.models import Balance, LedgerEntry
from studio.money import ZERO, MoneyField, exact
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
    by: User | None
    estimate: Decimal


def balance(project: Project, *, sandbox: bool) -> Balance:
    """What is spent and set aside of this kind of money."""
    return Balance.objects.filter(project=project, sandbox=sandbox).first() or Balance(
        project=project, sandbox=sandbox
    )


def can_hold(project: Project, amount: Decimal, *, sandbox: bool) -> bool:
    """Whether spent + holds + this stays within the budget. Ask under the project's lock."""
    if project.budget is None:
        return True
    now = balance(project, sandbox=sandbox)
    return now.spent + now.held + amount <= project.budget


def hold(purchase: Purchase) -> bool:
    """Set the estimate aside. False: it was held before."""
    added = _add(purchase, Kind.HOLD, purchase.estimate, Source.ESTIMATE)
    if added:
        _move(purchase, held=purchase.estimate)
    return added


def release(purchase: Purchase) -> bool:
    """Give back what was set aside, if anything still is. False: there was nothing to give."""
    held = LedgerEntry.objects.filter(render_code=purchase.render_code, kind=Kind.HOLD).first()
    if held is None or not _add(purchase, Kind.RELEASE, held.amount, Source.ESTIMATE):
        return False
    _move(purchase, held=-held.amount)
    return True


def charge(purchase: Purchase, cost: Decimal | None, *, result: str) -> Decimal | None:
    """Book what was billed for a result and release the hold; return the amount charged.

    A missing cost is charged at the estimate and marked computed. None: this result was
    charged before.
    """
    amount, source = (purchase.estimate, Source.COMPUTED) if cost is None else (exact(cost), Source.PROVIDER)
    if not _add(purchase, Kind.CHARGE, amount, source, result=result):
        return None
    _move(purchase, spent=amount)
    release(purchase)
    return amount


def _add(purchase: Purchase, kind: Kind, amount: Decimal, source: Source, *, result: str = "") -> bool:
    entry = LedgerEntry(
        project_id=purchase.project_id,
        render_code=purchase.render_code,
        kind=kind,
        result=result,
        amount=amount,
        estimate=purchase.estimate,
        source=source,
        sandbox=purchase.sandbox,
        by=purchase.by,
        shot_code=purchase.shot_code,
        what=purchase.what,
        model=purchase.model,
        seconds=purchase.seconds,
    )
    before = LedgerEntry.objects.filter(render_code=purchase.render_code, kind=kind, result=result)
    if before.exists():  # cheap, and sure under the project's lock; the constraint is the last word
        return False
    entry.save(force_insert=True)
    return True


def _move(purchase: Purchase, *, spent: Decimal = ZERO, held: Decimal = ZERO) -> None:
    row = Balance.objects.filter(project_id=purchase.project_id, sandbox=purchase.sandbox)
    if not row.update(spent=F("spent") + _amount(spent), held=F("held") + _amount(held)):
        Balance.objects.create(
            project_id=purchase.project_id, sandbox=purchase.sandbox, spent=spent, held=held
        )


def _amount(amount: Decimal) -> Value:
    return Value(exact(amount), output_field=MoneyField())
