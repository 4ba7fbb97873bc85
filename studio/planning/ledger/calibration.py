"""What a model really costs, from what was billed for it: robust against odd bills, exact where it can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from statistics import median

from studio.integrations.catalogue import Price

FEWEST = 5  # invoices below which the list price stands
SURE = 3  # invoices of one length whose middle is believed
_PLACES = Decimal("0.000001")

Invoice = tuple[int | None, Decimal]  # seconds, amount


@dataclass(frozen=True)
class Fit:
    """Rate and surcharge in USD, and the usual bill of lengths that were billed often."""

    per_second: Decimal
    surcharge: Decimal
    usual: dict[int, Decimal] = field(default_factory=dict)

    def of(self, seconds: int | None) -> Decimal:
        """USD for one result. A length that was billed often costs what it did; others follow the line."""
        line = max(Decimal(0), self.per_second * (seconds or 0) + self.surcharge)
        return self.usual.get(seconds or 0, line.quantize(_PLACES, rounding=ROUND_HALF_UP).normalize())


def fit(listed: Price, invoices: Sequence[Invoice]) -> Fit | None:
    """Fit a line through the bills; None while there are too few.

    A length counts with the middle of its bills, and only when it was billed often: odd bills move
    nothing while they are the fewer. The slope is the middle of those between lengths (Theil and Sen's).
    """
    by_length: dict[int, list[Decimal]] = defaultdict(list)
    for seconds, amount in invoices:
        by_length[seconds or 0].append(amount)
    usual = {length: median(amounts) for length, amounts in by_length.items() if len(amounts) >= SURE}
    if len(invoices) < FEWEST or not usual:
        return None
    slope = _slope(listed, usual)
    surcharge = median(amount - slope * length for length, amount in usual.items())
    return Fit(slope, surcharge, usual)


def _slope(listed: Price, usual: dict[int, Decimal]) -> Decimal:
    """USD a second. With one length only the listed surcharge is kept; it never falls with the length."""
    slopes = [
        (dear - cheap) / (longer - shorter)
        for (shorter, cheap), (longer, dear) in combinations(sorted(usual.items()), 2)
    ]
    if slopes:
        return max(Decimal(0), median(slopes))
    ((length, amount),) = usual.items()
    if not length:
        return Decimal(0)
    return max(Decimal(0), (amount - listed.flat - listed.surcharge) / length)
