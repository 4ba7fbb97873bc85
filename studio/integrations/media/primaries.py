"""Sets of primaries and what they are in another: 3 × 3 matrices over linear light."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]


class Primaries(NamedTuple):
    """Chromaticities (x, y) of red, green, blue and white."""

    red: tuple[float, float]
    green: tuple[float, float]
    blue: tuple[float, float]
    white: tuple[float, float]


_D65 = (0.3127, 0.3290)
_DCI = (0.314, 0.351)
D50 = (0.3457, 0.3585)
BT709 = Primaries((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65)
BY_NUMBER = {
    1: BT709,
    5: Primaries((0.640, 0.330), (0.290, 0.600), (0.150, 0.060), _D65),
    6: Primaries((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    7: Primaries((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    9: Primaries((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    11: Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _DCI),
    12: Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
}  # ITU-T H.273, table 2

_BRADFORD: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


def to_xyz(primaries: Primaries) -> Matrix:
    """Linear RGB to XYZ, white at Y = 1."""
    columns = [xyz(*each) for each in (primaries.red, primaries.green, primaries.blue)]
    rows = _rows(columns)
    scales = times(inverse(rows), xyz(*primaries.white))
    return _rows(
        [tuple(scale * part for part in column) for scale, column in zip(scales, columns, strict=True)]
    )


def to_white(matrix: Matrix, white: tuple[float, float], other: tuple[float, float]) -> Matrix:
    """The same for another white, adapted as Bradford has it."""
    before, after = times(_BRADFORD, xyz(*white)), times(_BRADFORD, xyz(*other))
    scaled = _rows(
        [
            tuple(part * b / a for part, a, b in zip(column, before, after, strict=True))
            for column in _columns(_BRADFORD)
        ]
    )
    return product(product(inverse(_BRADFORD), scaled), matrix)


def to_bt709(primaries: Primaries) -> Matrix:
    """Linear RGB to linear RGB of BT.709, white to white."""
    adapted = to_white(to_xyz(primaries), primaries.white, BT709.white)
    return product(inverse(to_xyz(BT709)), adapted)


def times(matrix: Matrix, vector: Sequence[float]) -> Vector:
    red, green, blue = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return red, green, blue


def product(one: Matrix, other: Matrix) -> Matrix:
    return _rows([times(one, column) for column in _columns(other)])


def inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    minors = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    size = a * minors[0][0] + b * minors[1][0] + c * minors[2][0]
    first, second, third = (tuple(part / size for part in row) for row in minors)
    return _three(first), _three(second), _three(third)


def xyz(x: float, y: float) -> Vector:
    """The colour of these chromaticities at Y = 1."""
    return x / y, 1.0, (1 - x - y) / y


def _columns(matrix: Matrix) -> list[Vector]:
    return [_three([row[place] for row in matrix]) for place in range(3)]


def _rows(columns: Sequence[Sequence[float]]) -> Matrix:
    first, second, third = ([column[place] for column in columns] for place in range(3))
    return _three(first), _three(second), _three(third)


def _three(parts: Sequence[float]) -> Vector:
    first, second, third = parts
    return first, second, third
