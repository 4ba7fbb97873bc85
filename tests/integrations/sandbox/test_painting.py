"""What the sandbox draws: real films and stills that the words and the seed decide."""

import io
from itertools import pairwise

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from studio.integrations.sandbox.painting import Undecodable, paint_still, paint_video

SMALL = {"width": 320, "height": 192, "seconds": 0.5, "format": "MP4", "quality": 95}


@pytest.fixture
def film(tmp_path):
    """Draw a short film and give its path."""

    def draw(name="film", **order):
        order = {"prompt": "A valley at dawn", "seed": 7, **SMALL, **order}
        path = tmp_path / f"{name}.{order['format'].lower()}"
        paint_video(path, **order)
        return path

    return draw


@pytest.fixture
def still(tmp_path):
    def draw(name="still", **order):
        order = {
            "prompt": "A valley",
            "seed": 7,
            "width": 320,
            "height": 192,
            "format": "PNG",
            "quality": 95,
            **order,
        }
        path = tmp_path / f"{name}.{order['format'].lower()}"
        paint_still(path, **order)
        return path

    return draw


def frames_of(path):
    with av.open(str(path)) as film:
        return [frame.to_image() for frame in film.decode(video=0)]


def difference(one, other):
    return ImageStat.Stat(ImageChops.difference(one.convert("L"), other.convert("L"))).mean[0]


def colour_of(image):
    return ImageStat.Stat(image.convert("RGB")).mean


def as_bytes(image, format="PNG"):
    buffer = io.BytesIO()
    image.save(buffer, format)
    return buffer.getvalue()


@pytest.fixture
def chart():
    """A picture with edges, so that a shift of a pixel would show."""
    image = Image.new("RGB", (320, 192), (30, 60, 110))
    for n in range(8):
        image.paste((220, 200 - 20 * n, 40 + 20 * n), (20 + 36 * n, 20 + 12 * n, 44 + 36 * n, 80 + 12 * n))
    return image


@pytest.mark.parametrize(("format", "codec"), [("MP4", "h264"), ("MOV", "h264"), ("WEBM", "vp9")])
def test_a_film_has_the_length_size_and_codec_asked_for(film, format, codec):
    path = film(format=format, seconds=1.5, width=416, height=240)

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == codec
        assert (stream.width, stream.height, stream.average_rate) == (416, 240, 24)
        assert (stream.codec_context.color_range, stream.codec_context.colorspace) == (1, 1)
        assert container.duration / 1_000_000 == pytest.approx(1.5, abs=1 / 24)
        assert sum(1 for _ in container.decode(stream)) == 36


@pytest.mark.parametrize(
    ("width", "height"), [(1280, 720), (720, 1280), (1104, 832), (832, 1104), (960, 960), (1584, 672)]
)
def test_every_size_of_the_catalogue_can_be_drawn(film, width, height):
    frames = frames_of(film(width=width, height=height, seconds=2 / 24))

    assert [frame.size for frame in frames] == [(width, height)] * 2


@pytest.mark.parametrize("format", ["MP4", "MOV", "WEBM"])
def test_the_same_order_gives_the_same_bytes(film, format):
    assert film("one", format=format).read_bytes() == film("two", format=format).read_bytes()


def test_another_seed_gives_another_picture(film):
    one, other = (frames_of(film(f"film{seed}", seed=seed))[0] for seed in (1, 2))

    assert difference(one, other) > 8


@pytest.mark.parametrize(
    "move", ["push in", "zoom out", "pan left", "tilt up", "orbit", "handheld", "static", ""]
)
def test_a_first_frame_is_kept_as_frame_0(film, chart, move):
    first = frames_of(film(prompt=f"A chart, {move}", first_frame=as_bytes(chart)))[0]

    assert difference(first, chart) < 3


def test_a_first_frame_of_another_shape_covers_the_film(film):
    tall = Image.new("RGB", (200, 600), (20, 160, 40))
    tall.paste((200, 30, 30), (0, 0, 200, 100))  # cut away by the crop

    first = frames_of(film(first_frame=as_bytes(tall)))[0]

    assert colour_of(first) == pytest.approx([20, 160, 40], abs=6)


@pytest.mark.parametrize("move", ["push in", "zoom out", "pan right", "tilt down", "orbit", "handheld"])
@pytest.mark.parametrize("given", [True, False])
def test_the_camera_moves(film, chart, move, given):
    frames = frames_of(
        film(prompt=f"Rocky hills, {move}", first_frame=as_bytes(chart) if given else None, seconds=1)
    )

    assert difference(frames[0], frames[-1]) > 1.5


def test_pans_in_two_directions_end_in_different_places(film, chart):
    left, right = (
        frames_of(film(way, prompt=f"pan {way}", first_frame=as_bytes(chart)))[-1]
        for way in ("left", "right")
    )

    assert difference(left, right) > 5


def test_the_camera_never_jumps(film, chart):
    frames = frames_of(film(prompt="Slow push in", first_frame=as_bytes(chart), seconds=1.5))
    steps = [difference(one, next) for one, next in pairwise(frames[2:])]

    assert max(steps) < 4 * (sum(steps) / len(steps))


def test_words_decide_the_colours(still):
    red, _, blue = colour_of(Image.open(still("fire", prompt="ember and fire")))
    assert red > blue * 1.5
    red, _, blue = colour_of(Image.open(still("ice", prompt="arctic ice at noon")))
    assert blue > red
    grey = Image.open(still("noir", prompt="noir street")).convert("HSV").getchannel("S")
    assert ImageStat.Stat(grey).mean[0] < 6
    night, day = (
        sum(colour_of(Image.open(still(word, prompt=f"Hills at {word}")))) for word in ("night", "noon")
    )
    assert night < day * 0.55


@pytest.mark.parametrize("format", ["JPG", "PNG", "WEBP"])
def test_a_still_has_the_size_and_format_asked_for(still, format):
    path = still(format=format, width=1080, height=1920)

    with Image.open(path) as image:
        assert image.size == (1080, 1920)
        assert image.format == {"JPG": "JPEG"}.get(format, format)
    assert path.read_bytes() == still("again", format=format, width=1080, height=1920).read_bytes()


def test_a_still_takes_its_colours_from_the_first_reference(still):
    green, purple = (
        as_bytes(Image.new("RGB", (64, 64), colour)) for colour in ((40, 180, 60), (140, 40, 170))
    )

    _, of_green, _ = colour_of(Image.open(still("green", references=[green, purple])))
    _, of_purple, _ = colour_of(Image.open(still("purple", references=[purple, green])))

    assert of_green > of_purple + 20


def test_what_is_not_a_picture_is_undecodable(film, still, chart):
    cut_short = as_bytes(chart)[:400]
    for data in (b"not a picture", b"", cut_short):
        with pytest.raises(Undecodable):
            film(first_frame=data)
        with pytest.raises(Undecodable):
            still(references=[data])
    assert issubclass(Undecodable, ValueError)


@pytest.mark.parametrize(
    "prompt",
    [
        "Snow on the arctic ice",
        "Rain over a neon city at night",
        "Stormy sea, gulls",
        "Forest in the mist",
        "Desert dunes",
        "Sparks of fire in the dust",
        "Meadow with birds, crane up",
        "",
    ],
)
def test_every_kind_of_scene_can_be_drawn(film, prompt):
    assert len(frames_of(film(prompt=prompt))) == 12
