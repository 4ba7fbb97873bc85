"""Inside: a dark wall with a tall window, and a lamp that warms it."""

import math
import random

from PIL import Image, ImageDraw

from .colour import Colour, Field, Planes, calc, develop, mix, on_film
from .noise import as_float, as_mask, cloudy, white
from .palette import Palette
from .stage import Layer, Stage
from .weather import Veil
from .words import Brief

FINE = 3


def wall(brief: Brief, palette: Palette, stage: Stage) -> Layer:
    """The nearest layer: everything but the panes, through which the scene is seen."""
    dice = brief.dice("room")
    mask = _around_panes(dice, stage)
    lamp = _lamp_place(stage)
    size = mask.size
    wood = mix(palette.near, (0.16, 0.09, 0.05), 0.55)
    field = Field(*(Image.new("F", size, part * 0.75) for part in wood))
    field = field.times(calc(lambda v: 1.0 + v * 0.35, cloudy(dice, size, (3, 40), 4)))
    warm = mix((1.0, 0.66, 0.30), palette.glow, 0.25)
    field = field.lit(warm, _light(stage, lamp, reach=0.50, strength=0.55))
    field = _lamp(field, warm, stage, lamp)
    half = mask.resize((size[0] // 2, size[1] // 2), Image.Resampling.BOX)
    field = _sill(field, warm, stage, lamp)
    return Layer(develop(field, white(dice, *size)), Planes(mask, half, half), 0, depth=1.0)


def _foot(stage: Stage) -> float:
    """The row of the canvas where the panes end and the sill begins."""
    return stage.canvas_height / 2 + stage.height * 0.32 + stage.unit * 0.016


def _lamp_place(stage: Stage) -> tuple[float, float]:
    """On the sill, on the other side from the sun."""
    side = 0.30 if stage.sun[0] > stage.canvas_width / 2 else 0.70
    across = stage.canvas_width / 2 + (side - 0.5) * stage.width
    return across, _foot(stage) - stage.unit * 0.075


def _around_panes(dice: random.Random, stage: Stage) -> Image.Image:
    image = Image.new("L", (stage.canvas_width * FINE, stage.canvas_height * FINE), 255)
    draw = ImageDraw.Draw(image)
    columns = 3 if stage.width > stage.height else 2
    rows, bar = 2 + (stage.height > stage.width), stage.unit * 0.016
    wide, tall = stage.width * (0.70 + 0.06 * dice.random()), stage.height * 0.74
    left, top = (stage.canvas_width - wide) / 2, stage.canvas_height / 2 - stage.height * 0.42
    for column in range(columns):
        for row in range(rows):
            x, y = left + wide * column / columns, top + tall * row / rows
            pane = [x + bar / 2, y + bar / 2, x + wide / columns - bar / 2, y + tall / rows - bar / 2]
            draw.rectangle([side * FINE for side in pane], fill=0)
    x, y = _lamp_place(stage)
    base = stage.unit * 0.085
    foot = _foot(stage)
    draw.polygon([(px * FINE, py * FINE) for px, py in _shade(x, y, base)], fill=255)
    draw.rectangle([(x - base * 0.12) * FINE, y * FINE, (x + base * 0.12) * FINE, foot * FINE], fill=255)
    return image.reduce(FINE)


def _shade(x: float, y: float, base: float) -> list[tuple[float, float]]:
    return [
        (x - base * 0.62, y - base * 1.5),
        (x + base * 0.62, y - base * 1.5),
        (x + base * 1.25, y),
        (x - base * 1.25, y),
    ]


def _sill(field: Field, warm: Colour, stage: Stage, lamp: tuple[float, float]) -> Field:
    """The ledge under the window catches the lamp."""
    ledge = Image.new("L", field.size)
    foot = _foot(stage)
    ImageDraw.Draw(ledge).rectangle([0, foot, field.size[0], foot + stage.unit * 0.022], fill=255)
    near_lamp = _light(stage, (lamp[0], foot), reach=0.34, strength=0.75)
    return field.lit(warm, calc(lambda a, b: a * b + a * 0.05, as_float(ledge), near_lamp))


def _lamp(field: Field, warm: Colour, stage: Stage, lamp: tuple[float, float]) -> Field:
    """The lit shade itself, brightest low in its middle."""
    shade = Image.new("L", field.size)
    base = stage.unit * 0.085
    ImageDraw.Draw(shade).polygon(_shade(*lamp, base), fill=255)
    core = _light(stage, (lamp[0], lamp[1] - base * 0.4), reach=0.06, strength=1.0)
    inside = as_float(shade)
    field = field.mixed(mix(warm, (0.6, 0.3, 0.1), 0.25), inside)
    return field.lit((1.0, 0.95, 0.8), calc(lambda i, c: i * c * 0.85, inside, core))


def _light(stage: Stage, place: tuple[float, float], *, reach: float, strength: float) -> Image.Image:
    across, down = 128, 96
    values = []
    for row in range(down):
        dy = ((row + 0.5) / down * stage.canvas_height - place[1]) / stage.unit
        for column in range(across):
            dx = ((column + 0.5) / across * stage.canvas_width - place[0]) / stage.unit
            values.append(strength * math.exp(-math.hypot(dx, dy) / reach * 1.6))
    light = Image.new("F", (across, down))
    light.putdata(values)
    return light.resize(stage.canvas, Image.Resampling.BICUBIC)


def lamplight(palette: Palette, stage: Stage) -> Veil:
    """The light that hangs in the air around the lamp, over panes and wall alike."""
    x, y = _lamp_place(stage)
    halo = as_mask(_light(stage, (x, y - stage.unit * 0.05), reach=0.20, strength=0.42))
    return Veil(halo, on_film(mix((1.0, 0.70, 0.36), palette.glow, 0.2)), 0, depth=1.0, speed=0.0)
