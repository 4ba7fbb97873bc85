"""What the camera adds: grain, a vignette, and light that is never quite still."""

import math
from collections.abc import Callable

from PIL import Image, ImageChops, ImageFilter

from .colour import BLACK, NEUTRAL, Planes
from .noise import BICUBIC
from .words import Brief

_ROOM = 128


class Grain:
    """A sheet of fine grain that keeps gradients from banding.

    It lies still, since the encoder wipes moving grain away between key frames and the picture would
    pulse; it moves where grain is the look, or the only thing that lives.
    """

    def __init__(self, brief: Brief, width: int, height: int, strength: float = 1.0):
        dice = brief.dice("grain")
        tile = Image.frombytes("L", (512, 512), dice.randbytes(512 * 512)).filter(
            ImageFilter.GaussianBlur(0.55)
        )
        swing = 0.010 * strength * (3.0 if brief.has("noir") else 1.0)
        tile = tile.point(
            [min(255, max(0, round(128 + (value - 127.5) * swing * 2))) for value in range(256)]
        )
        self.sheet = Image.new("L", (width + _ROOM, height + _ROOM))
        for x in range(0, self.sheet.width, 512):
            for y in range(0, self.sheet.height, 512):
                self.sheet.paste(tile, (x, y))
        self.size = (width, height)
        self.dice = dice
        self.lives = brief.has("noir") or brief.move == "static"

    def draw(self, frame: Planes) -> None:
        x, y = (int(self.dice.random() * _ROOM) if self.lives else 0 for _ in range(2))
        piece = self.sheet.crop((x, y, x + self.size[0], y + self.size[1]))
        frame.y = ImageChops.add(frame.y, piece, 1, -128)


class Vignette:
    """Darken the corners a little."""

    def __init__(self, width: int, height: int, strength: float = 0.42):
        small = Image.new("L", (64, 64))
        values = []
        for row in range(64):
            for column in range(64):
                far = math.hypot((column - 31.5) / 32, (row - 31.5) / 32) / 1.414
                values.append(round(255 * strength * max(0.0, far - 0.35) ** 1.8))
        small.putdata(values)
        self.mask = small.resize((width, height), BICUBIC)
        self.half = self.mask.resize((width // 2, height // 2), Image.Resampling.BOX)

    def draw(self, frame: Planes) -> None:
        frame.y.paste(BLACK, (0, 0), self.mask)
        frame.cb.paste(NEUTRAL, (0, 0), self.half)
        frame.cr.paste(NEUTRAL, (0, 0), self.half)


def flicker(brief: Brief) -> Callable[[float], float]:
    """How bright the light is at each second, as a factor that begins at exactly 1."""
    dice = brief.dice("flicker")
    strength = 0.035 if brief.has("flicker", "lamp", "ember") else 0.012 if brief.move == "static" else 0.0
    waves = [(0.5 + 1.1 * n + dice.random(), dice.random() * math.tau) for n in range(4)]
    flash_at = 0.8 + dice.random() * 1.6 if brief.has("storm") else None

    def at(second: float) -> float:
        sway = sum(math.sin(math.tau * rate * second + a) - math.sin(a) for rate, a in waves) / 4
        light = 1 + strength * sway
        if flash_at is not None:
            for late, power in ((0.0, 0.22), (0.21, 0.34)):
                since = second % 6.0 - flash_at - late
                if 0 <= since < 0.6:
                    light += power * math.exp(-since * 9)
        return light

    return at


def exposed(frame: Planes, light: float) -> None:
    if abs(light - 1) < 0.002:
        return
    frame.y = frame.y.point([min(235, max(0, round(BLACK + (v - BLACK) * light))) for v in range(256)])
