"""A frame taken out of a clip is the one with that number: what the player shows at (n + 0.5) / fps."""

import random
from fractions import Fraction

import av
import pytest

from studio.integrations.media import clip_pictures, clips
from tests import numbered

FRAMES = 110
NO_SCENES = "scenecut=0:keyint=24:min-keyint=24"
VP9 = {"deadline": "realtime", "cpu-used": "8", "g": "30"}

# name: codec, rate, options, number of the first frame's time
CLIPS = {
    "as-x264-does-it.mp4": ("libx264", "24", {}, 0),
    "long-group.mp4": ("libx264", "24", {"g": "250", "bf": "3"}, 0),
    "open-groups.mp4": ("libx264", "24", {"x264-params": f"open-gop=1:bframes=3:b-adapt=0:{NO_SCENES}"}, 0),
    "pyramids.mp4": ("libx264", "30", {"x264-params": "bframes=8:b-pyramid=normal:b-adapt=0:keyint=40"}, 0),
    "two-frame-groups.mp4": ("libx264", "24", {"g": "2", "bf": "1"}, 0),
    "refreshed-in-columns.mp4": ("libx264", "24", {"x264-params": "intra-refresh=1:keyint=50"}, 0),
    "ntsc.mov": ("libx264", "24000/1001", {}, 0),
    "late.mp4": ("libx264", "25", {}, 36),
    "keyframes-alone.mov": ("prores_ks", "24", {}, 0),
    "open-groups.mov": ("mpeg2video", "24", {"g": "15", "bf": "2", "b": "4M"}, 0),
    "hevc.mp4": ("libx265", "24", {"x265-params": "open-gop=1:keyint=24:bframes=4:log-level=none"}, 0),
    "vp9.webm": ("libvpx-vp9", "24000/1001", VP9, 0),
    "hidden-frames.webm": (
        "libvpx-vp9",
        "30000/1001",
        {"cpu-used": "5", "g": "60", "auto-alt-ref": "1", "lag-in-frames": "25"},
        0,
    ),
    "late.webm": ("libvpx-vp9", "24", VP9, 36),
}


def write(path, codec, rate, options, first, frames=FRAMES):
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=Fraction(rate), options=options)
        stream.width, stream.height = numbered.WIDTH, numbered.HEIGHT
        stream.pix_fmt = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
        for number in range(frames):
            frame = av.VideoFrame.from_image(numbered.picture(number))
            frame.pts, frame.time_base = number + first, 1 / Fraction(rate)
            for packet in stream.encode(frame):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
    return path


def number(image):
    """The number on a picture; -1 where it is not legible."""
    bits = [
        (image.getpixel((index * 26 + 13, 30))[1] > 127, image.getpixel((index * 26 + 13, 90))[1] > 127)
        for index in range(numbered.BITS)
    ]
    if any(bit == inverted for bit, inverted in bits):
        return -1
    return int("".join(str(int(bit)) for bit, _ in bits), 2)


@pytest.fixture(scope="module", params=CLIPS)
def clip(request, tmp_path_factory):
    return write(tmp_path_factory.mktemp("clips") / request.param, *CLIPS[request.param])


def test_a_frame_is_the_one_that_decoding_from_the_start_gives(clip):
    with av.open(str(clip)) as container:
        shown = [number(frame.to_image()) for frame in container.decode(video=0)]
    assert shown == list(range(FRAMES))
    for index in [0, FRAMES - 1, *random.Random(7).sample(range(FRAMES), 40)]:
        image = clip_pictures.frame_at(clip, index)
        assert (number(image), image.mode) == (index, "RGB")


def test_a_frame_is_what_is_shown_in_the_middle_of_its_time(clip):
    facts = clips.probe(clip)
    with av.open(str(clip)) as container:
        times = [frame.time for frame in container.decode(video=0)]
    for index in range(0, facts.frames, 17):
        moment = times[0] + float((index + Fraction(1, 2)) / facts.fps)
        on_screen = max(place for place, time in enumerate(times) if time <= moment)
        assert number(clip_pictures.frame_at(clip, index)) == on_screen == index


@pytest.mark.parametrize("index", [-1, FRAMES, 10_000])
def test_a_frame_that_the_clip_does_not_have_is_refused(clip, index):
    with pytest.raises(clips.Unreadable, match=f"no frame {index}"):
        clip_pictures.frame_at(clip, index)


def test_a_clip_that_leaves_a_gap_counts_the_frames_it_has(tmp_path):
    """Numbers follow the frames that are shown, as in the facts of the clip."""
    path = tmp_path / "gap.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = numbered.WIDTH, numbered.HEIGHT, "yuv420p"
        for place in [*range(20), *range(40, 60)]:
            frame = av.VideoFrame.from_image(numbered.picture(place))
            frame.pts, frame.time_base = place, Fraction(1, 24)
            for packet in stream.encode(frame):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
    assert clips.probe(path).frames == 40
    assert [number(clip_pictures.frame_at(path, index)) for index in (19, 20, 39)] == [19, 40, 59]


@pytest.mark.parametrize("part", [0, 0.2, 0.6, 0.95])
def test_a_clip_that_ends_too_early_gives_no_frame(tmp_path, part):
    whole = tmp_path / "whole.mp4"
    numbered.write(whole, fps=24, frames=60)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * part)])
    with pytest.raises(clips.Unreadable):
        clip_pictures.frame_at(cut, 3)


def test_a_clip_whose_pictures_are_noise_gives_no_wrong_frame(tmp_path):
    whole = tmp_path / "whole.mp4"
    numbered.write(whole, fps=24, frames=60)
    content = bytearray(whole.read_bytes())
    start = content.index(b"mdat") + 2000
    content[start:] = random.Random(3).randbytes(len(content) - start)
    whole.write_bytes(content)
    with pytest.raises(clips.Unreadable):
        clip_pictures.frame_at(whole, 50)


def test_another_kind_of_file_gives_no_frame(tmp_path):
    page = tmp_path / "page.mp4"
    page.write_text("<html>not found</html>")
    with pytest.raises(clips.Unreadable):
        clip_pictures.frame_at(page, 0)
