"""Video files: what is in them, their pictures, and a copy that seeks fast. PyAV, no subprocess."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from PIL import Image

TILES = 12
TILE_HEIGHT = 90  # px
SLOW_GOP = 24  # frames between keyframes beyond which scrubbing lags
REVIEW_GOP = 12
_CONTAINERS = "mov,matroska"  # MP4, MOV and WebM: no picture, and no playlist that names other files
_SAYS_NOTHING = 2  # AVCOL_SPC_UNSPECIFIED
_AS_A_FILE_SAYS = {Colorspace.ITU709: 1, Colorspace.ITU601: 5}  # AVCOL_SPC_BT709, AVCOL_SPC_BT470BG
_HD = 720  # lines from which the colours of a clip that says nothing are those of HD
_BROWSER_CODECS = {"h264", "vp9", "av1"}


class Unreadable(ValueError):
    """The file is truncated, of another type, or holds no picture."""


@dataclass(frozen=True)
class Facts:
    """What a clip really is. `fps` is the file's own fraction; `frames` counts all of them."""

    frames: int
    fps: Fraction
    width: int
    height: int
    seeks_slowly: bool
    keyframes: tuple[float, ...]  # when they are shown, in seconds

    @property
    def seconds(self) -> Fraction:
        return self.frames / self.fps


@dataclass(frozen=True)
class Pictures:
    poster: Image.Image  # the first frame
    last: Image.Image  # the exact last frame
    filmstrip: Image.Image  # TILES tiles side by side


def probe(path: Path) -> Facts:
    """Read every packet (none is decoded) and say what the file holds.

    Raises:
        Unreadable: truncated, of another type, or without pictures.
    """
    with _opened(path) as (container, stream):
        fps = stream.average_rate or stream.base_rate
        if not fps:
            raise Unreadable("the clip says no frame rate")
        frames, since_key, longest_gop, reordered = 0, 0, 0, False
        keyframes: list[float] = []
        for packet in _packets(container, stream):
            frames += 1
            if packet.is_keyframe:
                keyframes.append(float((packet.pts or 0) * (packet.time_base or 0)))
            since_key = 0 if packet.is_keyframe else since_key + 1
            longest_gop = max(longest_gop, since_key)
            reordered = reordered or (packet.pts != packet.dts and packet.pts is not None)
        codec = stream.codec_context
        return Facts(
            frames=frames,
            fps=Fraction(fps),
            width=codec.width,
            height=codec.height,
            seeks_slowly=longest_gop >= SLOW_GOP
            or bool(codec.has_b_frames and reordered)
            or codec.name not in _BROWSER_CODECS,
            keyframes=tuple(keyframes),
        )


def pictures(path: Path, facts: Facts) -> Pictures:
    """The poster, the exact last frame and a filmstrip.

    Keyframes alone are decoded for the tiles (up to a second off); where there are too few,
    everything is decoded once.

    Raises:
        Unreadable: nothing can be decoded.
    """
    times = [float(facts.seconds) * (index + 0.5) / TILES for index in range(TILES)]
    if len(facts.keyframes) < TILES / 2:
        return _from_every_frame(path, times)
    nearest = [
        min(range(len(facts.keyframes)), key=lambda number: abs(facts.keyframes[number] - time))
        for time in times
    ]
    poster, keyframes = _keyframes(path, {0, *nearest})
    tiles = [min(keyframes, key=lambda shot: abs(shot[0] - time))[1] for time in times]
    return Pictures(poster=poster, last=_last_frame(path), filmstrip=_strip(tiles))


