"""Video files: what is in them. PyAV, no subprocess; no picture but the first is decoded."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from studio.integrations.media import clip_frames, frame_list
from studio.integrations.media.frame_list import FrameList

SLOW_GOP = 24  # frames between keyframes beyond which scrubbing lags
_NOT_ITS_FAULT = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOMEM,
    errno.EACCES,
    errno.EROFS,
}
_CONTAINERS = "mov,matroska"  # MP4, MOV and WebM: no picture, and no playlist that names other files
# decoders of the sound that every browser plays
_HEARD_EVERYWHERE = {"aac", "mp3", "mp3float", "opus", "libopus", "vorbis", "libvorbis", "flac"}
_PLAY_EVERYWHERE = {("h264", "yuv420p"), ("h264", "yuvj420p"), ("vp9", "yuv420p"), ("vp8", "yuv420p")}


class Unreadable(ValueError):
    """The file is truncated, of another type, or holds no picture; the message says which."""


@dataclass(frozen=True)
class Moment:
    """Where a frame lies in the file, in ticks."""

    shown: int
    decoded: int
    is_key: bool
    is_left_out: bool  # stored for the sake of others: an edit list hides it


@dataclass(frozen=True)
class Facts:
    """What a clip really is. Width and height are those that are seen, in pixels."""

    frame_list: FrameList
    width: int
    height: int
    kind: str  # of the container: "mp4", "mov" or "webm"
    has_sound: bool
    plays_exactly: bool  # every frame, in any browser, as it is; else a copy is needed
    seeks_slowly: bool
    keyframes: tuple[float, ...]  # when they are shown, in seconds after the first frame

    @property
    def frames(self) -> int:
        return len(self.frame_list)

    @property
    def fps(self) -> Fraction:
        return self.frame_list.rate

    @property
    def seconds(self) -> Fraction:
        return self.frame_list.seconds


def probe(path: Path) -> Facts:
    """Read every packet, decode the first frame, and say what the file holds.

    Raises:
        Unreadable: truncated, of another type, or without pictures.
    """
    width, height, pixels = _first_frame(path)
    with opened(path) as (container, stream):
        told = (stream.average_rate, stream.base_rate, stream.guessed_rate)
        index = read_index(container, stream)
        if not index.shown:
            raise Unreadable("no frame of the clip is shown")
        shown = frame_list.of_times(
            (moment.shown for moment in index.shown), index.end, index.tick, told=told
        )
        codec = stream.codec_context
        heard = all(
            _has_decoder(each) and each.codec_context.name in _HEARD_EVERYWHERE
            for each in container.streams.audio
        )
        whole = (
            heard
            and len(index.shown) == len(index.moments)
            and container.duration is not None
            and not _is_fragmented(path)
        )
        return Facts(
            frame_list=shown,
            width=width,
            height=height,
            kind=kind_of(container),
            has_sound=bool(sounds(container)),
            plays_exactly=whole and shown.is_plain and (_codec(codec.name), pixels) in _PLAY_EVERYWHERE,
            seeks_slowly=index.longest_group >= SLOW_GOP or bool(codec.has_b_frames and index.is_reordered),
            keyframes=tuple(
                float((moment.shown - shown.starts[0]) * index.tick)
                for moment in index.shown
                if moment.is_key
            ),
        )


@dataclass(frozen=True)
class Index:
    """Every frame of a clip, in the order of decoding."""

    moments: list[Moment]
    tick: Fraction  # seconds
    end: int  # when the last frame is gone, in ticks
    is_reordered: bool
    longest_group: int  # frames from one keyframe to the next

    @property
    def shown(self) -> list[Moment]:
        return [moment for moment in self.moments if not moment.is_left_out]


def read_index(container: InputContainer, stream: VideoStream) -> Index:
    """Read every packet of a clip; none is decoded.

    Raises:
        Unreadable: truncated, damaged, or it does not say when its frames are shown.
    """
    moments: list[Moment] = []
    longest, since_key, end = 0, 0, 0
    for packet in _packets(container, stream):
        since_key = 0 if packet.is_keyframe else since_key + 1
        longest = max(longest, since_key)
        if packet.pts is None:
            raise Unreadable("the clip does not say when its frames are shown")
        decoded = packet.pts if packet.dts is None else packet.dts
        moments.append(Moment(packet.pts, decoded, packet.is_keyframe, packet.is_discard))
        if not packet.is_discard:
            end = max(end, packet.pts + (packet.duration or 0))
    return Index(
        moments=moments,
        tick=Fraction(stream.time_base or 1),
        end=_end(moments, end),
        is_reordered=any(moment.shown != moment.decoded for moment in moments),
        longest_group=longest,
    )


def _end(moments: list[Moment], told: int) -> int:
    """When the last frame is gone: as it says itself, else as long after it as the others have on average."""
    times = sorted(moment.shown for moment in moments if not moment.is_left_out)
    if not times or told > times[-1]:
        return told
    return times[-1] + max(1, (times[-1] - times[0]) // max(1, len(times) - 1))


def _first_frame(path: Path) -> tuple[int, int, str]:
    """Width and height as they are seen, and how its pixels are kept."""
    with opened(path) as (container, stream):
        for frame in container.decode(stream):
            return *clip_frames.shown_size(frame, stream), frame.format.name
        raise Unreadable("no frame of the clip can be decoded")


def _packets(container: InputContainer, stream: VideoStream) -> Iterator[Packet]:
    """Every packet that holds a picture, in the order of decoding; at the end, whether all have come."""
    count, end = 0, 0
    for packet in container.demux(stream):
        if packet.size == 0:
            continue
        if packet.is_corrupt:
            raise Unreadable("the clip is damaged")
        count += 1
        end = max(end, (packet.pts or 0) + (packet.duration or 0))
        yield packet
    # an edit list may leave out samples of the table, which are then not read; what it shows is as long as it says
    whole = count >= stream.frames or end - (stream.start_time or 0) >= (stream.duration or 0) > 0
    if not count or not whole:
        raise Unreadable("the clip ends too early")


def _codec(decoder: str) -> str:
    """The name of a codec by that of its decoder: "libdav1d" reads AV1, "libvpx-vp9" VP9."""
    return {"libdav1d": "av1", "libaom-av1": "av1", "libvpx-vp9": "vp9", "libvpx": "vp8"}.get(
        decoder, decoder
    )


def kind_of(container: InputContainer) -> str:
    """What a file with such content is to be called."""
    if "matroska" in container.format.name:
        codecs = {_codec(each.codec_context.name) for each in container.streams.video}
        return "webm" if codecs <= {"vp8", "vp9", "av1"} else "mkv"
    return "mov" if container.metadata.get("major_brand", "qt  ").startswith("qt") else "mp4"


def _is_fragmented(path: Path) -> bool:
    """Whether an MP4 comes in pieces (ISO/IEC 14496-12, 8.8), each of which says its own times."""
    with path.open("rb") as file:
        return b"moof" in _boxes(file, path.stat().st_size)


def _boxes(file: IO[bytes], end: int) -> Iterator[bytes]:
    """The name of each box on the uppermost level; of a file of another kind, nothing that matters."""
    place = 0
    while place + 8 <= end:
        file.seek(place)
        size, name = struct.unpack(">I4s", file.read(8))
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8).ljust(8, b"\0"))
        if size < 8:
            return  # 0: it goes on to the end
        yield name
        place += size


@contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The container and its film; a cover is no film.

    Raises:
        Unreadable: damaged, of another type, or without pictures; also for what fails inside the block.
        OSError: the machine's fault: a full disk, no memory.
    """
    try:
        with av.open(str(path), container_options={"format_whitelist": _CONTAINERS}) as container:
            films = [
                stream
                for stream in container.streams.video
                if not stream.disposition & Disposition.attached_pic
            ]
            if not films:
                raise Unreadable("the file holds no video")
            if not _has_decoder(films[0]):
                raise Unreadable("no decoder here knows how the clip is encoded")
            films[0].codec_context.thread_count = 2
            yield container, films[0]
    except (av.FFmpegError, StopIteration, ValueError) as exc:
        if isinstance(exc, Unreadable):
            raise
        if isinstance(exc, av.FFmpegError) and exc.errno in _NOT_ITS_FAULT:
            raise OSError(exc.errno, os.strerror(exc.errno)) from exc
        raise Unreadable("the clip is damaged or of another type") from exc


def _has_decoder(stream: Stream) -> bool:
    return stream.codec_context is not None  # whatever its stub says


def sounds(container: InputContainer) -> list[AudioStream]:
    """The sounds of a clip that can be heard here."""
    return [stream for stream in container.streams.audio if _has_decoder(stream)]
