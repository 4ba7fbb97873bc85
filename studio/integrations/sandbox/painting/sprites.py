"""Small soft shapes, laid down to a quarter of a pixel: drops, flakes, dashes, sparks."""

import math

from PIL import Image, ImageChops

PHASES, LEVELS = 4, 12


class Sprites:
    """Shapes are drawn when first needed and kept for the take."""

    def __init__(self) -> None:
        self.kept: dict[tuple[object, ...], Image.Image] = {}

    def dot(self, plane: Image.Image, x: float, y: float, radius: float, level: float, value: int) -> None:
        reach = math.ceil(radius * 2) + 1
        self._lay(plane, "dot", x, y, (radius, radius, 0.0), (reach, reach), level, value)

    def dash(self, plane: Image.Image, x: float, y: float, long: float, level: float, value: int) -> None:
        thick = max(0.7, long * 0.09)
        self._lay(
            plane,
            "dot",
            x,
            y,
            (long / 2, thick, 0.0),
            (math.ceil(long) + 1, math.ceil(thick * 2) + 1),
            level,
            value,
        )

    def streak(
        self,
        plane: Image.Image,
        x: float,
        y: float,
        long: float,
        thick: float,
        lean: float,
        level: float,
        value: int,
    ) -> None:
        reach = (math.ceil(abs(lean) * long / 2 + thick) + 2, math.ceil(long / 2) + 2)
        self._lay(plane, "streak", x, y, (long, thick, lean), reach, level, value)

    def _lay(
        self,
        plane: Image.Image,
        kind: str,
        x: float,
        y: float,
        shape: tuple[float, float, float],
        reach: tuple[int, int],
        level: float,
        value: int,
    ) -> None:
        step = min(LEVELS, round(level * LEVELS))
        left, upper = math.floor(x), math.floor(y)
        if step <= 0 or not (
            -reach[0] < left < plane.width + reach[0] and -reach[1] < upper < plane.height + reach[1]
        ):
            return
        phase = int((x - left) * PHASES), int((y - upper) * PHASES)
        key = (kind, shape, step, phase)
        mask = self.kept.get(key)
        if mask is None:
            mask = self.kept[key] = _drawn(kind, shape, reach, step / LEVELS, phase)
        plane.paste(value, (left - reach[0], upper - reach[1]), mask)


def _drawn(
    kind: str, shape: tuple[float, float, float], reach: tuple[int, int], level: float, phase: tuple[int, int]
) -> Image.Image:
    """A row times a column, leaned over if it is a streak of rain."""
    size = (reach[0] * 2 + 1, reach[1] * 2 + 1)
    across, down, lean = shape if kind == "dot" else (shape[1], shape[0] / 2, shape[2])
    shift_x, shift_y = ((part + 0.5) / PHASES - 0.5 for part in phase)
    row = bytes(round(255 * _bell((n - reach[0] - shift_x) / across)) for n in range(size[0]))
    fall = _bell if kind == "dot" else _taper
    column = bytes(round(255 * level * fall((n - reach[1] - shift_y) / down)) for n in range(size[1]))
    wide = Image.frombytes("L", (size[0], 1), row).resize(size, Image.Resampling.NEAREST)
    tall = Image.frombytes("L", (1, size[1]), column).resize(size, Image.Resampling.NEAREST)
    if lean:
        turn = (1.0, -lean, reach[1] * lean, 0.0, 1.0, 0.0)
        wide = wide.transform(size, Image.Transform.AFFINE, turn, Image.Resampling.BILINEAR)
    return ImageChops.multiply(wide, tall)


def _bell(away: float) -> float:
    return math.exp(-away * away * 1.4) if abs(away) < 2 else 0.0


def _taper(away: float) -> float:
    return max(0.0, 1 - away * away)
