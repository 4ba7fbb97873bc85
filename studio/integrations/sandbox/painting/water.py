"""The sea: a sky turned over, and light dancing on it."""

import math
import random
from dataclasses import dataclass

from PIL import Image

from .camera import Pose
from .colour import Field, Planes, calc, develop, mix, on_film
from .noise import cloudy, rows, white
from .palette import Palette
from .sprites import Sprites
from .stage import Layer, Stage
from .words import Brief

DEPTH = 0.35


def surface(brief: Brief, palette: Palette, stage: Stage) -> Layer:
    """Water from the horizon down, lit beneath the sun."""
    dice = brief.dice("water")
    tall = stage.canvas_height - stage.horizon
    size = (stage.canvas_width, tall)
    deep = mix(mix(palette.zenith, palette.near, 0.45), palette.upper, 0.25)
    stops = [
        mix(palette.horizon, palette.upper, 0.25),
        mix(palette.upper, palette.far, 0.3),
        mix(palette.upper, deep, 0.6),
        deep,
    ]
    colours = []
    for n in range(24):
        place = (n / 23) ** 0.62 * 3
        step = min(2, int(place))
        colours.append(mix(stops[step], stops[step + 1], place - step))
    field = Field(*(rows([colour[c] * 0.92 for colour in colours], size) for c in range(3)))
    field = field.times(_swell(dice, size))
    return Layer(
        develop(field.lit(mix(palette.glow, palette.horizon, 0.4), _path(stage, size)), white(dice, *size)),
        None,
        stage.horizon,
        DEPTH,
    )


def _swell(dice: random.Random, size: tuple[int, int]) -> Image.Image:
    """Bands of light and dark that widen towards the viewer."""
    wide, tall = size
    flat = cloudy(dice, (max(8, wide // 3), 256), (7, 60), 3)
    near = flat.transform(
        (flat.width, tall), Image.Transform.EXTENT, (0, 0, flat.width, 256), Image.Resampling.BILINEAR
    )
    stretched = Image.new("F", (flat.width, tall))
    position, slices = 0, 24
    for n in range(slices):
        lower = round(tall * ((n + 1) / slices) ** 1.9)
        if lower > position:
            piece = near.resize(
                (flat.width, lower - position),
                Image.Resampling.BICUBIC,
                box=(0, n * tall / slices, flat.width, (n + 1) * tall / slices),
            )
            stretched.paste(piece, (0, position))
            position = lower
    return calc(lambda v: 1.0 + v * 0.30, stretched.resize(size, Image.Resampling.BICUBIC))


def _path(stage: Stage, size: tuple[int, int]) -> Image.Image:
    """The broad reflection of the sun, before any sparkle."""
    across, down = 96, 40
    light = Image.new("F", (across, down))
    values = []
    for row in range(down):
        near = (row + 0.5) / down
        spread = stage.unit * (0.09 + 0.20 * near)
        for column in range(across):
            away = ((column + 0.5) / across * size[0] - stage.sun[0]) / spread
            values.append((0.62 - 0.30 * near) * math.exp(-away * away))
    light.putdata(values)
    return light.resize(size, Image.Resampling.BICUBIC)


@dataclass(frozen=True)
class Glint:
    x: float
    y: float
    long: int
    rate: float
    start: float
    strength: float
    drift: float
    bright: bool


class Glitter:
    """Short dashes that come and go; in the path of the sun they flash."""

    def __init__(self, brief: Brief, palette: Palette, stage: Stage):
        dice = brief.dice("glitter")
        self.stage = stage
        self.sprites = Sprites()
        self.light = on_film(mix(palette.glow, palette.sun, 0.6))[0]
        self.dark = on_film(mix(palette.zenith, palette.near, 0.5))[0]
        self.glints = [self._glint(dice, bright=n % 4 < 3) for n in range(640)]

    def _glint(self, dice: random.Random, *, bright: bool) -> Glint:
        stage = self.stage
        tall = (stage.canvas_height + stage.height) / 2 - stage.horizon
        near = dice.random() ** 1.5
        y = stage.horizon + 2 + near * tall
        if bright:
            spread = stage.unit * (0.06 + 0.16 * near)
            x = stage.sun[0] + (dice.random() + dice.random() + dice.random() - 1.5) * spread * 1.6
        else:
            x = dice.random() * stage.canvas_width
        long = max(
            2, round(stage.unit * (0.004 + (0.016 if bright else 0.06) * near) * (0.5 + dice.random()))
        )
        strength = (0.95 - 0.45 * near) if bright else 0.10 + 0.28 * near
        drift = (dice.random() - 0.5) * stage.unit * 0.02 * (0.3 + near)
        return Glint(x, y, long, 0.35 + dice.random() * 0.9, dice.random(), strength, drift, bright)

    def draw(self, frame: Planes, pose: Pose, second: float) -> None:
        stage = self.stage
        zoom = 1 + (pose.zoom - 1) * (0.12 + 0.88 * DEPTH)
        middle_x = stage.canvas_width / 2 + pose.x * DEPTH * stage.width
        middle_y = stage.canvas_height / 2 + pose.y * (0.25 + 0.75 * DEPTH) * stage.height
        for glint in self.glints:
            turn = math.sin(math.tau * (glint.start + glint.rate * second))
            if turn <= 0:
                continue
            level = glint.strength * turn * turn
            x = (glint.x + glint.drift * second - middle_x) * zoom + stage.width / 2
            y = (glint.y - middle_y) * zoom + stage.height / 2
            self.sprites.dash(frame.y, x, y, glint.long, level, self.light if glint.bright else self.dark)
