"""Ridges, dunes, treelines, skylines: strips of land, the farthest first."""

import math
import random
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from . import growth
from .colour import Field, Planes, calc, develop, mix
from .noise import as_float, clipped, cloudy, columns, ridge, rows, white
from .palette import Palette
from .stage import Layer, Stage
from .words import Brief

FINE = 3  # edges are drawn this many times larger, then reduced


@dataclass(frozen=True)
class Kind:
    """How a family of ridges looks."""

    octaves: int = 8
    rough: float = 0.52
    sharp: float = 0.0
    lump: float = 0.42  # width of the largest feature, in units of the stage
    tall: float = 0.115
    count: int = 5


KINDS = {
    "peaks": Kind(sharp=0.8, tall=0.15, lump=0.7, rough=0.5),
    "mountains": Kind(tall=0.135, lump=0.5),
    "ice": Kind(sharp=0.85, tall=0.16, rough=0.5, lump=0.7),
    "hills": Kind(octaves=5, rough=0.36, sharp=0.0, tall=0.075, lump=0.6),
    "dunes": Kind(octaves=3, rough=0.22, sharp=0.9, tall=0.075, lump=0.75, count=5),
    "forest": Kind(octaves=6, rough=0.42, sharp=0.1, tall=0.09),
    "city": Kind(octaves=3, rough=0.4, sharp=0.0, tall=0.03, count=4),
    "islands": Kind(octaves=8, rough=0.55, tall=0.06, count=2),
}


def kind_of(brief: Brief) -> str:
    for theme, kind in (
        ("city", "city"),
        ("neon", "city"),
        ("sea", "islands"),
        ("desert", "dunes"),
        ("forest", "forest"),
        ("ice", "ice"),
        ("peaks", "peaks"),
        ("meadow", "hills"),
    ):
        if brief.has(theme):
            return kind
    return "mountains"


@dataclass(frozen=True)
class Shape:
    """One ridge before it is shaded: its upper edge, and the rows of the canvas it spans."""

    name: str
    near: float
    skyline: list[float]
    top: int
    lowest: int
    dice: random.Random


def build(brief: Brief, palette: Palette, stage: Stage) -> list[Layer]:
    name = kind_of(brief)
    count = KINDS[name].count
    shapes = [_shape(brief, stage, name, number / (count - 1)) for number in range(count)]
    hidden_from = [shape.lowest for shape in shapes[1:]] + [stage.canvas_height]
    if name == "islands":
        hidden_from[0] = stage.horizon
    return [_strip(brief, palette, stage, *pair) for pair in zip(shapes, hidden_from, strict=True)]


def seen_until(row: int, stage: Stage) -> int:
    """Where a layer may end if the next one hides it from this row on, wherever the camera goes."""
    return min(stage.canvas_height, even(row + stage.height * 0.09))


def _shape(brief: Brief, stage: Stage, name: str, near: float) -> Shape:
    kind, dice = KINDS[name], brief.dice(f"land {near:.2f}")
    room = (stage.canvas_height + stage.height) / 2 - stage.horizon
    base = stage.horizon + room * 0.74 * near**1.25 + (0.01 if near else -0.012) * stage.unit
    tall = kind.tall * stage.unit * (0.75 + 0.5 * dice.random()) * (1.0 - 0.15 * near)
    lump = kind.lump * stage.unit * (0.8 + 0.5 * near)
    line = ridge(dice, stage.canvas_width, lump, octaves=kind.octaves, rough=kind.rough, sharp=kind.sharp)
    skyline = [base - tall * height for height in line]
    if name == "islands":
        skyline = _sinking(skyline, near, stage, dice)
    top = max(0, math.floor((min(skyline) - growth.height_of(name, near, stage)) / 2) * 2 - 2)
    return Shape(name, near, skyline, top, math.ceil(max(skyline)) + 4, dice)


