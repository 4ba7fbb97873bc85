"""What moves through the air: rain, snow, dust, sparks, mist, birds."""

import math
import random
from dataclasses import dataclass

from PIL import Image

from .camera import Pose
from .colour import Planes, calc, mix, on_film
from .noise import as_mask, cloudy, rows
from .palette import Palette
from .sprites import Sprites
from .stage import Stage
from .words import Brief


@dataclass(frozen=True)
class Mote:
    """Something small in the air. Speeds are in pixels per second; near is 0 to 1."""

    x: float
    y: float
    across: float
    down: float
    size: float
    near: float
    start: float
    level: float


class Air:
    """Everything small that the words put between the lens and the land."""

    def __init__(self, brief: Brief, palette: Palette, width: int, height: int):
        self.size = (width, height)
        self.unit = min(width, height)
        self.sprites = Sprites()
        self.kind = next((kind for kind in ("snow", "rain", "dust") if brief.has(kind)), None)
        if self.kind is None and brief.has("storm") and not brief.has("ice"):
            self.kind = "rain"
        if self.kind == "dust" and brief.has("ember"):
            self.kind = "sparks"
        dice = brief.dice("air")
        self.wind = (0.25 + 0.35 * dice.random()) * (1 if dice.random() < 0.5 else -1)
        counts = {"snow": 260, "rain": 190, "dust": 60, "sparks": 70}
        self.motes = [self._mote(dice) for _ in range(counts.get(self.kind or "", 0))]
        self.motes.sort(key=lambda mote: mote.near)
        bright = mix(palette.sun, palette.horizon, 0.3)
        self.value = {"snow": 226, "rain": 150 + on_film(palette.horizon)[0] // 4}.get(
            self.kind or "", on_film(bright)[0]
        )
        self.chroma = on_film(palette.glow)[1:]

    def _mote(self, dice: random.Random) -> Mote:
        near, unit = dice.random() ** 2.2, self.unit
        x, y, start = dice.random(), dice.random(), dice.random()
        match self.kind:
            case "rain":
                speed = unit * (1.5 + 1.5 * near)
                return Mote(
                    x,
                    y,
                    self.wind * 0.35 * speed,
                    speed,
                    unit * (0.035 + 0.09 * near),
                    near,
                    start,
                    0.14 + 0.26 * near,
                )
            case "snow":
                size = round(1 + 7 * near**2.2) * unit / 720 * 0.75
                speed = unit * (0.05 + 0.16 * near)
                return Mote(x, y, self.wind * speed * 1.1, speed, size, near, start, 0.85 - 0.45 * near)
            case "sparks":
                size = round(1 + 2 * near) * unit / 720 * 0.7
                return Mote(
                    x, y, self.wind * unit * 0.05, -unit * (0.06 + 0.12 * near), size, near, start, 0.9
                )
        size = round(1 + 5 * near) * unit / 720 * 0.8
        return Mote(x, y, self.wind * unit * 0.02, -unit * 0.008, size, near, start, 0.40 - 0.2 * near)

    def draw(self, frame: Planes, pose: Pose, second: float, strength: float = 1.0) -> None:
        wide, tall = self.size
        room = self.unit * 0.15
        for mote in self.motes:
            sway = math.sin(math.tau * (mote.start + second * (0.12 + 0.1 * mote.start))) * self.unit * 0.02
            sway = 0.0 if self.kind == "rain" else sway * (0.4 + mote.near)
            x = mote.x * (wide + room) + mote.across * second + sway - pose.x * wide * (0.5 + mote.near)
            y = mote.y * (tall + room) + mote.down * second - pose.y * tall * (0.5 + mote.near)
            x, y = x % (wide + room) - room / 2, y % (tall + room) - room / 2
            level = mote.level * strength
            if self.kind == "rain":
                lean = mote.across / mote.down
                long = round(mote.size / 6) * 6 + 6
                self.sprites.streak(
                    frame.y, x, y, long, 0.6 + round(mote.near * 3) * 0.35, lean, level, self.value
                )
                continue
            if self.kind in {"dust", "sparks"}:
                level *= 0.5 + 0.5 * math.sin(math.tau * (mote.start * 7 + second * (0.3 + mote.start)))
            self.sprites.dot(frame.y, x, y, mote.size, level, self.value)
            if self.kind == "sparks":
                self.sprites.dot(frame.cb, x / 2, y / 2, mote.size, level, self.chroma[0])
                self.sprites.dot(frame.cr, x / 2, y / 2, mote.size, level, self.chroma[1])


