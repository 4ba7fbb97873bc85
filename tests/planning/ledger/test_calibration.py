"""What a model costs follows from its invoices: exactly where they are clean, and untouched by odd ones."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.integrations import catalogue
from studio.integrations.catalogue import Price
from studio.planning.ledger import calibration, estimate
from studio.planning.ledger.models import LedgerEntry

GEN = catalogue.get("gen-4.5")
STILL = catalogue.get("gen-4-image")
LISTED = GEN.price  # 0.12 a second, 0.005 on top
RATES = st.decimals("0.001", 2, places=4)
ADDED = st.decimals(0, 1, places=4)
LENGTHS = st.lists(st.integers(2, 10), min_size=2, max_size=5, unique=True)
ODD = st.decimals(0, 1000, places=4)


def bills(rate, added, *lengths):
    return [(length, rate * length + added) for length in lengths]


# --- clean invoices -----------------------------------------------------------------------


@given(RATES, ADDED, LENGTHS, st.integers(calibration.SURE, 9), st.randoms(use_true_random=False))
def test_clean_invoices_give_the_rate_and_the_surcharge(rate, added, lengths, number, chance):
    """To the last digit, in whatever order they came; for lengths that were never billed too."""
    invoices = bills(rate, added, *lengths * number)
    chance.shuffle(invoices)
    fit = calibration.fit(LISTED, invoices)

    assert (fit.per_second, fit.surcharge) == (rate, added)
    assert all(fit.of(seconds) == rate * seconds + added for seconds in range(1, 13))


@given(ADDED, st.integers(5, 30))
def test_stills_have_one_price(price, number):
    fit = calibration.fit(STILL.price, [(None, price)] * number)

    assert (fit.per_second, fit.of(None)) == (0, price)


@given(RATES, st.integers(2, 10), st.integers(5, 30))
def test_bills_of_one_length_keep_the_listed_surcharge(rate, length, number):
    """The rate follows; other lengths cost that rate and what is listed on top."""
    fit = calibration.fit(LISTED, bills(rate, LISTED.surcharge, *[length] * number))

    assert fit.of(length) == rate * length + LISTED.surcharge
    for other in (1, 5, 12):
        assert fit.of(other) == rate * other + LISTED.surcharge


@pytest.mark.parametrize("number", range(calibration.FEWEST))
def test_too_few_leave_the_list_price(number):
    assert calibration.fit(LISTED, bills(Decimal(1), Decimal(0), 5, 10, 5, 10, 8)[:number]) is None


def test_bills_of_nothing_cost_nothing():
    """A provider that bills nothing: nothing is set aside, at any length."""
    fit = calibration.fit(LISTED, bills(Decimal(0), Decimal(0), *[5, 8, 10] * 3))

    assert [fit.of(seconds) for seconds in (5, 8, 10, 2)] == [0, 0, 0, 0]


def test_no_estimate_is_below_zero():
    """Dearer when shorter: odd, but billed. Where nothing was billed the middle of it is expected."""
    fit = calibration.fit(LISTED, [(2, Decimal(9))] * 3 + [(5, Decimal(1))] * 3)

    assert (fit.of(2), fit.of(5), fit.of(10)) == (9, 1, 5)  # a longer take is not taken for a cheaper one


def test_a_length_that_was_billed_often_costs_what_it_did():
    """No line goes through all three: the middle bill of each length counts, not the line."""
    amounts = {5: Decimal("0.7"), 8: Decimal("0.9"), 10: Decimal("1.9")}
    fit = calibration.fit(LISTED, [(length, amount) for length, amount in amounts.items() for _ in "123"])

    assert {length: fit.of(length) for length in amounts} == amounts


def test_two_bills_of_a_length_are_not_enough_to_be_believed_for_it():
    invoices = [*bills(Decimal("0.1"), Decimal(0), *[5] * 6, *[10] * 6), (8, Decimal(3)), (8, Decimal(3))]

    assert calibration.fit(LISTED, invoices).of(8) == Decimal("0.8")


@pytest.mark.parametrize("odd", [(10, Decimal("12.05")), (10, Decimal(0))])
def test_one_bill_of_another_length_says_nothing_of_any(odd):
    """It may be right; it is believed when there are three."""
    fit = calibration.fit(LISTED, [*bills(Decimal("0.12"), LISTED.surcharge, *[5] * 29), odd])

    assert [fit.of(seconds) for seconds in (5, 8, 10)] == [LISTED.of(seconds) for seconds in (5, 8, 10)]


# --- odd ones -----------------------------------------------------------------------------


@given(RATES, ADDED, LENGTHS, st.integers(1, 5), st.data())
def test_a_quarter_of_odd_bills_moves_nothing(rate, added, lengths, fours, data):
    """Of each length: three clean ones outvote one that is anything at all."""
    invoices = []
    for length in lengths:
        invoices += bills(rate, added, *[length] * 3 * fours)
        invoices += [(length, data.draw(ODD)) for _ in range(fours)]
    fit = calibration.fit(LISTED, data.draw(st.permutations(invoices)))

    assert (fit.per_second, fit.surcharge) == (rate, added)
    assert all(fit.of(seconds) == rate * seconds + added for seconds in range(1, 13))


@given(RATES, st.integers(2, 10), st.integers(2, 7), st.data())
def test_a_quarter_of_odd_bills_of_one_length_moves_nothing(rate, length, fours, data):
    invoices = bills(rate, LISTED.surcharge, *[length] * 3 * fours)
    invoices += [(length, data.draw(ODD)) for _ in range(fours)]

    assert calibration.fit(LISTED, invoices).of(length) == rate * length + LISTED.surcharge


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(1, 10)), ODD), max_size=40))
def test_whatever_was_billed_there_is_an_estimate(invoices):
    """Never below zero, never above all that was billed at that length, and whole nano-dollars."""
    fit = calibration.fit(LISTED, invoices)
    if fit is None:
        often = Counter(length or 0 for length, _ in invoices)
        assert len(invoices) < calibration.FEWEST or max(often.values()) < calibration.SURE
        return
    for seconds in (None, *range(1, 11)):
        amount = estimate.Tariff(GEN, fit, len(invoices)).of(seconds)
        assert amount >= 0
        of_length = [billed for length, billed in invoices if (length or 0) == (seconds or 0)]
        if len(of_length) >= calibration.SURE:
            assert min(of_length) <= amount <= max(of_length)


# --- what is made of it -------------------------------------------------------------------


def told(rate, *lengths, model=GEN):
    """The tariff after clean bills at so many times the list price."""
    invoices = [(length, model.price.of(length) * Decimal(rate)) for length in lengths]
    return estimate.Tariff(model, calibration.fit(model.price, invoices), len(invoices))


@pytest.mark.parametrize(
    ("tariff", "basis", "drifted"),
    [
        (told(1), "list price", False),
        (told(1, 5, 5, 5), "list price; 3 of 5 invoices so far", False),
        (told(1, 5, 5, 5, 5, 5), "from 5 invoices", False),
        (told("1.01", *[5, 8, 10] * 4), "from 12 invoices", False),
        (told("1.1", *[5, 8, 10] * 4), "from 12 invoices, 10% above the list price", True),
        (told("0.5", *[5] * 6), "from 6 invoices, 50% below the list price", True),
        (told("2", *[None] * 6, model=STILL), "from 6 invoices, 100% above the list price", True),
        (told(1, 5, 5, 8, 8, 10, 10), "list price; too few invoices of one length so far", False),
        (told("0", *[5, 8] * 3), "from 6 invoices, 100% below the list price", True),
    ],
)
def test_a_price_says_where_it_comes_from(tariff, basis, drifted):
    assert (tariff.basis, tariff.has_drifted) == (basis, drifted)


# --- end to end ---------------------------------------------------------------------------


@pytest.fixture
def billed(order, engine, runware):
    """Takes that were made and billed by the sandbox at so many times the list price."""

    def billed(factor, *lengths):
        runware.faults("price_factor", value=str(factor))
        for length in lengths:
            order(seconds=length)
        engine.run(seconds=60)
        runware.reset()

    return billed


def test_thirty_invoices_of_a_dearer_provider(billed, order, books):
    """The estimate becomes what is billed; the button, the hold and the words say so."""
    assert estimate.tariff(GEN).basis == "list price"
    billed("1.1", *[5, 8, 10] * 10)

    tariff = estimate.tariff(GEN)
    assert tariff.basis == "from 30 invoices, 10% above the list price"
    assert (tariff.invoices, tariff.drift, tariff.has_drifted) == (30, Decimal("0.1"), True)
    for seconds in (5, 8, 10):
        assert tariff.of(seconds) == LISTED.of(seconds) * Decimal("1.1")
    (take,) = order()
    assert (take.estimate, books().held) == (Decimal("0.6655"), Decimal("0.6655"))
    assert LedgerEntry.objects.filter(kind="hold").last().amount == Decimal("0.6655")


def test_the_newest_invoices_count(billed, monkeypatch):
    """A price that came down again is followed once the newest thirty say so."""
    monkeypatch.setattr(estimate, "SAMPLE", 6)
    billed("1.5", *[5] * 6)
    assert estimate.tariff(GEN).of(5) == LISTED.of(5) * Decimal("1.5")
    billed("1", *[5] * 6)

    assert (estimate.tariff(GEN).of(5), estimate.tariff(GEN).invoices) == (LISTED.of(5), 6)
    assert not estimate.tariff(GEN).has_drifted


def test_an_odd_invoice_changes_no_price(billed, books):
    billed("1", *[5] * 6)
    billed("1.9", 5)
    billed("0", 5)

    assert estimate.tariff(GEN).of(5) == LISTED.of(5)
    assert books().spent == LISTED.of(5) * Decimal("7.9")


def test_what_was_computed_is_no_invoice(order, engine, runware):
    """Nor is a correction: both are our own figures."""
    runware.faults("cost_missing")
    order(takes=4)
    order(takes=2)
    engine.run()

    assert estimate.tariff(GEN).basis == "list price"


def test_real_and_sandbox_invoices_are_never_mixed(billed, settings):
    billed("2", *[5] * 6)
    assert estimate.tariff(GEN).of(5) == estimate.tariff(GEN, sandbox=True).of(5) == LISTED.of(5) * 2

    assert estimate.tariff(GEN, sandbox=False).basis == "list price"
    settings.RUNWARE_API_KEY = "a key"
    assert estimate.tariff(GEN).basis == "list price"
    assert estimate.of_take(GEN, 5) == LISTED.of(5)


def test_each_model_has_invoices_of_its_own(billed):
    billed("2", *[5] * 6)

    assert estimate.tariff(catalogue.get("gen-4-turbo")).basis == "list price"
    assert estimate.tariff(STILL).basis == "list price"


def test_every_page_with_a_price_is_drawn_anew_when_the_price_moves(billed):
    before = estimate.fingerprint()
    billed("1.1", *[5] * 4)
    assert estimate.fingerprint() == before
    billed("1.1", 5)
    assert estimate.fingerprint() != before


def test_a_price_like_any_other():
    """A model that costs a flat sum and nothing a second."""
    flat = Price(flat=Decimal("0.08"))
    fit = calibration.fit(flat, [(5, Decimal("0.08"))] * 5)

    assert [fit.of(5), fit.of(10)] == [Decimal("0.08"), Decimal("0.08")]
