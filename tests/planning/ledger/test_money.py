"""Money is exact, in Python and in the database."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from studio.core import money
from studio.planning.ledger.models import Balance, LedgerEntry
from studio.planning.ledger.purchase import Purchase

AMOUNTS = st.decimals(-1_000_000, 1_000_000, places=9)


@given(AMOUNTS)
def test_an_amount_survives_the_database(amount):
    field = money.MoneyField()
    assert field.from_db_value(field.get_prep_value(amount), None, None) == amount


def test_a_sum_in_the_database_is_exact(project):
    for index in range(10):
        LedgerEntry.objects.create(
            project=project, render_code=f"{index:032x}", kind="charge", amount=Decimal("0.1"), sandbox=True, model="m", what="w", day=date(2026, 11, 26)
        )  # fmt: skip
    assert LedgerEntry.objects.aggregate(total=Sum("amount"))["total"] == Decimal("1")


def test_a_balance_moves_by_expressions(project):
    from studio.planning.ledger import ledger

    purchase = Purchase(project.pk, uuid4(), "w", "010", "m", 5, True, None, Decimal("0.3042"))
    ledger.hold(purchase)
    ledger.charge(purchase, Decimal("0.3041"), result="a")
    balance = Balance.objects.get()
    assert (balance.spent, balance.held) == (Decimal("0.3041"), 0)


@pytest.mark.parametrize(
    ("amount", "text"),
    [("48.26", "$48.26"), ("0.605", "$0.61"), ("0.965", "$0.97"), ("1234.5", "$1,234.50"), ("-1", "−$1.00")],
)
def test_dollars_round_half_up(amount, text):
    assert money.dollars(Decimal(amount)) == text


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e400", "10000000000"])
def test_what_no_column_holds_is_refused(amount):
    with pytest.raises(ValueError):
        money.exact(Decimal(amount))


def test_plain_has_all_the_digits_and_no_more():
    assert [money.plain(Decimal(text)) for text in ("0.605000000", "120", "0", "1E+2")] == [
        "0.605",
        "120",
        "0",
        "100",
    ]
