"""The stage of a scene: a canvas larger than the frame, and layers that slide over it."""

import math
from dataclasses import dataclass

from PIL import Image

from .camera import Pose
from .colour import Planes
from .words import Brief

NEAREST, BICUBIC = Image.Resampling.NEAREST, Image.Resampling.BICUBIC


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


def enlarged(planes: Planes, times: int) -> Planes:
    """Prepare planes for the camera: it takes the nearest point, which is fast, so points must lie close."""
    if times == 1:
        return planes
    return Planes(*(plane.resize((plane.width * times, plane.height * times), BICUBIC) for plane in planes))


@dataclass
class Layer:
    """A strip across the canvas, with masks unless it covers all that is behind it.

    Planes and masks are kept some times larger than the canvas. The masks may be shorter than the strip:
    rows below them are covered in full.
    """

    planes: Planes
    masks: Planes | None
    top: int
    depth: float
    fine: int = 1
    mask_fine: int = 1

    @property
    def rows(self) -> int:
        return self.planes.y.height // self.fine

    @property
    def open_rows(self) -> int:
        """How many rows, from the top, let through what is behind."""
        return self.masks.y.height // self.mask_fine if self.masks else 0

    def ready(self, *, fine: int, mask_fine: int) -> "Layer":
        masks = enlarged(self.masks, mask_fine) if self.masks else None
        return Layer(enlarged(self.planes, fine), masks, self.top, self.depth, fine, mask_fine)


def place(layer: Layer, frame: Planes, stage: Stage, pose: Pose) -> None:
    """Lay a layer into the frame where the camera sees it, to a fraction of a pixel."""
    zoom = 1 + (pose.zoom - 1) * (0.12 + 0.88 * layer.depth)
    middle_x = stage.canvas_width / 2 + pose.x * layer.depth * stage.width
    middle_y = stage.canvas_height / 2 + pose.y * (0.25 + 0.75 * layer.depth) * stage.height - layer.top
    first = max(0, _even_above(stage.height / 2 - middle_y * zoom))
    last = min(stage.height, _even_below(stage.height / 2 + (layer.rows - middle_y) * zoom))
    edge = _even_below(stage.height / 2 + (layer.open_rows - middle_y) * zoom)
    edge = min(last, max(first, edge)) if layer.masks else first
    left = middle_x - stage.width / 2 / zoom

    def seen(plane: Image.Image, start: int, end: int, share: int, fine: int) -> Image.Image:
        upper, lower = (middle_y + (row - stage.height / 2) / zoom for row in (start, end))
        box = tuple(side * fine / share for side in (left, upper, left + stage.width / zoom, lower))
        size = (stage.width // share, (end - start) // share)
        return plane.resize(size, NEAREST, box=_inside(box, plane.size))

    for number, (target, source) in enumerate(zip(frame, layer.planes, strict=True)):
        share = 2 if number else 1
        if edge > first and layer.masks:
            mask = seen(tuple(layer.masks)[number], first, edge, share, layer.mask_fine)
            target.paste(seen(source, first, edge, share, layer.fine), (0, first // share), mask)
        if last > edge:
            target.paste(seen(source, edge, last, share, layer.fine), (0, edge // share))


def _inside(box: tuple[float, ...], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Keep a box within its image: move it first, then trim it."""
    left, upper, right, lower = box
    shift = max(0.0, -left) - max(0.0, right - size[0])
    left, right = max(0.0, left + shift), min(float(size[0]), right + shift)
    return left, max(0.0, upper), right, min(float(size[1]), lower)


def _even_above(value: float) -> int:
    return 2 * math.ceil(value / 2 - 1e-9)


def _even_below(value: float) -> int:
    return 2 * math.floor(value / 2 + 1e-9)
