"""Money: Decimal in Python, whole nano-dollars in the database, so that every sum is exact.

SQLite has no decimal type: a DecimalField there is a float, and a SUM of floats drifts.
An integer column adds up to the last digit on both databases.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

PLACES = Decimal("0.000000001")
_SCALE = 10**9
LARGEST = Decimal(9_000_000_000)  # what a 64-bit column of nano-dollars can hold

ZERO = Decimal(0)


def exact(amount: Decimal) -> Decimal:
    """Round to the nine places that are kept; half to even.

    Raises:
        ValueError: not a finite amount that a column can hold.
    """
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise ValueError(f"{amount} is not an amount of money")
    return amount.quantize(PLACES, rounding=ROUND_HALF_EVEN)


def dollars(amount: Decimal | None, *, places: int = 2) -> str:
    """ "$48.26"; with `places=4` "$0.3042". An unknown amount is a dash."""
    if amount is None:
        return "–"
    sign = "−" if amount < 0 else ""
    shown = abs(amount).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{sign}${shown:,}"


def round_dollars(amount: Decimal) -> str:
    """A sum somebody set: "$120", and "$0.50" where there are cents."""
    return dollars(amount, places=0 if amount == amount.to_integral_value() else 2)


def plain(amount: Decimal) -> str:
    """All the digits there are and no more: "0.605"."""
    text = f"{amount.normalize():f}"
    return "0" if text == "-0" else text


def risen(total: Decimal, shown: str | None) -> bool:
    """Whether a price is higher than the one a button showed; False where it showed none, or no number."""
    try:
        return total > Decimal(shown or "NaN")
    except ArithmeticError:  # a comparison with what is no number is one too
        return False


_Set = TypeVar("_Set")
_Get = TypeVar("_Get")

if TYPE_CHECKING:  # what it takes and gives is what a DecimalField does

    class _Field(models.DecimalField[_Set, _Get], Generic[_Set, _Get]):
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

else:

    class _Field(models.Field, Generic[_Set, _Get]):
        pass


def from_column(value: Any) -> Decimal | None:
    """An amount, or a sum of amounts, as the database gives it."""
    # PostgreSQL adds bigints up to a numeric, SQLite to an integer
    return None if value is None else Decimal(int(value)).scaleb(-9)


def to_column(amount: Decimal) -> int:
    return int(exact(amount) * _SCALE)


class MoneyField(_Field[_Set, _Get]):
    """A Decimal amount of USD, kept as an integer of nano-dollars; sums are Decimal too."""

    description = "USD to nine places"

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return from_column(value)

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value))
        except ArithmeticError:
            raise ValidationError("Give an amount, like 120 or 0.50.") from None

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return to_column(Decimal(value))

    def formfield(self, **kwargs: Any) -> Any:
        from django import forms

        return forms.DecimalField(max_digits=12, decimal_places=4, required=not self.blank, **kwargs)
