"""A first frame looks as it does where it came from: turned, in its colours, whatever kind of file it is."""

import hashlib
import io
import struct

import av
import pillow_heif
import pytest
from PIL import Image, ImageChops, ImageDraw
from PIL.PngImagePlugin import PngInfo

from studio.integrations.media import pictures
from tests.integrations.media import files
from tests.integrations.media.files import encoded, turned_file

KINDS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "HEIF": "heic"}
RED, GREEN, BLUE, SAND = (200, 40, 30), (40, 160, 60), (30, 50, 190), (220, 200, 150)


def quadrants(width=240, height=160, colours=(RED, GREEN, BLUE, SAND), mode="RGB"):
    """Four colours: above left and right, below left and right."""
    image = Image.new(mode, (width, height))
    pen = ImageDraw.Draw(image)
    for place, colour in enumerate(colours):
        left, top = width // 2 * (place % 2), height // 2 * (place // 2)
        pen.rectangle((left, top, left + width // 2 - 1, top + height // 2 - 1), fill=colour)
    return image


def read(content):
    return pictures.read(io.BytesIO(content))


def working(content):
    image = Image.open(io.BytesIO(read(content).working))
    assert image.mode == "RGB"
    return image


def seen(image):
    """The colours in the middles of the quadrants."""
    return [
        image.getpixel((round(image.width * x), round(image.height * y)))
        for y in (0.25, 0.75)
        for x in (0.25, 0.75)
    ]


def close(colours, expected, tolerance=4):
    return all(
        abs(a - b) <= tolerance
        for one, other in zip(colours, expected, strict=True)
        for a, b in zip(one, other, strict=True)
    )


# --- what is said of it -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_original_is_handed_on_with_its_kind(kind):
    content = encoded(quadrants(), kind)
    taken = read(content)
    assert (taken.original, taken.kind, taken.remark) == (content, KINDS[kind], "")
    assert taken.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("kind", "remark"),
    [
        ("WEBP", "This is an animated WebP: its first frame is used."),
        ("AVIF", "This is an animated AVIF: its first frame is used."),
        ("PNG", "This is an animated PNG: its first frame is used."),
        ("HEIF", "This HEIC holds several pictures: its main one is used."),
        ("MPO", ""),
    ],
)
def test_of_several_frames_the_first_is_used_and_that_is_said(kind, remark):
    """But for the second picture that a phone keeps behind its JPEG: nobody means that one."""
    frames = [Image.new("RGB", (64, 48), colour) for colour in (RED, GREEN, BLUE)]
    content = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    taken = read(content)
    assert taken.remark == remark
    assert close([Image.open(io.BytesIO(taken.working)).getpixel((32, 24))], [RED])
    assert close([Image.open(io.BytesIO(pictures.cut(content, None, 64, 48))).getpixel((32, 24))], [RED])


# --- the right way up -----------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_turned_upright_once(kind, orientation):
    content = turned_file(quadrants(), kind, orientation)
    taken = read(content)
    for copy in (taken.working, taken.preview):
        image = Image.open(io.BytesIO(copy))
        assert image.size == (taken.width, taken.height) == (240, 160)
        assert close(seen(image), [RED, GREEN, BLUE, SAND], 6)
    corner = Image.open(io.BytesIO(pictures.cut(content, (130, 10, 230, 70), 100, 60)))
    assert close(seen(corner), [GREEN] * 4)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_pixel_of_a_turned_picture_is_in_its_place(orientation):
    upright = Image.effect_noise((97, 61), 90).convert("RGB")
    assert not ImageChops.difference(working(turned_file(upright, "PNG", orientation)), upright).getbbox()


def test_a_picture_that_is_nearly_square_keeps_its_sides():
    """Reduced by the decoder it is square, and no longer says which side was the longer."""
    taken = read(turned_file(Image.new("RGB", (6000, 5999)), "JPEG", 6))
    assert (taken.width, taken.height) == (6000, 5999)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    "exif", [b"Exif\0\0garbage here", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"Exif\0\0", b"x"]
)
@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_is_no_reason_to_refuse_a_picture(kind, exif):
    assert close(seen(working(encoded(quadrants(), kind, exif=exif))), [RED, GREEN, BLUE, SAND])


