"""Pictures of a clip: its poster, its exact last frame, a filmstrip, and any one frame by its number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from studio.integrations.media import clip_frames, clips
from studio.integrations.media.clips import Facts, Unreadable, opened

TILES = 12
TILE_HEIGHT = 90  # px


@dataclass(frozen=True)
class Pictures:
    poster: Image.Image  # the first frame
    last: Image.Image  # the exact last frame
    filmstrip: Image.Image  # TILES tiles side by side


def make(path: Path, facts: Facts) -> Pictures:
    """The poster, the exact last frame and a filmstrip.

    Keyframes alone are decoded for the tiles (up to a second off); where there are too few,
    everything is decoded once.

    Raises:
        Unreadable: nothing can be decoded.
    """
    times = [float(facts.seconds) * (index + 0.5) / TILES for index in range(TILES)]
    if len(facts.keyframes) < TILES / 2 or facts.keyframes[0]:  # too few, or they do not begin it
        return _from_every_frame(path, facts, times)
    nearest = [
        min(range(len(facts.keyframes)), key=lambda number: abs(facts.keyframes[number] - time))
        for time in times
    ]
    poster, keyframes = _keyframes(path, facts, {0, *nearest})
    tiles = [min(keyframes, key=lambda shot: abs(shot[0] - time))[1] for time in times]
    return Pictures(poster=poster, last=frame_at(path, facts.frames - 1), filmstrip=_strip(tiles))


def frame_at(path: Path, number: int) -> Image.Image:
    """Exactly the frame with this number, as the player shows it: 0 is the first that is shown.

    Every packet is read for its time, and what lies between the keyframe before and the frame is decoded.

    Raises:
        Unreadable: damaged, of another type, or the clip has no such frame.
    """
    with opened(path) as (container, stream):
        index = clips.read_index(container, stream)
        shown = sorted(moment.shown for moment in index.shown)
        if not 0 <= number < len(shown):
            raise Unreadable(f"the clip has {len(shown)} frames, numbered from 0: there is no frame {number}")
        wanted = shown[number]
        earlier = number - shown.index(wanted)  # frames that are told to be shown at the same time
        # a frame shown before a keyframe may need the group before it, even where it is stored behind
        keys = [moment for moment in index.moments if moment.is_key and moment.shown <= wanted]
        if not keys:
            raise Unreadable("the clip does not begin with a keyframe")
        start = max(keys, key=lambda moment: moment.shown).decoded
        container.seek(start, stream=stream)
        found = _at(container.decode(stream), wanted, earlier)
        if found:
            return clip_frames.picture(found, container, stream)
    with opened(path) as (container, stream):  # where seeking leads elsewhere, all of it is read
        found = _at(container.decode(stream), wanted, earlier)
        if found:
            return clip_frames.picture(found, container, stream)
        raise Unreadable(f"frame {number} of the clip cannot be decoded")


def _at(frames: Iterable[VideoFrame], shown: int, earlier: int) -> VideoFrame | None:
    there = (frame for frame in frames if frame.pts == shown and not frame.is_corrupt)
    return next(islice(there, earlier, None), None)


def _keyframes(
    path: Path, facts: Facts, wanted: set[int]
) -> tuple[Image.Image, list[tuple[float, Image.Image]]]:
    """The first picture, then time and a small picture of each keyframe that is wanted."""
    poster, small = None, []
    with opened(path) as (container, stream):
        for frame in _decoded(container, stream, wanted):
            poster = poster or clip_frames.picture(frame, container, stream)
            small.append((_seconds(frame, facts), _small(frame, container, stream)))
    if poster is None:
        raise Unreadable("no frame of the clip can be decoded")
    return poster, small


def _decoded(container: InputContainer, stream: VideoStream, wanted: set[int]) -> Iterator[VideoFrame]:
    number = 0
    for packet in container.demux(stream):
        if packet.size == 0:
            yield from packet.decode()  # the end: what the decoder still holds
        elif packet.is_keyframe and not packet.is_discard:
            if number in wanted:
                yield from packet.decode()
            number += 1


def _from_every_frame(path: Path, facts: Facts, times: list[float]) -> Pictures:
    """Decode from the first frame to the last; a tile is the frame that is shown at its time."""
    poster, last = None, None
    tiles: list[Image.Image] = []
    with opened(path) as (container, stream):
        for frame in container.decode(stream):
            poster = poster or clip_frames.picture(frame, container, stream)
            while last and len(tiles) < len(times) and _seconds(frame, facts) > times[len(tiles)]:
                tiles.append(_small(last, container, stream))
            last = frame
        if poster is None or last is None:
            raise Unreadable("no frame of the clip can be decoded")
        tiles += [_small(last, container, stream)] * (len(times) - len(tiles))
        return Pictures(
            poster=poster, last=clip_frames.picture(last, container, stream), filmstrip=_strip(tiles)
        )


def _seconds(frame: VideoFrame, facts: Facts) -> float:
    """When it is shown, in seconds after the first frame."""
    return (frame.time or 0.0) - float(facts.frame_list.begins)


def _small(frame: VideoFrame, container: InputContainer, stream: VideoStream) -> Image.Image:
    return clip_frames.picture(frame, container, stream, lines=TILE_HEIGHT)


def _strip(tiles: list[Image.Image]) -> Image.Image:
    width = tiles[0].width
    strip = Image.new("RGB", (width * len(tiles), TILE_HEIGHT))
    for index, tile in enumerate(tiles):
        strip.paste(tile, (index * width, 0))
    return strip
