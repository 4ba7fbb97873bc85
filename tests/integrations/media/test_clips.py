"""What a clip really is, its pictures, and a copy that seeks fast."""

from fractions import Fraction

import av
import pytest
from PIL import Image

from studio.integrations.media import clip_copies, clip_pictures, clips


@pytest.fixture
def clip(tmp_path):
    """A clip whose frame n is n grey levels bright: `clip(gop=48, frames=60)`."""

    def clip(name="clip.mp4", *, codec="libx264", gop=48, bframes=2, frames=60, rate=Fraction(24)):
        path = tmp_path / name
        options = (
            {"g": str(gop), "bf": str(bframes), "sc_threshold": "0"}
            if codec == "libx264"
            else {"g": str(gop)}
        )
        with av.open(str(path), "w") as out:
            stream = out.add_stream(codec, rate=rate, options=options)
            stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
            for index in range(frames):
                frame = av.VideoFrame.from_image(Image.new("RGB", (320, 180), (index * 4,) * 3))
                for packet in stream.encode(frame):
                    out.mux(packet)
            for packet in stream.encode():
                out.mux(packet)
        return path

    return clip


def level(image):
    return image.convert("L").getpixel((160, 90))


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001), Fraction(25)])
def test_frames_and_rate_are_the_files_own(clip, rate):
    facts = clips.probe(clip(rate=rate))
    assert (facts.frames, facts.fps, facts.width, facts.height) == (60, rate, 320, 180)


def test_the_last_frame_is_the_exact_last(clip):
    path = clip()
    made = clip_pictures.make(path, clips.probe(path))
    assert abs(level(made.last) - 59 * 4) <= 3
    assert level(made.poster) <= 3
    assert made.filmstrip.size == (160 * clip_pictures.TILES, clip_pictures.TILE_HEIGHT)


def test_tiles_are_exact_where_keyframes_are_few(clip):
    path = clip(gop=250)
    strip = clip_pictures.make(path, clips.probe(path)).filmstrip
    levels = [strip.convert("L").getpixel((160 * n + 80, 45)) for n in range(clip_pictures.TILES)]
    assert levels == sorted(levels) and len(set(levels)) == clip_pictures.TILES


@pytest.mark.parametrize(
    ("options", "slow"),
    [
        ({"gop": 12, "bframes": 0}, False),
        ({"gop": 48, "bframes": 0}, True),
        ({"gop": 12, "bframes": 2}, True),
    ],
)
def test_a_long_gop_or_b_frames_seek_slowly(clip, options, slow):
    assert clips.probe(clip(**options)).seeks_slowly is slow


def test_a_review_copy_has_every_frame_in_order_and_seeks_fast(clip, tmp_path):
    source, copy = clip(rate=Fraction(30000, 1001)), tmp_path / "copy.mp4"
    clip_copies.write_review_copy(source, copy, clips.probe(source))
    before, after = clips.probe(source), clips.probe(copy)
    assert (after.frames, after.fps, after.seeks_slowly) == (before.frames, before.fps, False)
    with av.open(str(copy)) as container:
        levels = [level(frame.to_image()) for frame in container.decode(video=0)]
    assert all(abs(seen - index * 4) <= 4 for index, seen in enumerate(levels))


@pytest.mark.parametrize("keep", [0, 100, 2000])
def test_a_truncated_file_is_unreadable(clip, tmp_path, keep):
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip().read_bytes()[:keep])
    with pytest.raises(clips.Unreadable):
        clips.probe(cut)


def test_html_is_unreadable(tmp_path):
    page = tmp_path / "page.mp4"
    page.write_text("<html>not found</html>")
    with pytest.raises(clips.Unreadable):
        clips.probe(page)
