"""The figures, one line each, the goal beside it."""

from __future__ import annotations

import operator
from dataclasses import dataclass

_HOLDS = {"<=": operator.le, ">=": operator.ge, "=": operator.eq}


@dataclass(frozen=True)
class Figure:
    """What was measured, beside its floor. The goal is about the ratio where there is a floor."""

    what: str
    ours: float
    unit: str = "ms"
    floor: float | None = None
    goal: tuple[str, float] | None = None  # ("<=", 3)
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.ours / self.floor if self.floor else None

    @property
    def missed(self) -> bool:
        if self.goal is None:
            return False
        sign, limit = self.goal
        return not _HOLDS[sign](self.ours if self.ratio is None else self.ratio, limit)


def show(figures: list[Figure]) -> None:
    lines = [("", "floor", "ours", "× floor", "goal", "", "")]
    for figure in figures:
        lines.append(
            (
                figure.what,
                "" if figure.floor is None else f"{_number(figure.floor)} {figure.unit}",
                f"{_number(figure.ours)} {figure.unit}",
                "" if figure.ratio is None else f"{figure.ratio:.2f}",
                "" if figure.goal is None else f"{figure.goal[0]} {figure.goal[1]:g}",
                "" if figure.goal is None else "MISSED" if figure.missed else "ok",
                figure.note,
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        cells = [
            cell.ljust(width) if column in (0, 5, 6) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def _number(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}" if abs(value) < 100 else f"{value:,.0f}"
