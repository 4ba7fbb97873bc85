"""Saving a clip: facts, poster, last frame and filmstrip of 10 s of 720p, beside decoding all of it."""

from __future__ import annotations

import os
from pathlib import Path

import av
from av.video.frame import VideoFrame
from PIL import Image, ImageChops

from studio.integrations.media import clip_pictures, clips
from tests.bench import measured
from tests.bench.table import Figure


def save(path: str) -> clip_pictures.Pictures:
    """What `archive` does with a clip that has come."""
    return clip_pictures.make(Path(path), clips.probe(Path(path)))


def decode_all(path: str) -> None:
    with av.open(path) as film:
        film.streams.video[0].codec_context.thread_count = 2
        for frame in film.decode(video=0):
            frame.to_image()


def _film(path: Path, **options: str) -> None:
    """10 s of a drifting, grainy picture, 720p24, about 8 MB."""
    sky = Image.radial_gradient("L").resize((1600, 900))
    grain = [Image.effect_noise((1280, 720), 5) for _ in range(6)]
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=24, options={"preset": "veryfast", "b": "7M", **options})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for number in range(240):
            seen = ImageChops.add(sky.crop((number, 0, number + 1280, 720)), grain[number % 6], 1, -128)
            out.mux(stream.encode(VideoFrame.from_image(seen.convert("RGB"))))
        out.mux(stream.encode(None))


def run() -> list[Figure]:
    folder = Path(os.environ["VAR_DIR"])
    short, long = folder / "short.mp4", folder / "long.mp4"
    _film(short, g="12", bf="0", sc_threshold="0")  # as the sandbox writes them
    _film(long)
    figures = []
    for path, words in ((short, "key frame every 12"), (long, "default GOP")):
        taken = measured.times(2, floor=lambda p=path: decode_all(str(p)), ours=lambda p=path: save(str(p)))
        memory, imported = measured.peak_mb("tests.bench.clip", "save", str(path))
        what = f"save a 10 s clip, {words}"
        goal = ("<=", 0.18) if path is short else None  # with one key frame there is nothing to skip
        size = f"processor time, {path.stat().st_size / 1e6:.1f} MB"
        figures += [
            Figure(what, taken["ours"], floor=taken["floor"], goal=goal, note=size),
            Figure(f"{what}: memory", memory, "MB", None, ("<=", 100), f"beyond {imported:.0f} MB imported"),
        ]
    return figures