@pytest.mark.parametrize("orientation", [0, 9, 400])
def test_an_orientation_that_is_none_is_passed_over(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert close(seen(working(encoded(quadrants(), "JPEG", exif=exif))), [RED, GREEN, BLUE, SAND])


@pytest.mark.parametrize("size", [(1, 9000), (9000, 1), (1, 1), (2, 5000)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_as_thin_as_a_hair_is_a_picture(size, kind):
    taken = read(encoded(Image.new("RGB", size, RED), kind))
    assert (taken.width, taken.height) == size
    for copy in (taken.working, taken.preview):
        assert min(Image.open(io.BytesIO(copy)).size) >= 1


# --- bits, palettes and transparency ------------------------------------------------------------


def shorts(*values):
    return struct.pack(f">{len(values)}H", *values)


SIXTEEN_BITS = {
    "grey": (0, shorts(0x8000, 0x4020), [(128,) * 3, (64,) * 3]),
    "grey and alpha": (4, shorts(0x8000, 0xFFFF, 0xFFFF, 0x8000), [(128,) * 3, (128,) * 3]),
    "RGB": (2, shorts(0x8000, 0x4000, 0xFF00, 0xFFFF, 0, 0x0100), [(128, 64, 255), (255, 0, 1)]),
    "RGBA": (6, shorts(0x8000, 0x4000, 0xFF00, 0x8000, 0xFFFF, 0, 0, 0xFFFF), [(64, 32, 128), (255, 0, 0)]),
}


@pytest.mark.parametrize("case", SIXTEEN_BITS)
def test_sixteen_bits_are_scaled_not_clipped(case):
    colour, row, expected = SIXTEEN_BITS[case]
    image = working(files.png(2, 1, depth=16, colour=colour, rows=[row]))
    assert close([image.getpixel((0, 0)), image.getpixel((1, 0))], expected, 1)


PALETTE = files.chunk(b"PLTE", bytes([10, 20, 30, 200, 100, 50]))
TRANSPARENT = {
    "16 bits, one grey": (16, 0, shorts(0x8000, 0xFFFF), shorts(0x8000), b"", [(0, 0, 0), (255, 255, 255)]),
    "8 bits, one grey": (8, 0, bytes([100, 200]), shorts(200), b"", [(100, 100, 100), (0, 0, 0)]),
    "8 bits, one colour": (8, 2, bytes([9, 8, 7, 200, 0, 0]), shorts(200, 0, 0), b"", [(9, 8, 7), (0, 0, 0)]),
    "1 bit, one grey": (1, 0, bytes([0b01000000]), shorts(0), b"", [(0, 0, 0), (255, 255, 255)]),
    "a palette in part": (8, 3, bytes([0, 1]), bytes([128, 255]), PALETTE, [(5, 10, 15), (200, 100, 50)]),
    "a palette": (8, 3, bytes([0, 1]), None, PALETTE, [(10, 20, 30), (200, 100, 50)]),
}


@pytest.mark.parametrize("case", TRANSPARENT)
def test_what_is_transparent_lies_on_black(case):
    depth, colour, row, transparent, extra, expected = TRANSPARENT[case]
    extra += b"" if transparent is None else files.chunk(b"tRNS", transparent)
    content = files.png(2, 1, depth=depth, colour=colour, rows=[row], extra=extra)
    image = working(content)
    assert close([image.getpixel((0, 0)), image.getpixel((1, 0))], expected, 1)
    cut = Image.open(io.BytesIO(pictures.cut(content, (0, 0, 1, 1), 8, 8)))
    assert close([cut.getpixel((0, 4))], expected[:1], 30)


@pytest.mark.parametrize(
    ("mode", "kind", "colours", "expected"),
    [
        ("1", "PNG", (0, 255, 255, 0), [(0,) * 3, (255,) * 3, (255,) * 3, (0,) * 3]),
        ("L", "JPEG", (0, 90, 180, 255), [(0,) * 3, (90,) * 3, (180,) * 3, (255,) * 3]),
        (
            "LA",
            "PNG",
            ((200, 255), (200, 128), (200, 0), (90, 255)),
            [(200,) * 3, (100,) * 3, (0,) * 3, (90,) * 3],
        ),
        (
            "RGBA",
            "WEBP",
            ((*RED, 255), (*GREEN, 128), (*BLUE, 0), (*SAND, 255)),
            [RED, (20, 80, 30), (0, 0, 0), SAND],
        ),
        (
            "RGBA",
            "HEIF",
            ((*RED, 255), (*GREEN, 128), (*BLUE, 0), (*SAND, 255)),
            [RED, (20, 80, 30), (0, 0, 0), SAND],
        ),
    ],
)
def test_every_mode_keeps_its_colours(mode, kind, colours, expected):
    assert close(seen(working(encoded(quadrants(colours=colours, mode=mode), kind))), expected)


def test_a_heic_of_ten_bits_is_scaled_not_clipped():
    levels = struct.pack("<3H", 0x8000, 0xFFFF, 0x2000) * 64 * 48
    out = io.BytesIO()
    pillow_heif.from_bytes("RGB;16", (64, 48), levels).save(out, quality=-1)
    assert close([working(out.getvalue()).getpixel((32, 24))], [(128, 255, 32)])


def test_an_avif_of_ten_bits_is_scaled_not_clipped(tmp_path):
    path = tmp_path / "ten.avif"
    with av.open(str(path), "w", format="avif") as out:
        stream = out.add_stream("libsvtav1", rate=1, options={"preset": "10", "crf": "10"})
        stream.width, stream.height, stream.pix_fmt = 240, 160, "yuv420p10le"
        for packet in [*stream.encode(av.VideoFrame.from_image(quadrants())), *stream.encode()]:
            out.mux(packet)
    assert close(seen(working(path.read_bytes())), [RED, GREEN, BLUE, SAND], 8)


# --- colour profiles --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mode"),
    [*((kind, "RGB") for kind in KINDS), *((kind, "RGBA") for kind in KINDS if kind != "JPEG"), ("PNG", "P")],
)
def test_a_wide_gamut_becomes_srgb(kind, mode):
    image = quadrants().quantize(4) if mode == "P" else quadrants().convert(mode)
    content = encoded(image, kind, icc_profile=files.display_p3())
    expected = [files.from_p3(*colour) for colour in (RED, GREEN, BLUE, SAND)]
    assert not close(expected, [RED, GREEN, BLUE, SAND], 15)
    assert close(seen(working(content)), expected)
    assert close(seen(Image.open(io.BytesIO(pictures.cut(content, None, 240, 160)))), expected)


def test_transparency_survives_the_change_of_colours():
    content = encoded(
        quadrants(colours=((*RED, 128), (*GREEN, 255), (*BLUE, 0), (*SAND, 255)), mode="RGBA"),
        "PNG",
        icc_profile=files.display_p3(),
    )
    red, green, _, sand = (files.from_p3(*colour) for colour in (RED, GREEN, BLUE, SAND))
    assert close(seen(working(content)), [tuple(each // 2 for each in red), green, (0, 0, 0), sand])


@pytest.mark.parametrize(("mode", "kind"), [("L", "PNG"), ("L", "JPEG"), ("LA", "PNG"), ("I;16", "PNG")])
def test_grey_with_a_profile_becomes_srgb(mode, kind):
    grey = quadrants(colours=(10, 55, 128, 230), mode="L")
    if mode == "I;16":
        grey = grey.convert("I").point(lambda value: value * 257).convert("I;16")
    content = encoded(grey.convert(mode), kind, icc_profile=files.straight_grey())
    assert close(seen(working(content)), [(files.level(each / 255),) * 3 for each in (10, 55, 128, 230)])


INKS = ((255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 0, 255), (0, 0, 0, 0))


def test_cmyk_with_a_profile_has_the_colours_of_its_inks():
    profile = files.grey_inks(lambda c, m, y, k: 100 - 50 * c - 25 * m - 20 * k)
    content = encoded(quadrants(colours=INKS, mode="CMYK"), "JPEG", icc_profile=profile)
    # light of these lightnesses, by CIE 1976: ((L + 16) / 116)³
    expected = [(files.level(((lightness + 16) / 116) ** 3),) * 3 for lightness in (50, 75, 80, 100)]
    assert close(seen(working(content)), expected)


def test_cmyk_without_a_profile_has_plain_inks():
    content = encoded(quadrants(colours=INKS, mode="CMYK"), "JPEG")
    assert b"Adobe" in content  # which is to say that its levels are stored inverted
    assert close(seen(working(content)), [(0, 255, 255), (255, 0, 255), (0, 0, 0), (255, 255, 255)])


@pytest.mark.parametrize(
    "profile",
    [b"no profile", files.display_p3()[:200], files.straight_grey(), files.grey_inks(lambda *_: 50)],
)
def test_a_profile_that_cannot_be_meant_is_passed_over(profile):
    assert close(seen(working(encoded(quadrants(), "JPEG", icc_profile=profile))), [RED, GREEN, BLUE, SAND])


def test_a_profile_that_is_srgb_in_name_only_counts_for_what_it_is():
    """As linear sRGB is called, by those who work in it."""
    straight = {b"rTRC": files.curve(), b"gTRC": files.curve(), b"bTRC": files.curve()}
    primaries = {
        b"rXYZ": files.xyz(0.43607, 0.22249, 0.01392),
        b"gXYZ": files.xyz(0.38515, 0.71687, 0.09708),
        b"bXYZ": files.xyz(0.14307, 0.06061, 0.71410),
    }
    profile = files.profile(b"RGB ", b"XYZ ", primaries | straight, name="sRGB, linear")
    expected = [tuple(files.level(each / 255) for each in colour) for colour in (RED, GREEN, BLUE, SAND)]
    assert close(seen(working(encoded(quadrants(), "PNG", icc_profile=profile))), expected)


# --- nothing said beside the pixels -----------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_copies_say_nothing_beside_their_pixels(kind):
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    options = {"exif": exif, "xmp": b"<x:xmpmeta>who I am</x:xmpmeta>", "icc_profile": files.display_p3()}
    if kind == "JPEG":
        options["comment"] = b"what I think"
    if kind == "PNG":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_text("Comment", "what I think")
    content = encoded(quadrants(), kind, **options)
    taken = read(content)
    assert b"where I live" in content

    plain_jpeg = {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}
    assert set(files.segments(taken.preview)) <= plain_jpeg
    assert set(files.segments(pictures.cut(content, None, 240, 160))) <= plain_jpeg
    if taken.extension == "png":
        assert set(files.chunks(taken.working)) == {b"IHDR", b"IDAT", b"IEND"}
    else:
        assert set(files.segments(taken.working)) <= plain_jpeg
