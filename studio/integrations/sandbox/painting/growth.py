"""What stands on the land: conifers, copses, grass, towers and their windows."""

import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .colour import Field, brightness, calc, mix
from .noise import as_float
from .palette import Palette
from .stage import Stage


def height_of(name: str, near: float, stage: Stage) -> float:
    """How far something may stand above the ridge it stands on."""
    match name:
        case "forest":
            return stage.unit * (0.03 + 0.17 * near) * 1.25
        case "city":
            return stage.unit * 0.40
        case "hills":
            return stage.unit * (0.012 + 0.05 * near)
    return 0.0


def plant(
    draw: ImageDraw.ImageDraw,
    skyline: list[float],
    top: int,
    name: str,
    near: float,
    stage: Stage,
    dice: random.Random,
    fine: int,
) -> None:
    """Draw onto a ridge's mask, which is fine times larger than the canvas."""
    match name:
        case "forest":
            _conifers(draw, skyline, top, near, stage, dice, fine)
        case "hills":
            _copses(draw, skyline, top, near, stage, dice, fine)
        case "city":
            _towers(draw, skyline, top, near, stage, dice, fine)


def _conifers(
    draw: ImageDraw.ImageDraw,
    skyline: list[float],
    top: int,
    near: float,
    stage: Stage,
    dice: random.Random,
    fine: int,
) -> None:
    tall = stage.unit * (0.03 + 0.17 * near)
    x = -tall * 0.2
    while x < len(skyline) + tall * 0.2:
        height = tall * (0.45 + 0.75 * dice.random() ** 1.4)
        ground = skyline[max(0, min(len(skyline) - 1, round(x)))] + tall * 0.15
        _conifer(draw, x, ground - top, height, dice, fine)
        x += tall * (0.10 + 0.26 * dice.random() ** (1.6 if near < 0.6 else 0.8))


def _conifer(
    draw: ImageDraw.ImageDraw, x: float, ground: float, height: float, dice: random.Random, fine: int
) -> None:
    """A jagged triangle: branches step out and back in, a little unevenly."""
    tiers = max(4, min(11, round(height / 7)))
    lean = (dice.random() - 0.5) * height * 0.04
    left: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    for tier in range(tiers):
        part = (tier + 1) / tiers
        y = ground - height * (1 - part * 0.95)
        reach = height * 0.21 * part**0.85
        for side, points in ((-1, left), (1, right)):
            out = reach * (0.75 + 0.5 * dice.random())
            points.append((x + lean * (1 - part) + side * out, y + height * 0.02))
            points.append((x + lean * (1 - part) + side * out * 0.45, y - height * 0.004))
    outline = [
        (x + lean, ground - height),
        *right,
        (x + height * 0.04, ground),
        (x - height * 0.04, ground),
        *left[::-1],
    ]
    draw.polygon([(px * fine, py * fine) for px, py in outline], fill=255)


def _copses(
    draw: ImageDraw.ImageDraw,
    skyline: list[float],
    top: int,
    near: float,
    stage: Stage,
    dice: random.Random,
    fine: int,
) -> None:
    """Clumps of round trees and hedges, smaller the farther away."""
    size = stage.unit * (0.010 + 0.030 * near)
    for _ in range(round(9 - 5 * near)):
        middle, count = dice.random() * len(skyline), 3 + round(dice.random() * 9)
        for _ in range(count):
            x = middle + (dice.random() - 0.5) * size * count * 0.9
            if not 0 <= x < len(skyline):
                continue
            wide, high = size * (0.4 + 0.5 * dice.random()), size * (0.35 + 0.55 * dice.random())
            y = skyline[round(x) if x < len(skyline) - 1 else -1] - top - high * 0.5
            draw.ellipse(
                [(x - wide) * fine, (y - high) * fine, (x + wide) * fine, (y + high) * fine], fill=255
            )


def _towers(
    draw: ImageDraw.ImageDraw,
    skyline: list[float],
    top: int,
    near: float,
    stage: Stage,
    dice: random.Random,
    fine: int,
) -> None:
    x = -stage.unit * 0.05
    while x < len(skyline):
        wide = stage.unit * (0.022 + 0.045 * dice.random()) * (1 + 1.5 * near)
        ground = skyline[max(0, min(len(skyline) - 1, round(x)))]
        peak = stage.unit * (0.05 + 0.30 * dice.random() ** 2.2) * (0.8 + 0.3 * near)
        roof = ground - top - peak
        draw.rectangle([x * fine, roof * fine, (x + wide) * fine, 99999], fill=255)
        if dice.random() < 0.35:
            inset = wide * (0.15 + 0.2 * dice.random())
            step = stage.unit * 0.02 * (0.5 + dice.random())
            draw.rectangle(
                [(x + inset) * fine, (roof - step) * fine, (x + wide - inset) * fine, roof * fine], fill=255
            )
        if dice.random() < 0.22:
            mast = stage.unit * (0.02 + 0.05 * dice.random())
            draw.line(
                [((x + wide / 2) * fine, (roof - mast) * fine), ((x + wide / 2) * fine, roof * fine)],
                255,
                fine,
            )
        x += wide * (0.85 + 0.5 * dice.random())


def windows(
    field: Field,
    mask: Image.Image,
    palette: Palette,
    near: float,
    dice: random.Random,
    stage: Stage,
    *,
    coloured: bool,
) -> Field:
    """Lit windows, floor by floor, with a bloom around them."""
    pitch = stage.unit * (0.0065 + 0.0085 * near)
    inside = mask.filter(ImageFilter.MinFilter(3))
    tints = [mix(palette.glow, (brightness(palette.sun),) * 3, 0.25), palette.sun]
    if coloured:
        tints += [(1.0, 0.25, 0.75), (0.2, 0.85, 1.0)]
    sheets = [Image.new("L", mask.size) for _ in tints]
    pens = [ImageDraw.Draw(sheet) for sheet in sheets]
    for row in range(round(mask.height / pitch / 1.35)):
        busy = 0.08 + 0.85 * dice.random() ** 2
        top = row * pitch * 1.35
        x = dice.random() * pitch / busy
        while x < mask.width:
            left = x // pitch * pitch
            pen = pens[int(dice.random() * len(pens))]
            pen.rectangle(
                [left, top, left + pitch * 0.5, top + pitch * 0.6], fill=70 + round(185 * dice.random() ** 2)
            )
            x += pitch * (0.5 + dice.random()) / busy
    for tint, sheet in zip(tints, sheets, strict=True):
        lights = ImageChops.multiply(sheet, inside)
        bloom = lights.filter(ImageFilter.BoxBlur(max(1.0, pitch * 0.8)))
        strength = 0.30 + 0.45 * near
        field = field.lit(tint, calc(lambda v, k: v * k, as_float(bloom), strength * 1.2))
        field = field.mixed(tint, calc(lambda v, k: v * k, as_float(lights), strength))
    return field
