"""Pictures taken in: upright, sRGB, without metadata, whatever they are called."""

import io

import pytest
from PIL import Image

from studio.integrations.media import pictures


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def gradient(width=900, height=600):
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_every_format_we_promise_is_read(kind):
    read = pictures.read(io.BytesIO(encoded(gradient(), kind)))
    assert (read.width, read.height) == (900, 600)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    read = pictures.read(io.BytesIO(encoded(gradient(), "JPEG", exif=exif)))
    turned = orientation >= 5
    assert (read.width, read.height) == ((600, 900) if turned else (900, 600))
    assert Image.open(io.BytesIO(read.working)).size == (read.width, read.height)


def test_metadata_is_stripped():
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    content = encoded(gradient(), "JPEG", exif=exif)
    read = pictures.read(io.BytesIO(content))
    assert b"where I live" in content
    assert b"where I live" not in read.working + read.preview


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK", "I;16"])
def test_every_mode_becomes_plain_colour(mode):
    image = gradient().convert("L").convert("I;16") if mode == "I;16" else gradient().convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    read = pictures.read(io.BytesIO(encoded(image, kind)))
    assert Image.open(io.BytesIO(read.working)).mode == "RGB"


def test_a_truncated_picture_is_refused():
    content = encoded(Image.effect_noise((900, 600), 80).convert("RGB"), "JPEG")
    with pytest.raises(pictures.Unreadable, match="damaged"):
        pictures.read(io.BytesIO(content[: len(content) // 2]))


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
@pytest.mark.parametrize("box", [b"pitm", b"iloc", b"iinf", b"ispe", b"mdat"])
def test_a_picture_without_one_of_its_parts_is_refused(kind, box):
    """Or read all the same; decoders have exceptions of many kinds."""
    content = encoded(gradient(90, 60), kind).replace(box, b"none")
    try:
        assert pictures.read(io.BytesIO(content)).width == 90
    except pictures.Unreadable as exc:
        assert "picture" in str(exc)


def test_a_large_picture_is_worked_on_at_a_smaller_size():
    read = pictures.read(io.BytesIO(encoded(Image.new("RGB", (9000, 3000)), "PNG")))
    assert (read.width, read.height) == (9000, 3000)
    assert max(Image.open(io.BytesIO(read.working)).size) == pictures.LONGEST


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1104, 832), (1584, 672), (720, 1280)])
@pytest.mark.parametrize("size", [(900, 600), (600, 900), (4000, 3000), (1, 900)])
def test_a_cover_crop_has_exactly_the_pixels_asked_for(width, height, size):
    covered = pictures.cut(encoded(gradient(*size), "JPEG"), None, width, height)
    assert Image.open(io.BytesIO(covered)).size == (width, height)


def test_the_cover_box_is_centred():
    assert pictures.cover_box(1600, 900, 1104, 832) == pytest.approx((202.88, 0, 1397.12, 900), abs=0.01)
