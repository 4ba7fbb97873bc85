"""A first frame is cut out where the person drew the box, at exactly the pixels that are ordered."""

import io
import math
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from studio.integrations.media import pictures
from tests.integrations.media.files import encoded, turned_file

PRESETS = [(1280, 720), (720, 1280), (1104, 832), (1584, 672), (960, 960)]


@cache
def places(width, height):
    """A picture whose pixels tell where they are: red grows to the right, green downwards, blue comes in waves."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height), Image.Resampling.BILINEAR)
    down = Image.linear_gradient("L").resize((width, height), Image.Resampling.BILINEAR)
    waves = ImageChops.add(
        wave(width).resize((width, height)), wave(height).rotate(90, expand=True).resize((width, height)), 2
    )
    return Image.merge("RGB", (across, down, waves))


def wave(length):
    levels = (round(128 + 120 * math.sin(pixel / 10)) for pixel in range(length))
    return Image.frombytes("L", (length, 1), bytes(levels))


@cache
def file_of(kind, width, height, orientation=1):
    return turned_file(places(width, height), kind, orientation)


def image_of(content):
    return Image.open(io.BytesIO(content)).convert("RGB")


def is_part(made, box, size):
    expected = places(*size).resize(made.size, Image.Resampling.LANCZOS, box=box)
    return alike(made, expected)


def alike(one, other):
    """Whether two pictures show the same place: a pixel further on, the waves differ by four levels."""
    difference = ImageChops.difference(one, other)
    worst = max(high for _, high in difference.getextrema())
    return worst <= 16 and ImageStat.Stat(difference).mean[2] <= 2.5


@st.composite
def boxes(draw, width, height, *, least):
    """Any box inside a picture of this size whose sides are at least so many pixels."""
    left = draw(st.floats(0, width - least))
    top = draw(st.floats(0, height - least))
    return left, top, draw(st.floats(left + least, width)), draw(st.floats(top + least, height))


@settings(max_examples=25)
@given(
    box=boxes(1500, 1000, least=2),
    preset=st.sampled_from(PRESETS),
    kind=st.sampled_from(["JPEG", "PNG", "WEBP"]),
    orientation=st.integers(1, 8),
)
def test_any_box_becomes_exactly_the_pixels_asked_for_and_the_right_part(box, preset, kind, orientation):
    made = image_of(pictures.cut(file_of(kind, 1500, 1000, orientation), box, *preset))
    assert made.size == preset
    assert is_part(made, box, (1500, 1000))


@settings(max_examples=8)
@given(box=boxes(6000, 4000, least=100), preset=st.sampled_from(PRESETS))
def test_the_working_copy_gives_the_same_part_as_the_original(box, preset):
    original = file_of("JPEG", 6000, 4000)
    from_original = image_of(pictures.cut(original, box, *preset))
    from_copy = image_of(pictures.cut(working_copy(original), box, *preset, of=(6000, 4000)))
    assert is_part(from_original, box, (6000, 4000))
    assert alike(from_original, from_copy)


@cache
def working_copy(original):
    return pictures.read(io.BytesIO(original)).working


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(1501, 997), (4093, 2999)])
def test_sides_that_the_decoder_rounds_up_move_nothing(size, orientation):
    """A picture reduced to an eighth has a last column that the picture fills in part."""
    width, height = size
    box = (width - 640.5, height - 360.25, width, height)
    content = file_of("JPEG", width, height, orientation)
    for preset in ((64, 36), (160, 90), (640, 360)):
        made = image_of(pictures.cut(content, box, *preset))
        assert is_part(made, box, size)


@pytest.mark.parametrize(
    ("box", "reduced"),
    [
        (None, 4),
        ((0, 0, 6000, 3375), 4),
        ((1000, 1000, 1000 + 2560, 1000 + 1440), 2),
        ((1000, 1000, 1000 + 2559, 1000 + 1439), 1),
        ((2000, 2000, 2640, 2360), 1),
        ((2000.5, 2000.5, 2003, 2002), 1),
    ],
)
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_photograph_is_decoded_as_small_as_the_box_allows(monkeypatch, box, reduced, orientation):
    decoded = []
    plain = pictures.colour.plain
    monkeypatch.setattr(
        pictures.colour, "plain", lambda image, told: decoded.append(image.size) or plain(image, told)
    )

    pictures.cut(file_of("JPEG", 6000, 4000, orientation), box, 1280, 720)

    width, height = (6000, 4000) if orientation == 1 else (4000, 6000)
    assert decoded == [(width // reduced, height // reduced)]


def test_without_a_box_the_middle_is_cut():
    content = file_of("PNG", 1500, 1000)
    middle = pictures.cover_box(1500, 1000, 1280, 720)
    assert pictures.cut(content, None, 1280, 720) == pictures.cut(content, middle, 1280, 720)


def test_a_file_is_cut_as_its_bytes_are():
    content = file_of("PNG", 1500, 1000)
    box = (10, 20, 900, 800)
    assert pictures.cut(io.BytesIO(content), box, 640, 360) == pictures.cut(content, box, 640, 360)


@pytest.mark.parametrize("size", [(1, 9000), (9000, 1), (1, 1), (3, 2)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("preset", PRESETS)
def test_a_picture_of_a_few_pixels_is_cut_too(size, kind, preset):
    content = encoded(places(*size), kind)
    for box in (None, (0, 0, *size), pictures.cover_box(*size, *preset)):
        assert image_of(pictures.cut(content, box, *preset)).size == preset


def test_a_box_a_hair_outside_is_taken_for_rounding():
    content = file_of("PNG", 1500, 1000)
    assert pictures.cut(content, (-0.4, 0, 1500.0000001, 1000.3), 640, 360) == pictures.cut(
        content, (0, 0, 1500, 1000), 640, 360
    )


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ((10, 10, 1600, 500), "outside"),
        ((10, 10, 500, 1001), "outside"),
        ((-20, 10, 500, 500), "outside"),
        ((10, -1e300, 500, 500), "outside"),
        ((2000, 2000, 2100, 2100), "outside"),
        ((500, 10, 10, 500), "empty"),
        ((10, 500, 500, 10), "empty"),
        ((10, 10, 10, 500), "empty"),
        ((10, 10, 10.001, 500), "empty"),
        ((-0.5, 10, -0.2, 500), "empty"),
        ((math.nan, 10, 500, 500), "numbers"),
        ((10, 10, math.inf, 500), "numbers"),
        ((10, 10, 500, math.nan), "numbers"),
    ],
)
@pytest.mark.parametrize("of", [None, (1500, 1000)])
def test_a_box_that_is_none_of_the_picture_is_refused_in_words(box, words, of):
    with pytest.raises(pictures.Unreadable, match=words):
        pictures.cut(file_of("PNG", 1500, 1000), box, 1280, 720, of=of)


def test_a_box_is_judged_by_the_original_it_was_drawn_on():
    copy = encoded(places(1500, 1000), "PNG")
    assert image_of(pictures.cut(copy, (5000, 3000, 6000, 3500), 640, 320, of=(6000, 4000))).size == (
        640,
        320,
    )
    with pytest.raises(pictures.Unreadable, match="outside"):
        pictures.cut(copy, (5000, 3000, 6000, 3500), 640, 320)


def test_a_cut_has_no_metadata():
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    content = encoded(
        places(1500, 1000), "JPEG", exif=exif, comment=b"who I am", xmp=b"<x:xmpmeta/>", dpi=(300, 300)
    )
    made = Image.open(io.BytesIO(pictures.cut(content, None, 1280, 720)))
    assert set(made.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert (made.format, made.info["jfif_density"], dict(made.getexif())) == ("JPEG", (1, 1), {})


@pytest.mark.parametrize("keep", [0, 10, 5000])
def test_a_file_that_ends_too_early_is_not_cut(keep):
    with pytest.raises(pictures.Unreadable):
        pictures.cut(file_of("JPEG", 1500, 1000)[:keep], None, 1280, 720)
