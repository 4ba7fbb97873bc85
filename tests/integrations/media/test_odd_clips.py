"""Clips whose containers are out of the ordinary: number, picture, filmstrip and copy name the same frame."""

import struct
from fractions import Fraction
from pathlib import Path

import av
import pytest

from studio.integrations.media import clip_copies, clip_pictures, clips
from tests import numbered
from tests.integrations.media.files import write_heard
from tests.integrations.media.test_frames_of_clips import number

CASES = Path(__file__).parents[2] / "cases" / "media"

# file: frames, rate, size, whether a browser shows every frame of it as it is
ODD = {
    "10-firefox-media-time/16-timecode.mov": (96, "24", (320, 180), True),
    "11-clips-that-begin-after-zero/13-fragmented.mp4": (96, "24", (320, 180), False),
    "11-clips-that-begin-after-zero/17-start-half.mp4": (96, "24", (320, 180), False),
    "11-clips-that-begin-after-zero/30-b-no-editlist.mp4": (96, "24", (320, 180), False),
    "14-turned-and-stretched-clips/02-rotate90.mp4": (96, "24", (180, 320), True),
    "14-turned-and-stretched-clips/02b-rotate180-nob.mp4": (96, "24", (320, 180), True),
    "14-turned-and-stretched-clips/15b-sar-slow.mp4": (48, "24", (640, 180), True),
    "27-clips-with-sound/01-audio-moov-end.mp4": (96, "24", (320, 180), True),
    "28-av1-for-guests/20-av1.mp4": (48, "24", (320, 180), False),
    "29-containers-that-should-hold/09-noduration.webm": (96, "24", (320, 180), False),
    "29-containers-that-should-hold/10-23976.webm": (96, "24000/1001", (320, 180), False),
    "29-containers-that-should-hold/11-vfr.mp4": (96, "24", (320, 180), False),
    "29-containers-that-should-hold/12-oneframe.mp4": (1, "24", (320, 180), True),
    "29-containers-that-should-hold/12b-oneframe.webm": (1, "24", (320, 180), False),
    "29-containers-that-should-hold/14-coverart-first.mp4": (96, "24", (320, 180), True),
    "29-containers-that-should-hold/14b-coverart-second.mp4": (96, "24", (320, 180), True),
    "29-containers-that-should-hold/18-interlaced.mp4": (48, "24", (320, 180), True),
    "29-containers-that-should-hold/19-alpha.webm": (48, "24", (320, 180), True),
    "29-containers-that-should-hold/21-5994.mp4": (96, "60000/1001", (320, 180), True),
    "33-clips-of-odd-size-or-kind/05-h264-10bit.mp4": (48, "24", (320, 180), False),
    "33-clips-of-odd-size-or-kind/06-h264-444.mp4": (48, "24", (320, 180), False),
    "33-clips-of-odd-size-or-kind/08-prores4444-odd.mov": (48, "24", (321, 181), False),
}
TURNED = {"02-rotate90.mp4": -90, "02b-rotate180-nob.mp4": 180}


def remuxed(source, target, *, change=lambda packet: None, **options):
    """The packets of a clip in a new container, each of them changed."""
    with av.open(str(source)) as clip, av.open(str(target), "w", options=options) as out:
        copy = out.add_stream_from_template(clip.streams.video[0])
        for packet in clip.demux(video=0):
            if packet.dts is not None:
                change(packet)
                packet.stream = copy
                out.mux(packet)
    return target


def shifted(frames):
    def change(packet):
        ticks = int(Fraction(frames, 24) / packet.time_base)
        packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks

    return change


@pytest.fixture(params=ODD)
def clip(request):
    return CASES / request.param, *ODD[request.param]


def read(image, name):
    """The number on a picture, laid back as it is stored."""
    image = image.rotate(TURNED.get(name, 0), expand=True)
    return number(image.resize((numbered.WIDTH, numbered.HEIGHT)))


def test_what_the_container_holds_is_listed(clip):
    path, frames, rate, size, plays = clip
    facts = clips.probe(path)
    found = (facts.frames, facts.fps, (facts.width, facts.height), facts.plays_exactly)
    assert found == (frames, Fraction(rate), size, plays)


