"""Pictures whose colours, turn or end is told otherwise than usual look as a browser shows them (cases 04, 15, 16, 18)."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageFilter

from studio.integrations.media import icc, pictures, primaries, told
from tests.integrations.media.test_odd_clips import CASES

PLACES = [(0.1, 0.1), (0.9, 0.9), (0.7, 0.2), (0.2, 0.8)]
PLAIN = [(220, 40, 40), (128, 128, 128), (40, 200, 60), (40, 60, 220)]
# What Chromium 156 draws of them at these places.
WIDE = [(240, 0, 20), (128, 128, 128), (0, 204, 10), (34, 61, 229)]
BRIGHT = [(162, 26, 26), (92, 92, 92), (26, 147, 41), (26, 41, 162)]
SEEN = {
    "04-fetched-whole-but-unreadable/07-no-eoi.jpg": (PLAIN, 3),
    "15-colours-told-without-icc/10-cicp-p3.png": (WIDE, 3),
    "15-colours-told-without-icc/14-p3-nclx.avif": (WIDE, 4),
    "15-colours-told-without-icc/11-cicp-pq16.png": (BRIGHT, 6),
    "15-colours-told-without-icc/12-pq.avif": (BRIGHT, 16),
    "15-colours-told-without-icc/13-pq.heic": (BRIGHT, 16),
    "16-png-with-much-text/02-big-ztxt.png": (PLAIN, 0),
    "16-png-with-much-text/03-big-itxt.png": (PLAIN, 0),
    "16-png-with-much-text/05-big-iccp.png": (PLAIN, 0),
    "16-png-with-much-text/06-bad-crc-text.png": (PLAIN, 0),
    "18-orientation-in-xmp-only/01-xmp-only-orientation.jpg": (PLAIN, 3),
    "18-orientation-in-xmp-only/49-png-xmp6.png": (PLAIN, 0),
    "18-orientation-in-xmp-only/50-webp-xmp6.webp": (PLAIN, 3),
}


def at(image):
    return [image.getpixel((int(x * image.width), int(y * image.height))) for x, y in PLACES]


def near(found, expected, tolerance):
    pairs = zip(found, expected, strict=True)
    return all(abs(a - b) <= tolerance for one, other in pairs for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", SEEN)
def test_a_picture_looks_as_a_browser_shows_it_on_every_way_in(name):
    colours, tolerance = SEEN[name]
    path = CASES / name
    ways = {
        "a result": pictures.shown(path).image,
        "an upload": Image.open(io.BytesIO(pictures.read(path.open("rb")).working)),
        "a preview": Image.open(io.BytesIO(pictures.read(path.open("rb")).preview)),
        "a first frame": Image.open(io.BytesIO(pictures.cut(path.read_bytes(), None, 960, 640))),
    }
    for way, image in ways.items():
        assert image.size == (960, 640), way
        assert near(at(image), colours, tolerance + 4), (way, at(image))


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*chunks, colour=(200, 100, 50)):
    rows = zlib.compress((b"\0" + bytes(colour) * 4) * 4)
    head = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", head), *chunks, chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    )


def chromaticities(of):
    parts = [*of.white, *of.red, *of.green, *of.blue]
    return chunk(b"cHRM", struct.pack(">8I", *(round(part * 100_000) for part in parts)))


P3 = primaries.BY_NUMBER[12]
P3_PROFILE = b"icc\0\0" + zlib.compress(icc.profile(P3, icc.srgb_curve()))


@pytest.mark.parametrize(
    ("chunks", "seen"),
    [
        ([chunk(b"gAMA", struct.pack(">I", 45_455))], (200, 100, 50)),
        ([chunk(b"gAMA", struct.pack(">I", 100_000))], (228, 168, 122)),  # linear light
        ([chunk(b"gAMA", struct.pack(">I", 45_455)), chromaticities(P3)], (215, 93, 31)),
        ([chunk(b"cICP", bytes([12, 13, 0, 1]))], (215, 93, 31)),
        # what ranks higher is believed
        ([chunk(b"sRGB", b"\0"), chunk(b"gAMA", struct.pack(">I", 100_000))], (200, 100, 50)),
        ([chunk(b"cICP", bytes([1, 13, 0, 1])), chunk(b"gAMA", struct.pack(">I", 100_000))], (200, 100, 50)),
        ([chunk(b"cICP", bytes([1, 13, 0, 1])), chunk(b"iCCP", P3_PROFILE)], (200, 100, 50)),
        ([chunk(b"iCCP", P3_PROFILE)], (215, 93, 31)),
        # nonsense is not
        ([chunk(b"gAMA", bytes(4))], (200, 100, 50)),
        ([chunk(b"gAMA", b"x")], (200, 100, 50)),
        ([chunk(b"cHRM", bytes(32))], (200, 100, 50)),
        ([chunk(b"cICP", bytes([99, 99, 0, 1]))], (200, 100, 50)),
        ([chunk(b"iCCP", b"icc\0\0" + zlib.compress(b"no profile"))], (200, 100, 50)),
        ([chunk(b"iCCP", b"icc\0\0not packed")], (200, 100, 50)),
        ([chunk(b"gAMA", struct.pack(">I", 100_000))[:-1] + b"?"], (200, 100, 50)),  # a wrong checksum
    ],
)
def test_what_a_png_says_of_its_colours_is_read(chunks, seen):
    image = pictures.shown(io.BytesIO(png(*chunks))).image
    assert near([image.getpixel((1, 1))], [seen], 3), image.getpixel((1, 1))


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("lost", [0, 1, 2, 40, 400, 0.5])
def test_a_jpeg_without_its_end_is_whole_and_one_without_pixels_is_not(lost, progressive):
    out = io.BytesIO()
    noise = Image.effect_noise((640, 480), 90).convert("RGB")
    noise.save(out, "JPEG", quality=90, progressive=progressive)
    content = out.getvalue()
    cut = content[: int(len(content) * lost) if isinstance(lost, float) else len(content) - lost]
    if lost in (0, 1, 2):
        assert pictures.shown(io.BytesIO(cut)).image.size == (640, 480)
        assert pictures.read(io.BytesIO(cut)).width == 640
    else:
        with pytest.raises(pictures.Unreadable, match="damaged"):
            pictures.shown(io.BytesIO(cut))


@pytest.mark.parametrize("share", [0.08, 0.11, 0.25, 0.3, 0.35, 0.6, 0.62, 0.65, 0.7, 0.95])
@pytest.mark.parametrize(
    "options", [{"progressive": True}, {"restart_marker_rows": 1}, {"restart_marker_blocks": 1}], ids=str
)
def test_a_jpeg_that_lacks_a_part_of_any_scan_is_damaged(share, options):
    """Also where what is lacking are colours alone, or whole scans, or what stands behind a restart marker."""
    out = io.BytesIO()
    blurred = [Image.effect_noise((800, 600), 90).filter(ImageFilter.GaussianBlur(3)) for _ in range(3)]
    Image.merge("RGB", blurred).save(out, "JPEG", quality=85, **options)
    content = out.getvalue()
    with pytest.raises(pictures.Unreadable, match="damaged"):
        pictures.read(io.BytesIO(content[: int(len(content) * share)]))
    assert pictures.read(io.BytesIO(content)).width == 800


@pytest.mark.parametrize("content", [b"", b"\0" * 7, b"\0\0\0\0ftyp", b"\0\0\0\x08meta" * 3, b"\xff" * 64])
def test_a_container_that_is_none_says_nothing(content):
    assert told.of_container(content) is None
    assert told.of_png(content)[1:] == (b"", None)


def one_line(width, depth, kind, row, *more):
    header = struct.pack(">IIBBBBB", width, 1, depth, kind, 0, 0, 0)
    parts = [(b"IHDR", header), *more, (b"IDAT", zlib.compress(b"\0" + row)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_the_grey_that_is_said_to_be_clear_is_clear_in_every_depth(depth):
    """As Chromium draws them on black."""
    top = 2**depth - 1
    values = [0, top // 2, top, top]
    bits = "".join(format(value, f"0{depth}b") for value in values)
    bits += "0" * (-len(bits) % 8)
    row = bytes(int(bits[place : place + 8], 2) for place in range(0, len(bits), 8))
    content = one_line(4, depth, 0, row, (b"tRNS", struct.pack(">H", top)))
    image = pictures.shown(io.BytesIO(content)).image
    half = {1: 0, 2: 85, 4: 119, 8: 127, 16: 127}[depth]
    assert [image.getpixel((x, 0)) for x in range(4)] == [(each,) * 3 for each in (0, half, 0, 0)]


@pytest.mark.parametrize(("transfer", "grey"), [(13, 128), (8, 188), (4, 129), (5, 106), (2, 128)])
def test_values_told_by_an_exponent_look_as_chromium_draws_them(transfer, grey):
    content = one_line(4, 8, 2, bytes([128] * 12), (b"cICP", bytes([1, transfer, 0, 1])))
    image = pictures.shown(io.BytesIO(content)).image
    assert image.getpixel((0, 0)) == (grey,) * 3


def test_of_an_animated_png_what_is_shown_first_is_taken_not_what_stands_before_it():
    out = io.BytesIO()
    hidden, first, second = (Image.new("RGB", (4, 4), name) for name in ("red", "blue", "lime"))
    hidden.save(out, "PNG", save_all=True, default_image=True, append_images=[first, second])
    assert pictures.shown(io.BytesIO(out.getvalue())).image.getpixel((0, 0)) == (0, 0, 255)
    with Image.open(io.BytesIO(pictures.read(io.BytesIO(out.getvalue())).working)) as working:
        assert working.convert("RGB").getpixel((0, 0)) == (0, 0, 255)
