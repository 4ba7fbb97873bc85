"""What a model really costs, from what was billed for it: robust against odd bills, exact where it can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from statistics import median

from studio.catalogue import Price

FEWEST = 5  # invoices below which the list price stands
SURE = 3  # invoices of one length whose middle is believed for that length
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

    Theil and Sen's: the middle of the slopes between all pairs, so that up to a quarter of odd bills
    move nothing. With bills of a single length the listed surcharge is kept.
    """
    if len(invoices) < FEWEST:
        return None
    by_length: dict[int, list[Decimal]] = defaultdict(list)
    for seconds, amount in invoices:
        by_length[seconds or 0].append(amount)
    usual = {length: median(amounts) for length, amounts in by_length.items() if len(amounts) >= SURE}
    slope = _slope(listed, by_length)
    surcharge = median(amount - slope * (seconds or 0) for seconds, amount in invoices)
    return Fit(slope, surcharge, usual)


def _slope(listed: Price, by_length: dict[int, list[Decimal]]) -> Decimal:
    """USD a second: the middle of all slopes between bills of different lengths."""
    slopes = [
        (dearer - cheaper) / (longer - shorter)
        for (shorter, cheap), (longer, dear) in combinations(sorted(by_length.items()), 2)
        for cheaper in cheap
        for dearer in dear
    ]
    if slopes:
        return median(slopes)
    (length,) = by_length
    if not length:
        return Decimal(0)
    return (median(by_length[length]) - listed.flat - listed.surcharge) / length
