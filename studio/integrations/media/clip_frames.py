"""A decoded frame of a clip as the player shows it: turned, with square pixels, in the colours that are meant."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from fractions import Fraction
from typing import cast

from av.buffer import Buffer
from av.container import InputContainer
from av.sidedata.sidedata import Type as SideData
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream
from PIL import Image

from studio.integrations.media import hdr
from studio.integrations.media.primaries import BY_NUMBER

Size = tuple[int, int]  # width and height, px

_SAYS_NOTHING = 2  # AVCOL_SPC_UNSPECIFIED
_HD = 720  # lines from which the colours of a clip that says nothing are those of HD
_BT2020 = 9  # AVCOL_PRI_BT2020
_TURNS = {
    (1, 0, 0, 1): None,
    (0, 1, -1, 0): Image.Transpose.ROTATE_270,
    (-1, 0, 0, -1): Image.Transpose.ROTATE_180,
    (0, -1, 1, 0): Image.Transpose.ROTATE_90,
    (-1, 0, 0, 1): Image.Transpose.FLIP_LEFT_RIGHT,
    (1, 0, 0, -1): Image.Transpose.FLIP_TOP_BOTTOM,
    (0, 1, 1, 0): Image.Transpose.TRANSPOSE,
    (0, -1, -1, 0): Image.Transpose.TRANSVERSE,
}  # by the signs of the matrix in a track's header (ISO/IEC 14496-12, 8.3.2)
_LYING = {
    Image.Transpose.ROTATE_90,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSPOSE,
    Image.Transpose.TRANSVERSE,
}


def turn_of(frame: VideoFrame) -> Image.Transpose | None:
    """How the container says that its pictures are to be turned or mirrored; by quarters alone."""
    told = cast(Mapping[SideData, Buffer], frame.side_data).get(SideData.DISPLAYMATRIX)
    if told is None:
        return None
    across, down, _, over, under, *_ = struct.unpack("9i", bytes(told)[:36])
    signs = tuple((each > 0) - (each < 0) for each in (across, down, over, under))
    return _TURNS.get(signs)


def shown_size(frame: VideoFrame, stream: VideoStream) -> Size:
    """Width and height as the player shows this frame: pixels made square, then turned."""
    width, height = square_size(frame, stream)
    return (height, width) if turn_of(frame) in _LYING else (width, height)


def square_size(frame: VideoFrame, stream: VideoStream) -> Size:
    """Width and height with square pixels, not turned yet: never fewer pixels than there are, as browsers do it."""
    ratio = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or Fraction(1)
    if ratio <= 0:
        return frame.width, frame.height
    if ratio >= 1:
        return max(1, round(frame.width * ratio)), frame.height
    return frame.width, max(1, round(frame.height / ratio))


def picture(
    frame: VideoFrame, container: InputContainer, stream: VideoStream, *, lines: int = 0
) -> Image.Image:
    """The frame as the player shows it, RGB in sRGB; so many lines high, or as high as it is."""
    width, height = square_size(frame, stream)
    turn = turn_of(frame)
    if lines:
        scale = lines / (width if turn in _LYING else height)
        width, height = max(2, round(width * scale)), max(2, round(height * scale))
    image = frame.to_image(src_colorspace=matrix(frame, container), width=width, height=height)
    if is_hdr(frame):
        of = BY_NUMBER.get(int(frame.color_primaries), BY_NUMBER[_BT2020])
        image = hdr.to_srgb(image, hdr.Transfer(frame.color_trc), of)
    return image if turn is None else image.transpose(turn)


def is_hdr(frame: VideoFrame) -> bool:
    """Whether its values are those of PQ or HLG, which a screen does not show as they are."""
    return frame.color_trc in set(hdr.Transfer)


def matrix(frame: VideoFrame, container: InputContainer) -> Colorspace | None:
    """How its colours are to be read; None as the file says, else as a browser guesses (Chromium 156)."""
    if frame.colorspace != _SAYS_NOTHING:
        return None
    tall = frame.height >= _HD and "matroska" not in container.format.name
    return Colorspace.ITU709 if tall else Colorspace.ITU601