def _strip(brief: Brief, palette: Palette, stage: Stage, shape: Shape, hidden_from: int) -> Layer:
    mask = _mask(shape, seen_until(hidden_from, stage) - shape.top, stage)
    field = _shaded(brief, palette, stage, shape, mask)
    if shape.name == "city":
        field = growth.windows(
            field, mask, palette, shape.near, shape.dice, stage, coloured=brief.has("neon")
        )
    planes = develop(field, white(shape.dice, *field.size))
    half = mask.resize((mask.width // 2, mask.height // 2), Image.Resampling.BOX)
    masks = cut(Planes(mask, half, half), min(mask.height, even(shape.lowest - shape.top)))
    return Layer(planes, masks, shape.top, depth=0.10 + 0.90 * shape.near**1.2)


def _sinking(skyline: list[float], near: float, stage: Stage, dice: random.Random) -> list[float]:
    """Let land dip under the water, so far islands stand apart and the near headland keeps to one side."""
    if not near:
        return [y + stage.unit * 0.012 for y in skyline]
    from_left = stage.sun[0] > stage.canvas_width / 2
    reach = stage.width * (0.42 + 0.2 * dice.random())
    start = (stage.canvas_width - stage.width) / 2
    sunk = []
    for x, y in enumerate(skyline):
        along = (x - start if from_left else stage.canvas_width - start - x) / reach
        sunk.append(y - stage.unit * 0.24 * (1 - along) + stage.unit * 0.5 * max(0.0, along - 0.7) ** 2)
    return sunk


def _mask(shape: Shape, height: int, stage: Stage) -> Image.Image:
    image = Image.new("L", (stage.canvas_width * FINE, height * FINE))
    draw = ImageDraw.Draw(image)
    points = [((x + 0.5) * FINE, (y - shape.top) * FINE) for x, y in enumerate(shape.skyline)]
    points = [(0, points[0][1]), *points, (image.width, points[-1][1])]
    draw.polygon([*points, (image.width, image.height), (0, image.height)], fill=255)
    growth.plant(draw, shape.skyline, shape.top, shape.name, shape.near, stage, shape.dice, FINE)
    return image.reduce(FINE)


def _shaded(brief: Brief, palette: Palette, stage: Stage, shape: Shape, mask: Image.Image) -> Field:
    """Colour a ridge: farther is paler, its foot lies in haze, and the sun finds its edge."""
    name, near, size = shape.name, shape.near, mask.size
    haze = mix(palette.horizon, palette.far, 0.45)
    body = mix(mix(palette.far, haze, 0.35 * (1 - near)), palette.near, near**0.75)
    field = Field(*(Image.new("F", size, part) for part in body))
    field = field.times(_texture(shape, mask, stage))
    if name == "ice" or (name in {"peaks", "mountains"} and brief.has("snow", "ice")):
        field = _snowcaps(field, palette, shape, mask, stage)
    glow = _beneath_sun(stage, size)
    rim = _beneath_crest(mask, max(3, stage.unit // 70))
    field = field.lit(
        palette.glow, calc(lambda r, g, k: r * g * k, rim, glow, 0.62 * (1 - near) ** 0.7 + 0.08)
    )
    mist = 0.85 if brief.has("fog") else 0.62
    depth_of_mist = [min(1.0, n / 15 * size[1] / (stage.unit * 0.34)) ** 1.4 for n in range(16)]
    veil = calc(lambda v, k: v * k, rows(depth_of_mist, size), mist * (1 - near) ** 0.8)
    field = field.mixed(haze, veil)
    return field.lit(palette.glow, calc(lambda v, g, k: v * g * k, veil, glow, 0.55))


def _texture(shape: Shape, mask: Image.Image, stage: Stage) -> Image.Image:
    """Relief: faces that look at the sun are lighter, and stone or grass breaks up what is left."""
    name, skyline, size = shape.name, shape.skyline, mask.size
    side = 1 if stage.sun[0] < stage.canvas_width / 2 else -1
    step = max(2, stage.unit // (14 if name == "dunes" else 40))
    slopes = [
        (skyline[min(len(skyline) - 1, x + step)] - skyline[max(0, x - step)]) / (2 * step) * side
        for x in range(0, len(skyline), 4)
    ]
    strength = 0.75 if name == "dunes" else 0.30
    lit = columns([max(-1.0, min(1.0, slope * 1.5)) * strength for slope in slopes], size)
    crest = _beneath_crest(mask, stage.unit // (6 if name == "dunes" else 13))
    across, down, rough = (3, 40, 0.10) if name == "dunes" else (11, 20, 0.18 + 0.14 * shape.near)
    lumps = cloudy(shape.dice, size, (size[0] / stage.unit * across, size[1] / stage.unit * down), 5)
    return calc(lambda s, c, v, k: 1.0 + s * c + v * k * (1.0 + c), lit, crest, lumps, rough)


def _snowcaps(field: Field, palette: Palette, shape: Shape, mask: Image.Image, stage: Stage) -> Field:
    """Snow lies in broken patches below the crests, and less of it lower down."""
    near, size = shape.near, mask.size
    patches = cloudy(shape.dice, size, (size[0] / stage.unit * 13, size[1] / stage.unit * 26), 5)
    crest = _beneath_crest(mask, stage.unit // 9)
    amount = calc(lambda v, c, n: (v * 1.6 + c * 1.2 - 0.30 - n * 0.5) * 3.0, patches, crest, near)
    snow = mix(mix(palette.sun, palette.horizon, 0.45), palette.far, 0.15 + 0.35 * near)
    return field.mixed(snow, calc(lambda a, k: a * k, clipped(amount), 0.80 * (1 - 0.75 * near)))


def _beneath_crest(mask: Image.Image, reach: int) -> Image.Image:
    """1 at the upper edge of the land, falling to 0 this far below it."""
    soft = mask.filter(ImageFilter.BoxBlur((max(1, reach // 6), reach)))
    return clipped(calc(lambda v: (1.0 - v) * 2.0, as_float(soft)))


def _beneath_sun(stage: Stage, size: tuple[int, int]) -> Image.Image:
    reach = stage.unit * 0.42
    return columns(
        [math.exp(-(((x - stage.sun[0]) / reach) ** 2)) for x in range(0, stage.canvas_width, 8)], size
    )


def cut(planes: Planes, keep: int) -> Planes:
    y, *chroma = planes
    return Planes(
        y.crop((0, 0, y.width, keep)), *(plane.crop((0, 0, plane.width, keep // 2)) for plane in chroma)
    )


def even(value: float) -> int:
    return 2 * math.ceil(value / 2)
