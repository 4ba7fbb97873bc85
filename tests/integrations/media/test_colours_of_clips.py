"""Frames and posters have the colours that the player shows; what a file does not say is guessed as browsers do."""

from fractions import Fraction

import av
import pytest
from PIL import Image

from studio.integrations.media import clip_copies, clip_pictures, clips

HD, SD = (255, 23, 0), (253, 0, 0)  # what Y 81, U 90, V 240 is read as by BT.709 and by BT.601

# as Chromium 156 showed them on a canvas: file, size, whether it says BT.709, colour
SEEN = [
    ("720.mp4", (1280, 720), False, HD),
    ("720-said.mp4", (1280, 720), True, HD),
    ("upright.mp4", (720, 1280), False, HD),
    ("wide.mp4", (1584, 672), False, SD),
    ("wide-said.mp4", (1584, 672), True, HD),
    ("small.mp4", (640, 360), False, SD),
    ("720.webm", (1280, 720), False, SD),
    ("720-said.webm", (1280, 720), True, HD),
]


def write(path, size, *, says):
    codec = "libvpx-vp9" if path.suffix == ".webm" else "libx264"
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=24, options={"bf": "0"} if codec == "libx264" else {})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        if says:
            context = stream.codec_context
            context.color_range = context.colorspace = context.color_primaries = context.color_trc = 1
        for number in range(3):
            frame = av.VideoFrame(*size, "yuv420p")
            for plane, value in zip(frame.planes, (81, 90, 240), strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            frame.pts, frame.time_base = number, Fraction(1, 24)
            if says:
                frame.color_range = frame.colorspace = 1
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def far(image, colour):
    return max(abs(a - b) for a, b in zip(image.getpixel((9, 9)), colour, strict=True))


@pytest.mark.parametrize(("name", "size", "says", "colour"), SEEN)
def test_a_frame_has_the_colour_that_the_player_shows(tmp_path, name, size, says, colour):
    clip = write(tmp_path / name, size, says=says)
    made = clip_pictures.make(clip, clips.probe(clip))

    for image in (clip_pictures.frame_at(clip, 1), made.poster, made.last, made.filmstrip):
        assert far(image, colour) <= 2


@pytest.mark.parametrize("size", [(1280, 720), (640, 360)])
def test_a_clip_of_rgb_keeps_its_colour_in_the_review_copy(tmp_path, size):
    clip, copy = tmp_path / "rle.mov", tmp_path / "copy.mp4"
    with av.open(str(clip), "w") as out:
        stream = out.add_stream("qtrle", rate=24)
        (stream.width, stream.height), stream.pix_fmt = size, "rgb24"
        frame = av.VideoFrame.from_image(Image.new("RGB", size, (200, 30, 40)))
        frame.pts, frame.time_base = 0, Fraction(1, 24)
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    clip_copies.write_review_copy(clip, copy, clips.probe(clip))

    assert far(clip_pictures.frame_at(clip, 0), (200, 30, 40)) == 0
    assert far(clip_pictures.frame_at(copy, 0), (200, 30, 40)) <= 4
    with av.open(str(copy)) as container:
        assert container.streams.video[0].codec_context.colorspace == 1


@pytest.mark.parametrize(("name", "size", "says", "colour"), SEEN)
def test_a_review_copy_says_what_its_source_is_taken_for(tmp_path, name, size, says, colour):
    clip, copy = write(tmp_path / name, size, says=says), tmp_path / "copy.mp4"
    clip_copies.write_review_copy(clip, copy, clips.probe(clip))

    with av.open(str(copy)) as container:
        assert container.streams.video[0].codec_context.colorspace == (1 if colour == HD else 5)
    assert far(clip_pictures.frame_at(copy, 1), colour) <= 2
