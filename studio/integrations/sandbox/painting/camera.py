"""Camera moves: where the camera is at each moment of a take."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from .words import Brief

# What the seed may pick from when the prompt names no move.
_UNNAMED = ("push", "push", "left", "right", "orbit", "crane", "pull")


@dataclass(frozen=True)
class Pose:
    """x and y are shares of the frame, to the right and down; roll is in radians."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    roll: float = 0.0


Move = Callable[[float], Pose]


def eased(part: float) -> float:
    """Start and stop softly, and keep an even speed between."""
    return part - math.sin(2 * math.pi * part) * 0.9 / (2 * math.pi)


def name_of(brief: Brief) -> str:
    if brief.move:
        return brief.move
    dice = brief.dice("camera")
    return _UNNAMED[int(dice.random() * len(_UNNAMED))]


def through_scene(brief: Brief, seconds: float) -> Move:
    """A move for a layered scene; near layers take it in full and far ones a little."""
    reach = _reach(seconds)
    shake = _shake(brief)

    def pose(part: float) -> Pose:
        far = eased(part)
        swing = (far - 0.5) * reach
        match name_of(brief):
            case "push":
                return Pose(zoom=1 + 0.20 * far * reach)
            case "pull":
                return Pose(zoom=1 + 0.20 * (1 - far) * reach)
            case "left":
                return Pose(x=-0.16 * swing, zoom=1.02)
            case "right":
                return Pose(x=0.16 * swing, zoom=1.02)
            case "orbit":
                return Pose(x=0.14 * swing, zoom=1.02 + 0.06 * math.sin(math.pi * far))
            case "up":
                return Pose(y=-0.12 * swing, zoom=1.03)
            case "down":
                return Pose(y=0.12 * swing, zoom=1.03)
            case "crane":
                return Pose(y=-0.14 * swing, zoom=1.10 - 0.07 * far)
            case "handheld":
                x, y = shake(part * seconds)
                return Pose(x=x * 0.6, y=y * 0.6, zoom=1.04)
        return Pose()

    return pose


def over_picture(brief: Brief, seconds: float) -> Move:
    """A move that begins exactly on a given picture."""
    reach = _reach(seconds)
    shake = _shake(brief)
    start = shake(0)

    def pose(part: float) -> Pose:
        far = eased(part) * reach
        match name_of(brief):
            case "push":
                return Pose(zoom=1 + 0.20 * far, y=-0.01 * far)
            case "pull":
                return Pose(zoom=1 / (1 + 0.11 * far))
            case "left":
                return Pose(x=-0.085 * far, zoom=1 + 0.13 * far)
            case "right":
                return Pose(x=0.085 * far, zoom=1 + 0.13 * far)
            case "orbit":
                return Pose(x=0.06 * far, zoom=1 + 0.15 * far, roll=0.022 * far)
            case "up":
                return Pose(y=-0.085 * far, zoom=1 + 0.13 * far)
            case "down":
                return Pose(y=0.085 * far, zoom=1 + 0.13 * far)
            case "crane":
                return Pose(y=-0.07 * far, zoom=1 + 0.10 * far)
            case "handheld":
                x, y = shake(part * seconds)
                return Pose(x=(x - start[0]) * 0.5, y=(y - start[1]) * 0.5, zoom=1 + 0.05 * far)
        return Pose()

    return pose


def _reach(seconds: float) -> float:
    """How much of a move fits into a take; short takes travel less, so their speed stays calm."""
    return min(1.0, 0.35 + seconds / 8)


def _shake(brief: Brief) -> Callable[[float], tuple[float, float]]:
    """The sway of a person's hands: slow waves that never quite repeat."""
    dice = brief.dice("shake")
    waves = [
        (0.23 + 0.31 * n * (0.9 + 0.2 * dice.random()), dice.random() * math.tau, dice.random() * math.tau)
        for n in range(1, 6)
    ]

    def at(second: float) -> tuple[float, float]:
        x = sum(math.sin(math.tau * rate * second + a) / (n + 1) for n, (rate, a, _) in enumerate(waves))
        y = sum(
            math.sin(math.tau * rate * 1.13 * second + b) / (n + 1) for n, (rate, _, b) in enumerate(waves)
        )
        return x * 0.008, y * 0.009

    return at
