"""A grid as tables: the first variable runs down, the second across, each further choice has a table of its own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from studio.generation.grids.models import Cell, Grid

_EMPTY = "(nothing)"  # a choice without words


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """Its `label` tells the choices of the third variable and those behind it; "" where there are two at most."""

    label: str
    across: list[str]  # empty where there is one variable
    rows: list[Row]


def of(grid: Grid, cells: list[Cell]) -> list[Table]:
    """Args: cells: all of the grid."""
    by_choices = {tuple(cell.choices): cell for cell in cells}
    down, across, *further = [*grid.axes, ()] if len(grid.axes) == 1 else grid.axes
    columns: list[tuple[str, ...]] = [(choice,) for choice in across] or [()]
    return [
        Table(
            " · ".join(map(_said, rest)),
            [_said(choice) for choice in across],
            [
                Row(_said(first), [by_choices[(first, *second, *rest)] for second in columns])
                for first in down
            ],
        )
        for rest in product(*further)
    ]


def _said(choice: str) -> str:
    return choice or _EMPTY
