"""The sky: gradient, sun or moon, clouds and stars."""

import math
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFilter

from .colour import Colour, Field, calc, mix
from .noise import BICUBIC, as_float, clipped, cloudy, rows
from .palette import Palette
from .stage import Stage
from .words import Brief


def paint(brief: Brief, palette: Palette, stage: Stage) -> Field:
    sky = _gradient(palette, stage)
    if _starry(brief):
        sky = sky.lit((0.9, 0.94, 1.0), _stars(brief, stage))
    sky = _glow(sky, palette, stage, strength=0.45 if brief.has("storm", "rain", "fog") else 1.0)
    sky = _clouds(sky, brief, palette, stage)
    return sky if brief.has("storm", "rain") else _disc(sky, brief, palette, stage)


def _starry(brief: Brief) -> bool:
    return brief.has("night", "neon") and not brief.has("storm", "rain", "fog", "day")


def _gradient(palette: Palette, stage: Stage) -> Field:
    stops = ((0.0, palette.zenith), (0.5, palette.upper), (0.86, palette.horizon), (1.0, palette.horizon))
    steps = 64
    colours = [
        _between(stops, min(1.0, n / (steps - 1) * stage.canvas_height / stage.horizon)) for n in range(steps)
    ]
    return Field(*(rows([colour[c] for colour in colours], stage.canvas) for c in range(3)))


def _between(stops: tuple[tuple[float, Colour], ...], place: float) -> Colour:
    for (start, one), (end, other) in pairwise(stops):
        if place <= end:
            part = (place - start) / (end - start)
            return mix(one, other, part * part * (3 - 2 * part) * 0.5 + part * 0.5)
    return stops[-1][1]


def _glow(sky: Field, palette: Palette, stage: Stage, strength: float) -> Field:
    """A wide halo and a tight one; the first also spreads along the horizon."""
    across, down = 72, 48
    wide, tight = [], []
    for row in range(down):
        dy = ((row + 0.5) / down * stage.canvas_height - stage.sun[1]) / stage.unit
        for column in range(across):
            dx = ((column + 0.5) / across * stage.canvas_width - stage.sun[0]) / stage.unit
            far = math.hypot(dx * 0.8, dy)
            wide.append(0.60 * math.exp(-far * 2.6))
            tight.append(0.75 * math.exp(-((far / 0.17) ** 1.15)))
    for values, colour in ((wide, palette.glow), (tight, mix(palette.glow, palette.sun, 0.45))):
        amount = Image.new("F", (across, down))
        amount.putdata([value * strength for value in values])
        sky = sky.lit(colour, amount.resize(stage.canvas, BICUBIC))
    return sky


def _disc(sky: Field, brief: Brief, palette: Palette, stage: Stage) -> Field:
    radius = stage.sun_radius
    box = math.ceil(radius * 1.4)
    large = Image.new("L", (box * 8, box * 8))
    middle = box * 4
    ImageDraw.Draw(large).ellipse(
        [middle - radius * 4, middle - radius * 4, middle + radius * 4, middle + radius * 4], 255
    )
    small = large.resize((box * 2, box * 2), Image.Resampling.BOX).filter(
        ImageFilter.GaussianBlur(max(0.6, radius * 0.02))
    )
    amount = Image.new("L", stage.canvas)
    amount.paste(small, (stage.sun[0] - box, stage.sun[1] - box))
    disc = as_float(amount)
    if brief.has("night"):
        seas = cloudy(brief.dice("moon"), (box * 2, box * 2), (3, 3), 4)
        shade = Image.new("F", stage.canvas, 1.0)
        shade.paste(calc(lambda v: 0.93 + v * 0.35, seas), (stage.sun[0] - box, stage.sun[1] - box))
        disc = calc(lambda d, s: d * s, disc, shade)
    return sky.mixed(palette.sun, calc(lambda d: d * 0.97, disc))


def _stars(brief: Brief, stage: Stage) -> Image.Image:
    dice = brief.dice("stars")
    scale = max(1.0, stage.unit / 720)
    image = Image.new("L", stage.canvas)
    draw = ImageDraw.Draw(image)
    for _ in range(round(stage.canvas_width * stage.horizon / 2400)):
        x, y = dice.random() * stage.canvas_width, dice.random() ** 1.3 * stage.horizon
        light = 30 + 225 * dice.random() ** 5
        size = scale * (0.35 if light < 150 else 0.8)
        draw.ellipse([x - size, y - size, x + size, y + size], round(light))
    shine = image.filter(ImageFilter.GaussianBlur(0.6 * scale))
    band = cloudy(dice, stage.canvas, (3, 3), 5)
    fade = rows([1.0, 0.9, 0.7, 0.4, 0.1, 0.0, 0.0], stage.canvas)
    return calc(lambda s, b, f: (s * 1.9 + b * b * 0.12) * f, as_float(shine), band, fade)


def _clouds(sky: Field, brief: Brief, palette: Palette, stage: Stage) -> Field:
    """Flat-bottomed banks, lit from where the sun is, thinning out towards the zenith."""
    dice = brief.dice("clouds")
    heavy = brief.has("storm", "rain")
    cover = 0.62 if heavy else 0.36 if brief.has("clouds") else 0.12 + dice.random() * 0.22
    stretch = 3.2 + dice.random() * 3.5
    half = (stage.canvas_width // 2, stage.canvas_height // 2)
    down = 6.5 if not heavy else 5.0
    lumps = cloudy(dice, half, (down * half[0] / half[1] / stretch, down), 6)
    fade = rows([0.5, 0.8, 1.0, 1.0, 0.7, 0.45], (half[0], half[1]))
    edge = 0.42 - cover
    amount = calc(lambda v, f, e: (v + 0.5 - 0.12 - e) * 2.1 * f, lumps, fade, edge)
    amount = _softly(amount).resize(stage.canvas, BICUBIC)
    light = _towards_sun(stage, half).resize(stage.canvas, BICUBIC)
    relief = calc(lambda v: 0.5 + v * 1.2, lumps).resize(stage.canvas, BICUBIC)
    shadow = (
        mix(palette.upper, palette.horizon, 0.22) if not heavy else mix(palette.zenith, palette.upper, 0.6)
    )
    bright = mix(palette.horizon, palette.glow, 0.5)
    body = Field(*(Image.new("F", stage.canvas, part) for part in shadow))
    body = body.mixed(bright, calc(lambda r, s: (1.0 - r) * (0.30 + s * 0.9) * 0.75, relief, light))
    strength = 0.9 if heavy else 0.62
    body = body.mixed(bright, calc(lambda s: s * 0.75, light)) if not heavy else body
    return Field(
        *(
            calc(lambda a, c, m, k: a + (c - a) * (m * k), a, c, amount, strength)
            for a, c in zip(sky, body, strict=True)
        )
    )


def _softly(amount: Image.Image) -> Image.Image:
    """Clip to 0..1 and ease both ends."""
    return calc(lambda p: p * p * (3.0 - p * 2.0), clipped(amount))


def _towards_sun(stage: Stage, size: tuple[int, int]) -> Image.Image:
    across, down = 48, 32
    values = []
    for row in range(down):
        dy = ((row + 0.5) / down * stage.canvas_height - stage.sun[1]) / stage.unit
        for column in range(across):
            dx = ((column + 0.5) / across * stage.canvas_width - stage.sun[0]) / stage.unit
            values.append(math.exp(-math.hypot(dx * 0.7, dy) * 2.2))
    light = Image.new("F", (across, down))
    light.putdata(values)
    return light.resize(size, BICUBIC)
