"""Signing a copy, beside making it: one for review, one for a guest, one of a still."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from PIL import Image

from studio.integrations.credentials import manifests, signer
from studio.integrations.credentials.manifests import Made, Step
from studio.integrations.media import clip_copies, clips
from studio.review.sharing import bare
from tests.bench import clip, measured
from tests.bench.table import Figure

MADE = Made("Runway Gen-4.5", by_a_model=True)


def run() -> list[Figure]:
    folder = Path(os.environ["VAR_DIR"])
    film, still = folder / "signed.mp4", folder / "signed.png"
    clip._film(film, g="12", bf="0", sc_threshold="0")
    Image.effect_noise((1920, 1080), 40).convert("RGB").save(still)
    facts = clips.probe(film)
    signer.current()
    tenth = ("<=", 0.1)
    # a guest's copy of a clip encodes nothing: to hash it alone takes longer than a tenth of that
    ways = [
        (
            "review copy of a 10 s clip",
            film,
            lambda to: clip_copies.write_review_copy(film, to, facts),
            tenth,
        ),
        ("guest's copy of a 10 s clip", film, lambda to: clip_copies.write_bare_copy(film, to), None),
        ("guest's copy of a still", still, lambda to: bare._still(still, to), tenth),
    ]
    return [_figure(*way, folder) for way in ways]


def _figure(what, source: Path, make, goal, folder: Path) -> Figure:
    made, signed = folder / f"made{source.suffix}", folder / f"again{source.suffix}"
    make(made)
    shutil.copy(made, signed)

    def sign() -> None:
        assert manifests.sign(signed, MADE, [Step.TRANSCODED])

    taken = measured.times(2, floor=lambda: make(made), ours=sign)
    size = f"processor time, {made.stat().st_size / 1e6:.1f} MB"
    return Figure(f"sign a {what}", taken["ours"], floor=taken["floor"], goal=goal, note=size)
