"""Noise, rough and smooth, from the dice of one take."""

import math
import random

from PIL import Image

from .colour import calc

BICUBIC = Image.Resampling.BICUBIC


def white(dice: random.Random, width: int, height: int) -> Image.Image:
    """Float noise from -0.5 to 0.5, every pixel on its own."""
    raw = Image.frombytes("L", (width, height), dice.randbytes(width * height))
    return calc(lambda v: v / 255.0 - 0.5, raw.convert("F"))


def cloudy(
    dice: random.Random, size: tuple[int, int], cells: tuple[float, float], octaves: int = 5
) -> Image.Image:
    """Fractal float noise from about -0.5 to 0.5; cells says how many lumps fit across and down."""
    total: Image.Image | None = None
    strength = 0.5
    across, down = cells
    for _ in range(octaves):
        grid = (min(size[0], max(2, round(across) + 1)), min(size[1], max(2, round(down) + 1)))
        octave = white(dice, *grid).resize(size, BICUBIC)
        total = (
            calc(lambda v, s: v * s, octave, strength * 1.6)
            if total is None
            else calc(lambda t, v, s: t + v * s, total, octave, strength * 1.6)
        )
        across, down, strength = across * 2, down * 2, strength * 0.5
    assert total is not None
    return total


class Line:
    """A wandering line: smooth random values at whole steps, eased between."""

    def __init__(self, dice: random.Random, length: float):
        self.values = [dice.random() * 2 - 1 for _ in range(math.ceil(length) + 3)]

    def at(self, place: float) -> float:
        step = int(place)
        part = place - step
        eased = part * part * (3 - 2 * part)
        return self.values[step] + (self.values[step + 1] - self.values[step]) * eased


def ridge(
    dice: random.Random, width: int, lump: float, *, octaves: int, rough: float, sharp: float
) -> list[float]:
    """Heights along a skyline, about -1 to 1. Sharp 0 gives rolling hills, 1 gives peaks."""
    lines, strength, total = [], 1.0, 0.0
    for number in range(octaves):
        step = 2.0**number / lump
        lines.append((Line(dice, width * step + 1), dice.random(), step, strength))
        total += strength
        strength *= rough
    heights = []
    for x in range(width):
        height = 0.0
        for line, start, step, weight in lines:
            value = line.at(start + x * step)
            peaked = 1 - 2 * abs(value)
            height += weight * (value + (peaked - value) * sharp)
        heights.append(height / total * 1.5)
    return heights


def rows(values: list[float], size: tuple[int, int]) -> Image.Image:
    """A float image whose brightness runs down through these values."""
    column = Image.new("F", (1, len(values)))
    column.putdata(values)
    return column.resize(size, Image.Resampling.BILINEAR)


def columns(values: list[float], size: tuple[int, int]) -> Image.Image:
    """A float image whose brightness runs across through these values."""
    row = Image.new("F", (len(values), 1))
    row.putdata(values)
    return row.resize(size, Image.Resampling.BILINEAR)


def as_float(mask: Image.Image) -> Image.Image:
    return calc(lambda v: v / 255.0, mask.convert("F"))


def as_mask(amount: Image.Image) -> Image.Image:
    return calc(lambda v: v * 255.0 + 0.5, amount).convert("L")


def clipped(amount: Image.Image) -> Image.Image:
    """Keep a float image between 0 and 1."""
    return as_float(amount.point(lambda v: v * 255 + 0).convert("L"))
