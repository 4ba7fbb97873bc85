"""Takes that are ready, made straight in the database, for tests in which the render is not the subject."""

import uuid
from decimal import Decimal
from pathlib import Path

import av
from django.core.files.storage import default_storage
from PIL import Image

from studio.generation.renders.models import Render
from studio.integrations import catalogue

FRAMES = 48
RATE = 24


def ready(shot, by, *, kind="video", filed=False, metadata=None, **columns):
    """A take (or with `kind="still"` a still) of the shot that has come back.

    Args:
        filed: give it a file of its own, a second long, and a poster.
        metadata: what a provider wrote into the container of that file.
    """
    model = catalogue.get("gen-4.5" if kind == "video" else "gen-4-image")
    columns.setdefault("number", shot.renders.filter(kind=kind).count() + 1)
    columns.setdefault("prompt", shot.prompt)
    code = uuid.uuid4()
    still = {
        "seconds": None,
        "format": "JPG",
        "frame_count": 1,
        "fps_num": None,
        "fps_den": None,
        "seed": None,
    }
    clip = {
        "seconds": 5,
        "format": "MP4",
        "frame_count": FRAMES,
        "fps_num": RATE,
        "fps_den": 1,
        "seed": 421,
    }
    take = Render(
        **{
            "code": code,
            "task_code": code,
            "project": shot.project,
            "shot": shot,
            "kind": kind,
            "created_by": by,
            "sandbox": True,
            "model": model.key,
            "model_id": model.provider_id,
            "aspect": "16:9",
            "width": 1280,
            "height": 720,
            "quality": 95,
            "safety": "none",
            "threshold": "auto",
            "estimate": Decimal("0.605"),
            "cost": Decimal("0.605"),
            "state": "ready",
            "result_uuid": str(uuid.uuid4()),
            "sha256": uuid.uuid4().hex * 2,
            "file_width": 160,
            "file_height": 90,
            **(clip if kind == "video" else still),
            **columns,
        }
    )
    if filed:
        take.file = take.file or f"takes/{code}/original.{take.format.lower()}"
        take.poster = f"takes/{code}/poster.jpg"
        write = write_clip if kind == "video" else write_still
        write(stored(take.file), **(metadata or {}))
        write_still(stored(take.poster))
    take.save()
    return take


def stored(name):
    """Where a file of this name lies, its folder made."""
    path = Path(default_storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def write_clip(path, *, frames=FRAMES, codec="", pix_fmt="yuv420p", **metadata):
    """A tiny clip, each frame a little brighter, with words in its container."""
    kind = {".webm": "webm", ".mov": "mov"}.get(path.suffix, "mp4")
    # without the flag an MP4 keeps no words but those its makers thought of
    options = {} if kind == "webm" else {"movflags": "use_metadata_tags"}
    with av.open(str(path), "w", format=kind, options=options) as out:
        out.metadata.update(metadata)
        stream = out.add_stream(codec or ("libvpx-vp9" if kind == "webm" else "libx264"), rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 160, 90, pix_fmt
        stream.metadata.update(metadata)
        for number in range(frames):
            picture = Image.new("RGB", (160, 90), (number * 5 % 256,) * 3)
            for packet in stream.encode(av.VideoFrame.from_image(picture)):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)


def write_still(path, **options):
    Image.new("RGB", (160, 90), (200, 120, 60)).save(path, **options)
