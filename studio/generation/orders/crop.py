"""The crop of a first frame as the workbench shows it: its lines, its numbers and what is said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.urls import reverse

from studio.integrations import catalogue
from studio.integrations.catalogue import Preset
from studio.planning.projects import framing
from studio.planning.projects.framing import Box
from studio.planning.projects.models import Picture

FIELDS = ("crop_left", "crop_top", "crop_width")
BARELY = 1.05  # enlarged by less than this is not worth a word


@dataclass(frozen=True)
class Crop:
    """The part of a picture that a preset would be sent, in pixels of the upright original.

    Args:
        chosen: the crop the shot keeps; None for the middle.
        typed: the fields as the browser sent them, where they were refused.
    """

    picture: Picture
    preset: Preset
    chosen: Mapping[str, Any] | None
    typed: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def box(self) -> Box:
        chosen = dict(self.chosen) if self.chosen else None
        return framing.of(self.picture.width, self.picture.height, chosen, self.preset)

    @property
    def smallest(self) -> int:
        """Pixels of its shortest possible width."""
        return int(framing.SMALLEST)

    # --- numbers --------------------------------------------------------------------------

    @property
    def fields(self) -> list[tuple[str, str, str]]:
        """Name, label and what stands in each of its fields."""
        named = zip(FIELDS, ("Left", "Top", "Width"), framing.numbers(self.box), strict=True)
        return [(name, label, self.typed.get(name, number)) for name, label, number in named]

    @property
    def part(self) -> str:
        """Its size in whole pixels."""
        return f"{round(self.box.width)} × {round(self.box.height)}"

    @property
    def place(self) -> str:
        return f"{round(self.box.left)}, {round(self.box.top)}"

    # --- lines ----------------------------------------------------------------------------

    @property
    def shade(self) -> str:
        """The path of what is left out."""
        box, picture = self.box, self.picture
        outside = f"M0 0H{picture.width}V{picture.height}H0Z"
        return f"{outside} M{box.left:.2f} {box.top:.2f}V{box.bottom:.2f}H{box.right:.2f}V{box.top:.2f}Z"

    @property
    def edge(self) -> str:
        box = self.box
        return f"M{box.left:.2f} {box.top:.2f}H{box.right:.2f}V{box.bottom:.2f}H{box.left:.2f}Z"

    @property
    def corners(self) -> str:
        """Four points, for strokes with square ends."""
        box = self.box
        places = [(x, y) for y in (box.top, box.bottom) for x in (box.left, box.right)]
        return " ".join(f"M{x:.2f} {y:.2f}h0" for x, y in places)

    @property
    def thirds(self) -> str:
        box, path = self.box, []
        for third in (1, 2):
            path.append(f"M{box.left + box.width * third / 3:.2f} {box.top:.2f}V{box.bottom:.2f}")
            path.append(f"M{box.left:.2f} {box.top + box.height * third / 3:.2f}H{box.right:.2f}")
        return " ".join(path)

    # --- words ----------------------------------------------------------------------------

    @property
    def enlarged(self) -> bool:
        return self.box.scale_to(self.preset) >= BARELY

    @property
    def scale(self) -> str:
        return f"{self.box.scale_to(self.preset):.1f}"

    @property
    def reframed(self) -> str:
        """That it was chosen for another shape, or ""."""
        if not self.box.reframed or not self.chosen:
            return ""
        before = _preset(self.chosen["for"])
        if before is None or before.exact_ratio == self.preset.exact_ratio:
            return ""
        alike = before.label == self.preset.label
        now, then = (each.pixels if alike else each.label for each in (self.preset, before))
        return f"Reframed for {now}; your crop for {then} is kept."

    @property
    def large_url(self) -> str:
        """The picture at its best, for the large workbench."""
        return reverse("renders:picture", args=[self.picture.code, "working", self.picture.sha256[:12]])


def _preset(key: str) -> Preset | None:
    return next((found for model in catalogue.MODELS if (found := model.preset(key))), None)
