"""The sandbox draws: seconds of 720p film per second of one core, beside encoding alone."""

from __future__ import annotations

import io
import os
import time
from itertools import repeat
from pathlib import Path

from PIL import Image

from studio.integrations.sandbox import painting
from studio.integrations.sandbox.painting import encode, scene, words
from tests.bench.table import Figure

SECONDS = 3
PROMPTS = (
    "A kite over dunes, slow push in",
    "Night storm over a dark sea, rain in sheets, slow drift to the left",
    "Slow pan right over a city at dusk, lights in the windows",
)


def _per_second(draw) -> float:
    began = time.process_time()
    draw()
    return SECONDS / (time.process_time() - began)


def _frame() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((1280, 720), 40).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def run() -> list[Figure]:
    path, frame = Path(os.environ["VAR_DIR"]) / "drawn.mp4", _frame()
    floors: list[float] = []
    drawn: dict[str, list[float]] = {"text": [], "first frame": []}

    def film(prompt: str, first_frame: bytes | None) -> None:
        painting.paint_video(
            path,
            prompt=prompt,
            seed=7,
            width=1280,
            height=720,
            seconds=SECONDS,
            format="MP4",
            quality=95,
            first_frame=first_frame,
        )

    for prompt in PROMPTS:
        planes = list(scene.shoot(words.read(prompt, 7), 1280, 720, 12, encode.FPS))
        frames = [each for moment in planes for each in repeat(moment, SECONDS * 2)]
        floors.append(
            _per_second(lambda f=frames: encode.save(path, f, size=(1280, 720), format="MP4", quality=95))
        )
        drawn["text"].append(_per_second(lambda p=prompt: film(p, None)))
        drawn["first frame"].append(_per_second(lambda p=prompt: film(p, frame)))
    floor = sum(floors) / len(floors)
    return [
        Figure(
            f"sandbox: 720p film a second of one core, {mode}, slowest of {len(PROMPTS)}",
            min(values),
            "s",
            None,
            (">=", 1.5),
            f"mean {sum(values) / len(values):.1f} s; encoding alone {floor:.1f} s",
        )
        for mode, values in drawn.items()
    ]
