"""Saving a clip: facts, poster, last frame and filmstrip of 10 s of 720p, beside decoding all of it."""

from __future__ import annotations

import os
from pathlib import Path

import av

from studio.media import clips
from studio.sandbox import painting
from tests.bench import measured
from tests.bench.table import Figure


def save(path: str) -> clips.Pictures:
    """What `archive` does with a clip that has come."""
    return clips.pictures(Path(path), clips.probe(Path(path)))


def decode_all(path: str) -> None:
    with av.open(path) as film:
        film.streams.video[0].codec_context.thread_count = 2
        for frame in film.decode(video=0):
            frame.to_image()


def _again(source: Path, target: Path) -> None:
    """The same film as most encoders write it: a key frame now and then, B-frames between."""
    with av.open(str(source)) as film, av.open(str(target), "w") as out:
        copy = out.add_stream("libx264", rate=24, options={"preset": "veryfast", "crf": "20"})
        copy.width, copy.height, copy.pix_fmt = 1280, 720, "yuv420p"
        for frame in film.decode(video=0):
            frame.pict_type = 0
            out.mux(copy.encode(frame))
        out.mux(copy.encode(None))


def run() -> list[Figure]:
    folder = Path(os.environ["VAR_DIR"])
    short, long = folder / "short.mp4", folder / "long.mp4"
    painting.paint_video(
        short,
        prompt="A kite over dunes, slow push in",
        seed=1,
        width=1280,
        height=720,
        seconds=10,
        format="MP4",
        quality=95,
    )
    _again(short, long)
    figures = []
    for path, words in ((short, "key frame every 12"), (long, "default GOP")):
        taken = measured.times(3, floor=lambda p=path: decode_all(str(p)), ours=lambda p=path: save(str(p)))
        memory, imported = measured.peak_mb("tests.bench.clip", "save", str(path))
        what = f"save a 10 s clip, {words}"
        figures += [
            Figure(what, taken["ours"], floor=taken["floor"], goal=("<=", 0.18), note="processor time"),
            Figure(f"{what}: memory", memory, "MB", None, ("<=", 100), f"beyond {imported:.0f} MB imported"),
        ]
    return figures