def test_number_poster_last_frame_and_copy_agree(clip, tmp_path):
    path, frames, _, size, _ = clip
    facts, copy = clips.probe(path), tmp_path / "copy.mp4"
    made = clip_pictures.make(path, facts)
    clip_copies.write_review_copy(path, copy, facts)
    copied = clips.probe(copy)
    assert copied.plays_exactly and not copied.seeks_slowly
    assert copied.frames == facts.frame_list.frames_of_copy()
    assert made.poster.size == made.last.size == size
    places = facts.frame_list.in_copy()
    seen = []
    for index in sorted({0, 1 % frames, frames // 3, frames - 1}):
        image = read(clip_pictures.frame_at(path, index), path.name)
        assert image == read(clip_pictures.frame_at(copy, places[index]), path.name)
        seen.append(image)
    assert seen == sorted(set(seen)) and seen[0] == 0
    assert read(made.poster, path.name) == 0
    assert read(made.last, path.name) == seen[-1]


def test_a_tile_of_the_filmstrip_is_the_frame_shown_at_its_time(tmp_path):
    for name in (
        "11-clips-that-begin-after-zero/17-start-half.mp4",
        "29-containers-that-should-hold/11-vfr.mp4",
    ):
        path = CASES / name
        facts = clips.probe(path)
        strip = clip_pictures.make(path, facts).filmstrip
        width = strip.width // clip_pictures.TILES
        for tile in range(clip_pictures.TILES):
            image = strip.crop((tile * width, 0, (tile + 1) * width, strip.height))
            shown = facts.frame_list.at(float(facts.seconds) * (tile + 0.5) / clip_pictures.TILES)
            wanted = number(clip_pictures.frame_at(path, shown))
            assert abs(number(image.resize((numbered.WIDTH, numbered.HEIGHT))) - wanted) <= 12, (name, tile)


def test_an_edit_list_in_the_middle_of_a_group_leaves_out_what_comes_before(tmp_path):
    """The frames before are stored, and needed to decode the others, but nobody sees them."""
    whole = tmp_path / "whole.mp4"
    numbered.write(whole, fps=24, frames=96, options={"g": "24", "bf": "2"})
    path = remuxed(whole, tmp_path / "cut.mp4", change=shifted(-10), avoid_negative_ts="disabled")
    facts = clips.probe(path)
    assert (facts.frames, facts.plays_exactly) == (86, False)
    assert [number(clip_pictures.frame_at(path, index)) for index in (0, 1, 30, 85)] == [10, 11, 40, 95]
    made = clip_pictures.make(path, facts)
    assert (number(made.poster), number(made.last)) == (10, 95)
    copy = tmp_path / "copy.mp4"
    clip_copies.write_review_copy(path, copy, facts)
    assert [number(clip_pictures.frame_at(copy, index)) for index in (0, 1, 30, 85)] == [10, 11, 40, 95]


def test_a_gap_stands_in_the_copy_as_long_as_in_the_file(tmp_path):
    whole, path, copy = (tmp_path / name for name in ("whole.mp4", "gap.mp4", "copy.mp4"))
    numbered.write(whole, fps=24, frames=48, options={"bf": "0"})

    def later(packet):
        if packet.pts * packet.time_base >= 1:
            shifted(36)(packet)

    facts = clips.probe(remuxed(whole, path, change=later))
    assert (facts.frames, facts.fps, facts.seconds) == (48, 24, Fraction(84, 24))
    assert facts.frame_list.in_copy() == (*range(24), *range(60, 84))
    clip_copies.write_review_copy(path, copy, facts)
    shown = [number(clip_pictures.frame_at(copy, index)) for index in (0, 23, 24, 59, 60, 83)]
    assert shown == [0, 23, 23, 23, 24, 47]


def test_times_that_only_tremble_are_a_constant_rate(tmp_path):
    whole, path = tmp_path / "whole.mp4", tmp_path / "jitter.mp4"
    numbered.write(whole, fps=30, frames=60, options={"bf": "0"})
    beat = iter([0, 5, -5, 7, -7, 3] * 20)

    def tremble(packet):
        late = next(beat)
        packet.pts, packet.dts = packet.pts + late, packet.dts + late

    facts = clips.probe(remuxed(whole, path, change=tremble))
    assert (facts.frames, facts.fps, facts.frame_list.is_constant) == (60, 30, True)


@pytest.mark.parametrize("codec", ["aac", "libopus"])
def test_sound_goes_along_into_every_copy(tmp_path, codec):
    silent, path = tmp_path / "silent.mp4", tmp_path / "sound.mp4"
    numbered.write(silent, fps=24, frames=48)
    with av.open(str(silent)) as clip, av.open(str(path), "w") as out:
        film = out.add_stream_from_template(clip.streams.video[0])
        sound = out.add_stream(codec, rate=48_000, layout="stereo")
        for packet in clip.demux(video=0):
            if packet.dts is not None:
                packet.stream = film
                out.mux(packet)
        for number_ in range(94):
            frame = av.AudioFrame(format="fltp" if codec == "aac" else "s16", layout="stereo", samples=1024)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate, frame.pts, frame.time_base = 48_000, number_ * 1024, Fraction(1, 48_000)
            out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    facts = clips.probe(path)
    assert facts.has_sound
    review, bare = tmp_path / "review.mp4", tmp_path / "bare.mp4"
    clip_copies.write_review_copy(path, review, facts)
    clip_copies.write_bare_copy(path, bare)
    for copy in (review, bare):
        with av.open(str(copy)) as container:
            (heard,) = container.streams.audio
            assert float(heard.duration * heard.time_base) == pytest.approx(2.0, abs=0.06)
        assert clips.probe(copy).frames == 48
    with av.open(str(review)) as container:
        assert container.streams.audio[0].codec_context.name == "aac"


def test_a_copy_begins_its_sound_where_its_film_begins(tmp_path):
    """A film that begins half a second late is heard from there on."""
    path, copy = tmp_path / "late.mp4", tmp_path / "copy.mp4"
    source = CASES / "27-clips-with-sound" / "01-audio-moov-end.mp4"
    with av.open(str(source)) as clip, av.open(str(path), "w") as out:
        copies = {each.index: out.add_stream_from_template(each) for each in clip.streams}
        for packet in clip.demux():
            if packet.dts is None:
                continue
            if packet.stream.type == "video":
                shifted(12)(packet)
            packet.stream = copies[packet.stream.index]
            out.mux(packet)
    facts = clips.probe(path)
    assert facts.frame_list.begins == Fraction(1, 2) and not facts.plays_exactly
    clip_copies.write_review_copy(path, copy, facts)
    with av.open(str(source)) as whole, av.open(str(copy)) as container:
        before, heard = whole.streams.audio[0], container.streams.audio[0]
        lost = before.duration * before.time_base - heard.duration * heard.time_base
        assert float(lost) == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("name", ODD)
def test_a_bare_copy_has_the_same_frames_and_looks_the_same(name, tmp_path):
    path = CASES / name
    bare = tmp_path / f"bare{path.suffix}"
    clip_copies.write_bare_copy(path, bare)
    before, after = clips.probe(path), clips.probe(bare)
    assert (after.frames, after.width, after.height, after.kind) == (
        before.frames,
        before.width,
        before.height,
        before.kind,
    )
    last = before.frames - 1
    assert read(clip_pictures.frame_at(bare, last), path.name) == read(
        clip_pictures.frame_at(path, last), path.name
    )


def edited(source, target, edits):
    """The same MP4 with this edit list: how long (in 1,000ths) and from where (in ticks of the track)."""
    content = bytearray(source.read_bytes())

    def box(*names):
        place, end = 0, len(content)
        for name in names:
            while content[place + 4 : place + 8] != name:
                place += int.from_bytes(content[place : place + 4])
            end = int.from_bytes(content[place : place + 4])
            start, place = place, place + 8
        return start, end

    (moov, moov_size), (trak, trak_size) = box(b"moov"), box(b"moov", b"trak")
    edts, old = box(b"moov", b"trak", b"edts")
    body = struct.pack(">II", 0, len(edits)) + b"".join(struct.pack(">Iihh", *each, 1, 0) for each in edits)
    elst = struct.pack(">I4s", 8 + len(body), b"elst") + body
    fresh = struct.pack(">I4s", 8 + len(elst), b"edts") + elst
    content[edts : edts + old] = fresh
    more = len(fresh) - old
    struct.pack_into(">I", content, moov, moov_size + more)
    struct.pack_into(">I", content, trak, trak_size + more)
    target.write_bytes(content)
    return target


@pytest.fixture
def whole(tmp_path):
    """72 frames, a keyframe every 12, its table behind its pictures."""
    path = tmp_path / "whole.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=24, options={"g": "12", "bf": "0", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = numbered.WIDTH, numbered.HEIGHT, "yuv420p"
        for index in range(72):
            out.mux(stream.encode(av.VideoFrame.from_image(numbered.picture(index))))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("edits", "numbers"),
    [
        ([(2000, 0)], [*range(48)]),
        ([(1000, 3072)], [*range(6, 30)]),
        ([(1000, 12288), (1000, 0)], [*range(24, 48), *range(24)]),
        ([(500, 0), (1000, 12288)], [*range(12), *range(24, 48)]),
    ],
    ids=["end cut off", "in the middle of a group", "swapped", "cut out"],
)
def test_what_an_edit_list_makes_of_a_clip_is_what_is_listed_and_copied(whole, tmp_path, edits, numbers):
    """An edit list cuts without encoding again: such a clip is whole, and guests see nothing that was cut away."""
    path = edited(whole, tmp_path / "edited.mp4", edits)
    facts = clips.probe(path)
    assert (facts.frames, facts.plays_exactly) == (len(numbers), False)
    places = sorted({0, 1, len(numbers) // 2, len(numbers) - 1})
    assert [number(clip_pictures.frame_at(path, place)) for place in places] == [
        numbers[each] for each in places
    ]
    for way in (
        lambda copy: clip_copies.write_review_copy(path, copy, facts),
        lambda copy: clip_copies.write_bare_copy(path, copy),
    ):
        copy = tmp_path / "copy.mp4"
        way(copy)
        assert clips.probe(copy).frames == len(numbers)
        shown = [number(clip_pictures.frame_at(copy, place)) for place in places]
        assert shown == [numbers[each] for each in places]


def test_a_clip_cut_at_the_edge_of_a_picture_still_ends_too_early(whole, tmp_path):
    fast = tmp_path / "fast.mp4"
    remuxed(whole, fast, movflags="+faststart")
    with av.open(str(fast)) as clip:
        places = sorted(packet.pos for packet in clip.demux(video=0) if packet.size)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(fast.read_bytes()[: places[50]])
    with pytest.raises(clips.Unreadable):
        clips.probe(cut)


def test_a_last_frame_that_stays_is_as_long_in_the_copy(tmp_path):
    path, copy = tmp_path / "stays.mp4", tmp_path / "copy.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=24, options={"bf": "0"})
        stream.width, stream.height, stream.pix_fmt = numbered.WIDTH, numbered.HEIGHT, "yuv420p"
        packets = [stream.encode(av.VideoFrame.from_image(numbered.picture(each))) for each in range(12)]
        packets.append(stream.encode(None))
        flat = [packet for some in packets for packet in some]
        flat[-1].duration = int(3 / flat[-1].time_base)
        for packet in flat:
            out.mux(packet)
    facts = clips.probe(path)
    assert (facts.frames, float(facts.seconds)) == (12, pytest.approx(11 / 24 + 3, abs=0.01))
    clip_copies.write_review_copy(path, copy, facts)
    assert clips.probe(copy).frames == facts.frame_list.frames_of_copy() == 83
    assert number(clip_pictures.frame_at(copy, 82)) == 11


@pytest.mark.parametrize(
    ("codec", "plays"), [("aac", True), ("alac", False), ("pcm_s16le", False), ("ac3", False)]
)
def test_a_sound_that_not_every_browser_plays_needs_a_copy(tmp_path, codec, plays):
    path, copy = tmp_path / "sound.mov", tmp_path / "copy.mp4"
    write_heard(path, codec)
    facts = clips.probe(path)
    assert (facts.plays_exactly, facts.has_sound) == (plays, True)
    clip_copies.write_review_copy(path, copy, facts)
    assert clips.probe(copy).plays_exactly


def test_frames_that_are_told_to_be_shown_at_once_are_each_their_own(tmp_path):
    path = tmp_path / "twice.webm"
    with av.open(str(path), "w", format="webm") as out:
        stream = out.add_stream("libvpx-vp9", rate=25, options={"deadline": "realtime", "cpu-used": "8"})
        stream.width, stream.height, stream.pix_fmt = numbered.WIDTH, numbered.HEIGHT, "yuv420p"
        times = [0, 40, 40, 80, 120, 120]
        packets = []
        for each in range(6):
            packets += stream.encode(av.VideoFrame.from_image(numbered.picture(each)))
        packets += stream.encode(None)
        for packet, time in zip(packets, times, strict=True):
            packet.pts = packet.dts = int(Fraction(time, 1000) / packet.time_base)
            out.mux(packet)
    assert clips.probe(path).frames == 6
    assert [number(clip_pictures.frame_at(path, each)) for each in range(6)] == list(range(6))
