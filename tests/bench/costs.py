"""Money: a million rows of ledger, the sums beside them on both databases, the page over them, and the export."""

from __future__ import annotations

from tests.bench import costs_page, ledgers, postgres, rollup
from tests.bench.table import Figure


def run() -> list[Figure]:
    figures = rollup.figures("SQLite")  # makes the ledger that the page and the export read
    figures += costs_page.figures(*ledgers.made())
    return figures + postgres.figures("tests.bench.rollup")
