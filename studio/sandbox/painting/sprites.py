"""Small soft shapes, laid down to a quarter of a pixel: drops, flakes, dashes, sparks."""

import math

from PIL import Image

PHASES, LEVELS = 4, 12


class Sprites:
    """Shapes are drawn when first needed and kept for the take."""

    def __init__(self) -> None:
        self.kept: dict[tuple, Image.Image] = {}

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

    def _lay(self, plane, kind, x, y, shape, reach, level, value) -> None:
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
    size = (reach[0] * 2 + 1, reach[1] * 2 + 1)
    values = bytearray()
    for row in range(size[1]):
        dy = row - reach[1] - (phase[1] + 0.5) / PHASES + 0.5
        for column in range(size[0]):
            dx = column - reach[0] - (phase[0] + 0.5) / PHASES + 0.5
            values.append(round(255 * level * (_dot if kind == "dot" else _streak)(dx, dy, *shape)))
    return Image.frombytes("L", size, bytes(values))


def _dot(dx: float, dy: float, wide: float, tall: float, _: float) -> float:
    away = (dx / wide) ** 2 + (dy / tall) ** 2
    return math.exp(-away * 1.4) if away < 4 else 0.0


def _streak(dx: float, dy: float, long: float, thick: float, lean: float) -> float:
    along = abs(dy) / (long / 2)
    if along >= 1:
        return 0.0
    across = (dx - dy * lean) / thick
    return math.exp(-across * across * 1.4) * (1 - along * along)
