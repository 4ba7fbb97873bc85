"""Copies of a clip: one that every browser shows exactly, and one without anything written beside the pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.codec.codec import UnknownCodecError
from av.container import InputContainer, OutputContainer
from av.filter import Graph
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from PIL import Image

from studio.integrations.media import clip_frames, clips
from studio.integrations.media.clips import Facts, Unreadable, opened
from studio.integrations.media.frame_list import TooLong

REVIEW_GOP = 12
_AS_A_FILE_SAYS = {Colorspace.ITU709: 1, Colorspace.ITU601: 5}  # AVCOL_SPC_BT709, AVCOL_SPC_BT470BG
_TURNED = {
    Image.Transpose.ROTATE_90: [("transpose", "cclock")],
    Image.Transpose.ROTATE_270: [("transpose", "clock")],
    Image.Transpose.ROTATE_180: [("hflip", ""), ("vflip", "")],
    Image.Transpose.FLIP_LEFT_RIGHT: [("hflip", "")],
    Image.Transpose.FLIP_TOP_BOTTOM: [("vflip", "")],
    Image.Transpose.TRANSPOSE: [("transpose", "cclock_flip")],
    Image.Transpose.TRANSVERSE: [("transpose", "clock_flip")],
}  # what turns a film as `transpose` does a picture
_SEI = {"h264": "6", "hevc": "39-40"}  # types of unit (ITU-T H.264, table 7-1; H.265, table 7-1)
_SOUND_RATE = 48_000  # samples a second, of sound that is encoded again
_SOUND_IN_MP4 = {"aac", "mp3", "mp3float"}  # carried over as it is


def write_review_copy(source: Path, target: Path, facts: Facts) -> None:
    """An MP4 at constant rate that begins at zero, upright, with square pixels, a short GOP and no B-frames.

    Frame N of the source is frame `facts.frame_list.in_copy()[N]` of it; sound goes along.

    Raises:
        Unreadable: the source cannot be decoded to its end, or would make an endless copy.
    """
    options = {"preset": "veryfast", "crf": "18", "g": str(REVIEW_GOP), "bf": "0", "sc_threshold": "0"}
    rate = facts.frame_list.rate
    with (
        opened(source) as (container, stream),
        av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as out,
    ):
        copy = _encoder(out, "libx264", "H.264", rate=rate, options=options)
        copy.width, copy.height = facts.width + facts.width % 2, facts.height + facts.height % 2
        copy.pix_fmt = "yuv420p"
        copy.codec_context.time_base = 1 / rate
        sound = Sound(container, out, begins=facts.frame_list.begins) if facts.has_sound else None
        film = _Film(stream, container, (copy.width, copy.height))
        for place, frame in _at_constant_rate(_frames(container, stream, sound), facts):
            ready = film.of(frame)
            if not place:
                _say_colours(copy, ready, container)
            ready.pts, ready.time_base, ready.pict_type = place, 1 / rate, PictureType.NONE
            out.mux(copy.encode(ready))
        out.mux(copy.encode(None))
        if sound:
            sound.end()


def write_bare_copy(source: Path, target: Path) -> bool:
    """The same pictures and the same sound in a new container: nothing that was written beside them goes along.

    Nothing is encoded again, unless an edit list hides, swaps or repeats what is stored. What a provider wrote into the file (a prompt, a seed, a manifest) stays behind.

    Returns whether it was encoded again.

    Raises:
        Unreadable: the source is damaged or of another type.
    """
    if _leaves_something_out(source):  # which a copy of all packets would bring back
        write_review_copy(source, target, clips.probe(source))
        return True
    with opened(source) as (container, stream):
        kind = {"mkv": "matroska"}.get(clips.kind_of(container), clips.kind_of(container))
        options = {} if kind in ("webm", "matroska") else {"movflags": "+faststart"}
        with av.open(str(target), "w", format=kind, options=options) as out:
            kept = [stream, *clips.sounds(container)]
            copies = {each.index: out.add_stream_from_template(each, opaque=True) for each in kept}
            for copy in copies.values():
                copy.metadata.clear()
            bare = _without_words(stream)
            for packet in container.demux(kept):
                mine = bare(packet) if packet.stream.index == stream.index else [packet]
                for each in mine:
                    if each.dts is not None:
                        each.stream = copies[packet.stream.index]
                        out.mux(each)
    return False


def _without_words(stream: VideoStream) -> Callable[[Packet], list[Packet]]:
    """What takes out of a film what may be written between its pictures: SEI of H.264 and H.265."""
    kinds = _SEI.get(stream.codec_context.name)
    if kinds is None:
        return lambda packet: [packet]
    unwritten = BitStreamFilterContext(f"filter_units=remove_types={kinds}", stream)
    return lambda packet: [each for each in unwritten.filter(packet) if each.size]


def _encoder(out: OutputContainer, name: str, called: str, **how: Any) -> Any:
    """A stream that is encoded so.

    Raises:
        Unreadable: this studio cannot; it is no fault of the clip.
    """
    try:
        return out.add_stream(name, **how)
    except UnknownCodecError as exc:
        raise Unreadable(
            f"this studio has no encoder for {called}, to make a copy that every browser plays"
        ) from exc


def _leaves_something_out(source: Path) -> bool:
    """Whether an edit list hides, swaps or repeats frames that are stored."""
    with opened(source) as (container, stream):
        moments = clips.read_index(container, stream).moments
        decoded = [moment.decoded for moment in moments]
        hidden = any(moment.is_left_out for moment in moments) or len(moments) < stream.frames
        return hidden or any(one >= other for one, other in pairwise(decoded))


class Sound:
    """The first sound of a clip on its way into a copy that begins where the film does."""

    def __init__(self, container: InputContainer, out: OutputContainer, *, begins: Fraction) -> None:
        self.source: AudioStream = clips.sounds(container)[0]
        self.out, self.begins = out, begins
        self.is_carried = self.source.codec_context.name in _SOUND_IN_MP4
        if self.is_carried:
            self.copy = out.add_stream_from_template(self.source)
            self.copy.metadata.clear()
        else:
            self.copy = _encoder(out, "aac", "AAC", rate=_SOUND_RATE)
            self.resampler = AudioResampler(format="fltp", layout="stereo", rate=_SOUND_RATE)

    def take(self, packet: Packet) -> None:
        """Carry on what this packet holds, but for what sounds before the film begins."""
        if not self.is_carried:
            for frame in packet.decode():
                self._encode(cast(AudioFrame, frame))
            return
        if packet.pts is None or packet.dts is None or packet.time_base is None:
            return
        early = round(self.begins / packet.time_base)
        packet.pts, packet.dts = packet.pts - early, packet.dts - early
        if packet.pts >= 0:
            packet.stream = self.copy
            self.out.mux(packet)

    def end(self) -> None:
        """Write what is still held back."""
        if not self.is_carried:
            self._encode(None)
            self.out.mux(self.copy.encode(None))

    def _encode(self, frame: AudioFrame | None) -> None:
        for piece in self.resampler.resample(frame):
            if piece.pts is not None and piece.time_base:
                piece.pts -= round(self.begins / piece.time_base)
                if piece.pts < 0:
                    continue
            self.out.mux(self.copy.encode(piece))


def _frames(container: InputContainer, stream: VideoStream, sound: Sound | None) -> Iterator[VideoFrame]:
    """Every frame as it is shown; what is heard between them goes to the copy at once."""
    for packet in container.demux([stream, sound.source] if sound else [stream]):
        if sound and packet.stream.index == sound.source.index:
            sound.take(packet)
        else:
            yield from cast(list[VideoFrame], packet.decode())


def _at_constant_rate(frames: Iterator[VideoFrame], facts: Facts) -> Iterator[tuple[int, VideoFrame]]:
    """Every frame of the copy with its number: each picture stands until the next one has its place.

    Raises:
        Unreadable: another number of frames can be decoded than are listed.
    """
    try:
        total = facts.frame_list.frames_of_copy()
    except TooLong as exc:
        raise Unreadable("a copy of the clip would be over an hour long") from exc
    places = [*facts.frame_list.in_copy(), total]
    decoded = 0
    for frame in frames:
        if decoded < facts.frames:
            for place in range(places[decoded], places[decoded + 1]):
                yield place, frame
        decoded += 1
    if decoded != facts.frames:
        raise Unreadable(f"{decoded} frames can be decoded of {facts.frames}")


class _Film:
    """Makes of every frame one of plain film: upright, with square pixels, of this size, in 8 bits."""

    def __init__(self, stream: VideoStream, container: InputContainer, size: clip_frames.Size) -> None:
        self.stream, self.container, self.size = stream, container, size
        self.graph: Graph | None = None

    def of(self, frame: VideoFrame) -> VideoFrame:
        if clip_frames.is_hdr(frame) or frame.format.is_rgb:
            return self._of_picture(frame)
        turn = clip_frames.turn_of(frame)
        film = self._turned(frame, _TURNED[turn]) if turn in _TURNED else frame
        if (film.width, film.height) == self.size and film.format.name == "yuv420p":
            return film
        return film.reformat(width=self.size[0], height=self.size[1], format="yuv420p")

    def _of_picture(self, frame: VideoFrame) -> VideoFrame:
        """A frame that is kept as RGB, or whose values a screen does not show, becomes one of HD."""
        image = clip_frames.picture(frame, self.container, self.stream)
        film = VideoFrame.from_image(image).reformat(
            width=self.size[0],
            height=self.size[1],
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )
        film.colorspace, film.color_range = _AS_A_FILE_SAYS[Colorspace.ITU709], ColorRange.MPEG
        return film

    def _turned(self, frame: VideoFrame, filters: list[tuple[str, str]]) -> VideoFrame:
        if self.graph is None:
            self.graph = Graph()
            last = self.graph.add_buffer(template=self.stream)
            for name, how in filters:
                step = self.graph.add(name, how)
                last.link_to(step)
                last = step
            last.link_to(self.graph.add("buffersink"))
            self.graph.configure()
        self.graph.vpush(frame)
        return self.graph.vpull()


def _say_colours(copy: VideoStream, frame: VideoFrame, container: InputContainer) -> None:
    """Have the copy say how its colours are to be read, as its source does or is taken to."""
    context = copy.codec_context
    guessed = clip_frames.matrix(frame, container)
    context.colorspace = frame.colorspace if guessed is None else _AS_A_FILE_SAYS[guessed]
    context.color_range = frame.color_range
    context.color_primaries, context.color_trc = frame.color_primaries, frame.color_trc
