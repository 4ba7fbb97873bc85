"""Film planes into a video file, the same bytes every time."""

from collections.abc import Iterable
from fractions import Fraction
from os import PathLike
from typing import Any

import av
from av.video.frame import VideoFrame

from .colour import Planes

FPS = 24
_CONTAINERS = {"MP4": "mp4", "MOV": "mov", "WEBM": "webm"}


def save(
    path: str | PathLike[str], frames: Iterable[Planes], *, size: tuple[int, int], format: str, quality: int
) -> None:
    webm = format == "WEBM"
    flags = {"fflags": "+bitexact"} if webm else {"fflags": "+bitexact", "movflags": "+faststart"}
    with av.open(str(path), "w", format=_CONTAINERS[format], options=flags) as film:
        stream: Any = film.add_stream(
            "libvpx-vp9" if webm else "libx264", rate=FPS, options=_vp9(quality) if webm else _h264(quality)
        )
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = stream.time_base = Fraction(1, FPS)
        context.thread_count = 1  # with more, the bytes depend on the machine
        context.flags |= av.codec.context.Flags.bitexact
        context.color_range = 1  # limited
        context.colorspace = context.color_primaries = context.color_trc = 1  # BT.709
        for number, planes in enumerate(frames):
            frame = _frame(planes, size)
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))


def _frame(planes: Planes, size: tuple[int, int]) -> Any:
    frame: Any = VideoFrame(*size, "yuv420p")
    for slot, plane in zip(frame.planes, planes, strict=True):
        padded = plane if slot.line_size == plane.width else plane.crop((0, 0, slot.line_size, plane.height))
        slot.update(padded.tobytes())
    frame.color_range = 1
    frame.colorspace = 1
    return frame


def _h264(quality: int) -> dict[str, str]:
    crf = 34 - (quality - 20) / 79 * 14.5
    return {
        "preset": "veryfast",
        "crf": f"{crf:.1f}",
        "g": "12",
        "bf": "0",
        "sc_threshold": "0",  # key frames every half second and nowhere else
        "threads": "1",
        "x264-params": "colorprim=bt709:transfer=bt709:colormatrix=bt709",
    }


def _vp9(quality: int) -> dict[str, str]:
    crf = 46 - (quality - 20) / 79 * 22
    return {
        "deadline": "realtime",
        "cpu-used": "8",
        "crf": f"{crf:.0f}",
        "b:v": "0",
        "g": "48",
        "threads": "1",
        "lag-in-frames": "0",
        "auto-alt-ref": "0",
    }
