"""Which part of a picture a first frame is: a box of the preset's exact ratio on the upright original.

A crop is what somebody chose, kept with the shot: `{"left", "top", "width", "for"}`, in pixels of the original,
for the preset with that key. The height follows from the preset. Nothing is cut until a take is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Any

from studio.integrations.catalogue import Preset

SMALLEST = 16.0  # px of the original, either side: less is no picture


@dataclass(frozen=True)
class Box:
    """A part of a picture, in pixels of the upright original. `reframed` tells that it was chosen for another shape."""

    left: float
    top: float
    width: float
    height: float
    reframed: bool = False

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.left, self.top, self.right, self.bottom

    def scale_to(self, preset: Preset) -> float:
        """How many pixels one of the original's becomes: above 1 it is enlarged."""
        return preset.width / self.width


def centred(width: int, height: int, preset: Preset) -> Box:
    """The largest box of the preset's ratio in the middle of a picture of this size."""
    wide = _widest(width, height, preset)
    return placed(width, height, preset, left=(width - wide) / 2, top=None, wide=wide)


def placed(
    width: int,
    height: int,
    preset: Preset,
    *,
    left: float,
    top: float | None,
    wide: float,
    reframed: bool = False,
) -> Box:
    """The box wished for, moved and scaled as little as needed to lie in the picture; `top` None is the middle."""
    wide = min(max(wide, min(SMALLEST, width)), _widest(width, height, preset))
    high = min(float(height), wide * preset.height / preset.width)
    top = (height - high) / 2 if top is None else top
    left, top = min(max(0.0, left), width - wide), min(max(0.0, top), height - high)
    return Box(left, top, wide, high, reframed)


def of(width: int, height: int, crop: dict[str, Any] | None, preset: Preset) -> Box:
    """The box of a crop for this preset.

    Made for another shape, it keeps its middle and its area as far as the picture allows, and says `reframed`.
    """
    if not crop:
        return centred(width, height, preset)
    left, top, wide = float(crop["left"]), float(crop["top"]), float(crop["width"])
    if crop["for"] == preset.key:
        return placed(width, height, preset, left=left, top=top, wide=wide)
    across, down = (int(side) for side in crop["for"].split("x"))
    high = wide * down / across
    new_wide = min(sqrt(wide * high * preset.width / preset.height), _widest(width, height, preset))
    new_high = new_wide * preset.height / preset.width
    return placed(
        width,
        height,
        preset,
        left=left + (wide - new_wide) / 2,
        top=top + (high - new_high) / 2,
        wide=new_wide,
        reframed=True,
    )


def numbers(box: Box) -> tuple[str, str, str]:
    """Left, top and width as a person reads and types them, to a hundredth of a pixel."""
    left, top, wide = (f"{number:.2f}".rstrip("0").rstrip(".") for number in (box.left, box.top, box.width))
    return left, top, wide


def crop_of(box: Box, preset: Preset) -> dict[str, Any]:
    """The box as a shot keeps it."""
    return {"left": box.left, "top": box.top, "width": box.width, "for": preset.key}


def read(typed: Sequence[object], preset: Preset, *, size: tuple[int, int]) -> dict[str, Any]:
    """A crop as it was typed (left, top, width), moved into a picture of this size.

    Raises:
        ValueError: one of them is no number; the sentence is for a person.
    """
    try:
        numbers = [float(str(value)) for value in typed]
    except ValueError:
        numbers = []
    if len(numbers) != 3 or not all(isfinite(number) for number in numbers) or numbers[2] <= 0:
        raise ValueError("Left, top and width of the crop are numbers of pixels.")
    box = placed(*size, preset, left=numbers[0], top=numbers[1], wide=numbers[2])
    return crop_of(box, preset)


def _widest(width: int, height: int, preset: Preset) -> float:
    return min(float(width), height * preset.width / preset.height)