def frame_at(path: Path, index: int) -> Image.Image:
    """Exactly the frame with this index, as RGB: 0 is the first that is shown, as in the player.

    Every packet is read for its time, and what lies between the keyframe before and the frame is decoded.

    Raises:
        Unreadable: damaged, of another type, or the clip has no such frame.
    """
    with _opened(path) as (container, stream):
        shown: list[int] = []
        keyframes: list[tuple[int, int]] = []  # when it is shown, when it is decoded
        for packet in _packets(container, stream):
            if packet.pts is None:
                raise Unreadable("the clip does not say when its frames are shown")
            if packet.is_discard:
                continue
            shown.append(packet.pts)
            if packet.is_keyframe:
                keyframes.append((packet.pts, packet.pts if packet.dts is None else packet.dts))
        if not 0 <= index < len(shown):
            raise Unreadable(f"the clip has {len(shown)} frames, numbered from 0: there is no frame {index}")
        wanted = sorted(shown)[index]
        # a frame shown before a keyframe may need the group before it, even where it is stored behind
        start = max((key for key in keyframes if key[0] <= wanted), default=None)
        if start is None:
            raise Unreadable("the clip does not begin with a keyframe")
        container.seek(start[1], stream=stream)
        for frame in container.decode(stream):
            if frame.pts == wanted and not frame.is_corrupt:
                return _picture(frame, container)
        raise Unreadable(f"frame {index} of the clip cannot be decoded")


def write_review_copy(source: Path, target: Path) -> None:
    """Encode again at native fps with a short GOP and no B-frames: every frame, in order.

    Raises:
        Unreadable: the source cannot be decoded to its end.
    """
    options = {"preset": "veryfast", "crf": "18", "g": str(REVIEW_GOP), "bf": "0", "sc_threshold": "0"}
    with (
        _opened(source) as (container, stream),
        av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as out,
    ):
        copy = out.add_stream("libx264", rate=stream.average_rate, options=options)
        copy.width, copy.height, copy.pix_fmt = (
            stream.codec_context.width,
            stream.codec_context.height,
            "yuv420p",
        )
        copy.time_base = stream.time_base
        for number, frame in enumerate(map(_as_film, container.decode(stream))):
            if not number:
                _say_colours(copy, frame, container)
            frame.pict_type = 0
            for packet in copy.encode(frame):
                out.mux(packet)
        for packet in copy.encode():
            out.mux(packet)


def _as_film(frame: VideoFrame) -> VideoFrame:
    """A frame that is kept as RGB becomes one of HD; any other is as it was."""
    if not frame.format.is_rgb:
        return frame
    film = frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)
    film.colorspace, film.color_range = _AS_A_FILE_SAYS[Colorspace.ITU709], ColorRange.MPEG
    return film


def _say_colours(copy: VideoStream, frame: VideoFrame, container: InputContainer) -> None:
    """Have the copy say how its colours are to be read, as its source does or is taken to."""
    context = copy.codec_context
    guessed = _matrix(frame, container)
    context.colorspace = frame.colorspace if guessed is None else _AS_A_FILE_SAYS[guessed]
    context.color_range = frame.color_range
    context.color_primaries, context.color_trc = frame.color_primaries, frame.color_trc


def write_bare_copy(source: Path, target: Path) -> None:
    """The same pictures in a new container: nothing that was written beside them goes along.

    No picture is encoded again. What a provider wrote into the file (a prompt, a seed, a manifest) stays behind.

    Raises:
        Unreadable: the source is damaged or of another type.
    """
    kind = {".webm": "webm", ".mov": "mov"}.get(source.suffix.lower(), "mp4")
    options = {} if kind == "webm" else {"movflags": "+faststart"}
    with (
        _opened(source) as (container, stream),
        av.open(str(target), "w", format=kind, options=options) as out,
    ):
        copy = out.add_stream_from_template(stream)
        copy.metadata.clear()
        for packet in container.demux(stream):
            if packet.dts is None:
                continue
            packet.stream = copy
            out.mux(packet)


def _packets(container: InputContainer, stream: VideoStream) -> Iterator[Packet]:
    """Every packet that holds a picture, in the order of decoding; at the end, whether all have come."""
    count = 0
    for packet in container.demux(stream):
        if packet.size == 0:
            continue
        if packet.is_corrupt:
            raise Unreadable("the clip is damaged")
        count += 1
        yield packet
    if not count or count < stream.frames:
        raise Unreadable("the clip ends too early")


