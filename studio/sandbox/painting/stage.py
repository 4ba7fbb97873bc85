"""The stage of a scene: a canvas larger than the frame, and layers that slide over it."""

import math
from dataclasses import dataclass

from PIL import Image

from .camera import Pose
from .colour import Colour, Planes
from .words import Brief

BILINEAR = Image.Resampling.BILINEAR


@dataclass(frozen=True)
class Stage:
    """Measures in pixels. The canvas has the frame in its middle and room for the camera around it."""

    width: int
    height: int
    canvas_width: int
    canvas_height: int
    horizon: int
    sun: tuple[int, int]
    sun_radius: float

    @property
    def unit(self) -> int:
        """The length that mountains and trees are measured in, whatever way the frame is turned."""
        return round(min(self.width, self.height) * 0.75 + max(self.width, self.height) * 0.14)

    @property
    def canvas(self) -> tuple[int, int]:
        return self.canvas_width, self.canvas_height


def set_up(brief: Brief, width: int, height: int, *, moving: bool) -> Stage:
    """Decide where the horizon and the sun are."""
    dice = brief.dice("stage")
    room = 0.10 if moving else 0.0
    canvas_width, canvas_height = (_even(side * (1 + 2 * room)) for side in (width, height))
    low = brief.has("dawn", "dusk")
    high = brief.has("day", "night", "meadow") and not low
    level = 0.56 + dice.random() * 0.05 if brief.has("sea") else 0.58 + dice.random() * 0.08
    horizon = _even(canvas_height / 2 + (level - 0.5) * height)
    aside = 0.16 + dice.random() * 0.26
    side = aside if dice.random() < 0.5 else 1 - aside
    lift = 0.10 + dice.random() * 0.16 + (0.16 if high else 0.0) - (0.05 if low else 0.0)
    size = 0.040 + dice.random() * 0.022
    sun = (round(canvas_width / 2 + (side - 0.5) * width), round(horizon - lift * height))
    return Stage(width, height, canvas_width, canvas_height, horizon, sun, size * min(width, height))


def _even(value: float) -> int:
    return 2 * round(value / 2)


@dataclass
class Layer:
    """A strip across the canvas. Without masks it covers what is behind it.

    solid is how many rows at its foot are covered whatever the mask says, so they can be laid down fast.
    """

    planes: Planes
    masks: Planes | None
    top: int
    depth: float
    solid: int = 0
    drift: float = 0.0  # pixels per second, for mist and clouds
    flat: Colour | None = None


def place(layer: Layer, frame: Planes, stage: Stage, pose: Pose, second: float = 0.0) -> None:
    """Lay a layer into the frame where the camera sees it, to a fraction of a pixel."""
    zoom = 1 + (pose.zoom - 1) * (0.12 + 0.88 * layer.depth)
    middle_x = stage.canvas_width / 2 + pose.x * layer.depth * stage.width + layer.drift * second
    middle_y = stage.canvas_height / 2 + pose.y * (0.25 + 0.75 * layer.depth) * stage.height - layer.top
    rows = layer.planes.y.height
    first = _even_above(stage.height / 2 - middle_y * zoom)
    last = _even_below(stage.height / 2 + (rows - middle_y) * zoom)
    first, last = max(0, first), min(stage.height, last)
    if last <= first:
        return
    left = middle_x - stage.width / 2 / zoom
    upper = middle_y + (first - stage.height / 2) / zoom
    lower = middle_y + (last - stage.height / 2) / zoom
    box = _inside((left, upper, left + stage.width / zoom, lower), layer.planes.y.size)
    edge = last
    if layer.masks is not None and layer.solid:
        edge = min(
            last, max(first, _even_below(stage.height / 2 + (rows - layer.solid - middle_y) * zoom) + 2)
        )
    for number, (target, source) in enumerate(zip(frame, layer.planes, strict=True)):
        share = 2 if number else 1
        here = tuple(side / share for side in box)
        width, tall, masked = stage.width // share, (last - first) // share, (edge - first) // share
        piece = source.resize((width, tall), BILINEAR, box=here)
        if layer.masks is None:
            target.paste(piece, (0, first // share))
            continue
        mask_source = tuple(layer.masks)[number]
        if masked:
            foot = here[1] + (here[3] - here[1]) * masked / tall
            mask = mask_source.resize((width, masked), BILINEAR, box=(here[0], here[1], here[2], foot))
            target.paste(piece.crop((0, 0, width, masked)), (0, first // share), mask)
        if masked < tall:
            target.paste(piece.crop((0, masked, width, tall)), (0, first // share + masked))


def _inside(
    box: tuple[float, float, float, float], size: tuple[int, int]
) -> tuple[float, float, float, float]:
    """Keep a box within its image: move it first, then trim it."""
    left, upper, right, lower = box
    shift = max(0.0, -left) - max(0.0, right - size[0])
    left, right = max(0.0, left + shift), min(float(size[0]), right + shift)
    return left, max(0.0, upper), right, min(float(size[1]), lower)


def _even_above(value: float) -> int:
    return 2 * math.ceil(value / 2 - 1e-9)


def _even_below(value: float) -> int:
    return 2 * math.floor(value / 2 + 1e-9)