@dataclass
class Veil:
    """A bank of mist: a soft mask and one colour, drifting slowly."""

    mask: Image.Image
    colour: tuple[int, int, int]
    top: int
    depth: float
    speed: float

    def draw(self, frame: Planes, stage: Stage, pose: Pose, second: float) -> None:
        zoom = 1 + (pose.zoom - 1) * (0.12 + 0.88 * self.depth)
        spare = self.mask.width - stage.width / zoom
        middle = spare / 2 + pose.x * self.depth * stage.width + self.speed * second
        left = max(0.0, min(spare, middle))
        rise = stage.canvas_height / 2 + pose.y * (0.25 + 0.75 * self.depth) * stage.height - self.top
        first = 2 * math.ceil((stage.height / 2 - rise * zoom) / 2)
        last = 2 * math.floor((stage.height / 2 + (self.mask.height - rise) * zoom) / 2)
        first, last = max(0, first), min(stage.height, last)
        if last <= first:
            return
        upper = max(0.0, rise + (first - stage.height / 2) / zoom)
        lower = min(float(self.mask.height), rise + (last - stage.height / 2) / zoom)
        box = (left, upper, min(left + stage.width / zoom, self.mask.width), lower)
        full = self.mask.resize((stage.width, last - first), Image.Resampling.NEAREST, box=box)
        half = self.mask.resize((stage.width // 2, (last - first) // 2), Image.Resampling.NEAREST, box=box)
        frame.y.paste(self.colour[0], (0, first), full)
        frame.cb.paste(self.colour[1], (0, first // 2), half)
        frame.cr.paste(self.colour[2], (0, first // 2), half)


def mist(brief: Brief, palette: Palette, stage: Stage, middle: float, depth: float) -> Veil:
    """A drifting bank whose thickest part is at this row of the canvas."""
    dice = brief.dice(f"mist {depth:.2f}")
    thick = brief.has("fog")
    tall = round(stage.unit * (0.34 if thick else 0.20))
    size = (round(stage.canvas_width * 1.25), tall)
    lumps = cloudy(dice, size, (5, 2), 4)
    fade = rows([0.0, 0.35, 0.8, 1.0, 0.8, 0.35, 0.0], size)
    strength = 1.0 if thick else 0.55
    amount = calc(lambda v, f, k: (v * 1.3 + 0.42) * f * k, lumps, fade, strength)
    colour = on_film(mix(mix(palette.horizon, palette.far, 0.30), palette.glow, 0.12))
    speed = stage.unit * (0.012 + 0.02 * dice.random()) * (1 if dice.random() < 0.5 else -1)
    return Veil(as_mask(amount), colour, round(middle - tall / 2), depth, speed)


class Flock:
    """A few birds far away, crossing the sky."""

    def __init__(self, brief: Brief, palette: Palette, stage: Stage):
        dice = brief.dice("birds")
        self.stage = stage
        self.sprites = Sprites()
        self.value = on_film(mix(palette.near, palette.far, 0.25))[0]
        self.heading = 1 if dice.random() < 0.5 else -1
        middle = (0.25 + 0.5 * dice.random()) * stage.width, (0.16 + 0.2 * dice.random()) * stage.height
        self.birds = [
            (
                middle[0] + (dice.random() - 0.5) * stage.unit * 0.5,
                middle[1] + (dice.random() - 0.5) * stage.unit * 0.16,
                stage.unit * (0.006 + 0.005 * dice.random()),
                dice.random(),
            )
            for _ in range(7 + int(dice.random() * 6))
        ]

    def draw(self, frame: Planes, pose: Pose, second: float) -> None:
        speed = self.stage.unit * 0.035 * self.heading
        for x, y, size, start in self.birds:
            beat = math.sin(math.tau * (start + second * (1.6 + start)))
            here = x + speed * second - pose.x * 0.2 * self.stage.width + math.sin(second + start * 9) * size
            lift = size * 0.55 * beat
            for side in (-1, 1):
                for n in range(1, 6):
                    part = n / 5
                    self.sprites.dot(
                        frame.y,
                        here + side * size * part,
                        y - lift * part + abs(lift) * part * part * 0.5,
                        max(0.8, size * 0.16),
                        0.8,
                        self.value,
                    )
