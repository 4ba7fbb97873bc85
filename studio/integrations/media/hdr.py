"""High dynamic range (PQ and HLG, ITU-R BT.2100) to plain sRGB, as browsers show it on a usual screen."""

from __future__ import annotations

import math
from enum import IntEnum
from functools import lru_cache

from PIL import Image, ImageFilter

from studio.integrations.media import primaries
from studio.integrations.media.primaries import Primaries

_GRID = 33  # points on a side of the table
_WHITE = 203.0  # cd/m², of paper in a HDR picture (ITU-R BT.2408)
_DIMMED = 0.5  # how bright paper white is, of what a screen shows
_BEND = 1.63  # paper whites
_PEAK = 1000.0  # cd/m², of the brightest that a picture is taken to hold


class Transfer(IntEnum):
    """How values stand for light, as ITU-T H.273 numbers it."""

    PQ = 16
    HLG = 18


def to_srgb(image: Image.Image, transfer: Transfer, of: Primaries) -> Image.Image:
    """The picture with its highlights brought within what a screen shows. `of`: the primaries of its values."""
    return image.filter(_table(transfer, of))


@lru_cache(maxsize=8)
def _table(transfer: Transfer, of: Primaries) -> ImageFilter.Color3DLUT:
    to_screen = primaries.to_bt709(of)
    light = [_light(step / (_GRID - 1), transfer) for step in range(_GRID)]

    def shown(red: float, green: float, blue: float) -> tuple[float, float, float]:
        linear = tuple(light[round(each * (_GRID - 1))] for each in (red, green, blue))
        if transfer is Transfer.HLG:
            linear = _as_displayed(linear)
        scale = _rolled_off(max(linear))
        red, green, blue = primaries.times(to_screen, [each * scale for each in linear])
        return _srgb(red), _srgb(green), _srgb(blue)

    return ImageFilter.Color3DLUT.generate(_GRID, shown)


def _light(value: float, transfer: Transfer) -> float:
    """The light of a value: for PQ 1 is paper white, for HLG 1 is the most there is."""
    if transfer is Transfer.PQ:  # SMPTE ST 2084
        root = value ** (32 / 2523)
        return (
            10_000 * (max(root - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * root)) ** (8192 / 1305) / _WHITE
        )
    if value <= 0.5:
        return value * value / 3
    return (2.718281828459045 ** ((value - 0.55991073) / 0.17883277) + 0.28466892) / 12


def _as_displayed(scene: tuple[float, ...]) -> tuple[float, ...]:
    """HLG's light of the scene as a screen of 1,000 cd/m² gives it; 1 is paper white."""
    red, green, blue = scene
    luminance = 0.2627 * red + 0.6780 * green + 0.0593 * blue
    gain = luminance**0.2 * _PEAK / _WHITE if luminance > 0 else 0.0
    return red * gain, green * gain, blue * gain


def _rolled_off(brightest: float) -> float:
    """By how much to dim a colour whose brightest part is this; 1 is paper white.

    Fitted to what Chromium 156 shows: half as bright up to paper white, then on a curve to the peak.
    """
    most = _PEAK / _WHITE
    if brightest <= 1:
        return _DIMMED
    if brightest >= most:
        return 1 / brightest
    across, up = _BEND, _DIMMED * _BEND  # where the curve would go on straight; a quadratic Bézier from there
    bend = 1 - 2 * across + most
    place = (1 - across + math.sqrt((across - 1) ** 2 + bend * (brightest - 1))) / bend
    rest = 1 - place
    return (rest * rest * _DIMMED + 2 * place * rest * up + place * place) / brightest


def _srgb(linear: float) -> float:
    linear = min(1.0, max(0.0, linear))
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
