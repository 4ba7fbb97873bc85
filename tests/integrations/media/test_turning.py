"""A picture turned by a person: to the right, whatever it says of itself, and losing nothing that it need not."""

import io

import pytest
from PIL import Image, ImageChops

from studio.generation.reuse import first_frame
from studio.integrations.media import pictures, turning
from studio.planning.projects import actions

SIZE = (64, 48)


def content(kind="JPEG", orientation=None, **more):
    """A picture of which every corner is of another colour."""
    image = Image.new("RGB", SIZE)
    for place, colour in zip(
        [(0, 0), (32, 0), (0, 24), (32, 24)], ["red", "lime", "blue", "white"], strict=True
    ):
        image.paste(colour, (*place, place[0] + 32, place[1] + 24))
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
        exif[0x010E] = "words"
    out = io.BytesIO()
    options = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}.get(kind, {})
    image.save(out, kind, **options, **({"exif": exif} if orientation else {}), **more)
    return out.getvalue()


def shown(content):
    return pictures.shown(io.BytesIO(content)).image


def apart(one, other):
    """How far two pictures are from each other, where they are farthest."""
    assert one.size == other.size
    return max(high for _, high in ImageChops.difference(one, other).getextrema())


@pytest.mark.parametrize("orientation", [None, 1, 2, 3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_is_shown_a_quarter_further_to_the_right(kind, orientation):
    before = content(kind, orientation)
    expected = shown(before).transpose(Image.Transpose.ROTATE_270)
    assert apart(shown(turning.turned(before)), expected) <= (0 if kind != "WEBP" else 40)


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_so_are_those_that_their_decoder_turns(kind):
    before = content(kind)
    expected = shown(before).transpose(Image.Transpose.ROTATE_270)
    assert apart(shown(turning.turned(before)), expected) <= 40


@pytest.mark.parametrize("orientation", [None, 1, 5, 8])
def test_a_jpeg_keeps_its_pixels_bit_by_bit_and_four_turns_are_none(orientation):
    before = content(orientation=orientation, icc_profile=b"", comment=b"kept")
    after = before
    for _ in range(4):
        after = turning.turned(after)
        assert after[after.index(b"\xff\xdb") :] == before[before.index(b"\xff\xdb") :]
        assert after.count(b"Exif\x00\x00") == 1 and b"words" not in after
    assert apart(shown(after), shown(before)) == 0


def test_its_colours_stay_those_of_its_profile():
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with Image.open(io.BytesIO(turning.turned(content(icc_profile=profile)))) as image:
        assert image.info["icc_profile"] == profile


@pytest.mark.parametrize(
    "spoilt", [b"", b"no picture", b"\xff\xd8\xff", content()[:40], b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_picture_is_said_to_be_none(spoilt):
    with pytest.raises(pictures.Unreadable):
        pictures.read(io.BytesIO(turning.turned(spoilt)))


def test_what_is_no_segment_is_left_as_it_is():
    before = content()
    odd = before[:20] + b"\xff\xeb\0\0" + before[20:]
    assert turning.turned(odd).endswith(odd[20:])


def test_a_picture_at_the_limit_of_an_upload_is_turned_too(settings, project, ana):
    before = content(comment=b"x" * 1000)
    settings.UPLOAD_LIMIT_BYTES = len(before)
    picture = actions.keep_picture(project, pictures.read(io.BytesIO(before)), by=ana)
    assert (first_frame.turned(picture, by=ana).width, picture.width) == (SIZE[1], SIZE[0])