def _keyframes(path: Path, wanted: set[int]) -> tuple[Image.Image, list[tuple[float, Image.Image]]]:
    """The first picture, then time and a small picture of each keyframe that is wanted."""
    poster, small = None, []
    with _opened(path) as (container, stream):
        for frame in _decoded(container, stream, wanted):
            poster = poster or _picture(frame, container)
            small.append((frame.time or 0.0, _small(frame, container)))
    if poster is None:
        raise Unreadable("no frame of the clip can be decoded")
    return poster, small


def _decoded(container: InputContainer, stream: VideoStream, wanted: set[int]) -> Iterator[VideoFrame]:
    number = 0
    for packet in container.demux(stream):
        if packet.size == 0:
            yield from packet.decode()  # the end: what the decoder still holds
        elif packet.is_keyframe:
            if number in wanted:
                yield from packet.decode()
            number += 1


def _from_every_frame(path: Path, times: list[float]) -> Pictures:
    """Decode from the first frame to the last; a tile is the first frame at or after its time."""
    poster, last = None, None
    tiles: list[Image.Image] = []
    with _opened(path) as (container, stream):
        for last in container.decode(stream):
            poster = poster or _picture(last, container)
            while len(tiles) < len(times) and (last.time or 0.0) >= times[len(tiles)] - 0.001:
                tiles.append(_small(last, container))
        if poster is None or last is None:
            raise Unreadable("no frame of the clip can be decoded")
        tiles += [_small(last, container)] * (len(times) - len(tiles))
        return Pictures(poster=poster, last=_picture(last, container), filmstrip=_strip(tiles))


def _last_frame(path: Path) -> Image.Image:
    """Decode from the last keyframe to the end; from further back where that gives nothing."""
    with _opened(path) as (container, stream):
        start, end = stream.start_time or 0, (stream.start_time or 0) + (stream.duration or 0)
        for seconds in (0, 2, 10):  # before the end that the file announces
            container.seek(max(start, end - int(seconds / (stream.time_base or 1))), stream=stream)
            left = deque(container.decode(stream), maxlen=1)
            if left:
                return _picture(left[0], container)
        raise Unreadable("the end of the clip cannot be decoded")


def _picture(frame: VideoFrame, container: InputContainer, **size: int) -> Image.Image:
    """A frame as the player shows it, RGB."""
    return frame.to_image(src_colorspace=_matrix(frame, container), **size)


def _matrix(frame: VideoFrame, container: InputContainer) -> Colorspace | None:
    """How its colours are to be read; None as the file says, else as a browser guesses (Chromium 156)."""
    if frame.colorspace != _SAYS_NOTHING:
        return None
    tall = frame.height >= _HD and "matroska" not in container.format.name
    return Colorspace.ITU709 if tall else Colorspace.ITU601


def _small(frame: VideoFrame, container: InputContainer) -> Image.Image:
    width = max(2, round(frame.width * TILE_HEIGHT / frame.height))
    return _picture(frame, container, width=width, height=TILE_HEIGHT)


def _strip(tiles: list[Image.Image]) -> Image.Image:
    width = tiles[0].width
    strip = Image.new("RGB", (width * len(tiles), TILE_HEIGHT))
    for index, tile in enumerate(tiles):
        strip.paste(tile, (index * width, 0))
    return strip


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    try:
        with av.open(str(path), container_options={"format_whitelist": _CONTAINERS}) as container:
            if not container.streams.video:
                raise Unreadable("the file holds no video")
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 2
            yield container, stream
    except (av.FFmpegError, StopIteration, ValueError) as exc:
        if isinstance(exc, Unreadable):
            raise
        raise Unreadable("the clip is damaged or of another type") from exc
