"""Files of every kind for these tests, and the colour profiles that some of them carry."""

import io
import struct
import zlib
from fractions import Fraction

import av
from PIL import Image

from tests import numbered

# From upright to how a file with this EXIF orientation stores it: the turn that undoes the reader's.
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def encoded(image, kind, **options):
    out = io.BytesIO()
    best = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True, "method": 0}}
    image.save(out, kind, **best.get(kind, {}) | options)
    return out.getvalue()


def turned_file(upright, kind, orientation, **options):
    """A file that looks like `upright` once it is turned as its EXIF says.

    HEIC and AVIF say it in properties of their own that count alone; HEIC in EXIF too, as phones do.
    """
    stored = upright.transpose(STORED[orientation]) if orientation in STORED else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(stored, kind, exif=exif.tobytes(), **options)


# --- PNG files that Pillow does not write ---------------------------------------------------


def png(width, height, *, depth, colour, rows, extra=b""):
    """A PNG of these rows of bytes; `colour` 0 is grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def chunk(kind, content):
    whole = kind + content
    return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))


def chunks(content):
    """The kinds of chunk a PNG consists of, in order."""
    kinds, place = [], 8
    while place < len(content):
        (length,) = struct.unpack_from(">I", content, place)
        kinds.append(content[place + 4 : place + 8])
        place += 12 + length
    return kinds


def segments(content):
    """The markers of a JPEG up to its pixels, in order."""
    markers, place = [], 2
    while not markers or markers[-1] != 0xDA:
        markers.append(content[place + 1])
        place += 2 + struct.unpack_from(">H", content, place + 2)[0]
    return markers


# --- colour profiles --------------------------------------------------------------------------


def profile(space, connection, tags, *, name="A test"):
    """An ICC profile of these tags, without what a reader can do without."""
    tags = {b"desc": described(name), b"wtpt": xyz(0.9642, 1, 0.8249)} | tags
    table, body = struct.pack(">I", len(tags)), b""
    for kind, content in tags.items():
        table += kind + struct.pack(">II", 128 + 4 + 12 * len(tags) + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    header = struct.pack(
        ">I4xI4s4s4s12x4s28x", 128 + len(table) + len(body), 0x02400000, b"mntr", space, connection, b"acsp"
    )
    white = struct.pack(">3i", round(0.9642 * 65536), 65536, round(0.8249 * 65536))
    return (header + white).ljust(128, b"\0") + table + body


def described(name):
    text = name.encode() + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78)


def xyz(*values):
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65536) for value in values))


def curve(*points):
    """A tone curve through these points, evenly spaced, each from 0 to 1; without any it is straight."""
    levels = [round(point * 65535) for point in points]
    return b"curv" + bytes(4) + struct.pack(f">I{len(levels)}H", len(levels), *levels)


def linear(level):
    """How much light a level of sRGB is, both from 0 to 1."""
    return level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4


def level(light):
    """The level of sRGB, 0 to 255, for so much light."""
    light = min(max(light, 0), 1)
    return round(255 * (light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055))


def display_p3():
    tone = curve(*(linear(step / 1023) for step in range(1024)))
    return profile(
        b"RGB ",
        b"XYZ ",
        {
            b"rXYZ": xyz(0.51512, 0.24120, -0.00105),
            b"gXYZ": xyz(0.29198, 0.69225, 0.04189),
            b"bXYZ": xyz(0.15710, 0.06657, 0.78407),
            b"rTRC": tone,
            b"gTRC": tone,
            b"bTRC": tone,
        },
        name="Display P3",
    )


def from_p3(red, green, blue):
    """A colour of Display P3 in sRGB, levels from 0 to 255, by the published matrix."""
    r, g, b = (linear(each / 255) for each in (red, green, blue))
    return (
        level(1.22494 * r - 0.22494 * g),
        level(-0.04206 * r + 1.04206 * g),
        level(-0.01964 * r - 0.07864 * g + 1.09827 * b),
    )


def straight_grey():
    """Grey whose levels are amounts of light."""
    return profile(b"GRAY", b"XYZ ", {b"kTRC": curve()})


def grey_inks(lightness):
    """CMYK inks that are all grey: `lightness(cyan, magenta, yellow, black)`, each 0 or 1, from 0 to 100."""
    straight = bytes(range(256))
    corners = b"".join(
        bytes([round(lightness(c, m, y, k) * 2.55), 128, 128])
        for c in (0, 1)
        for m in (0, 1)
        for y in (0, 1)
        for k in (0, 1)
    )
    matrix = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + matrix + straight * 4 + corners + straight * 3
    return profile(b"CMYK", b"Lab ", {b"A2B0": table})


def write_heard(path, codec):
    """A second of numbers with a silent sound, encoded so."""
    with av.open(str(path), "w") as out:
        film = out.add_stream("libx264", rate=24, options={"bf": "0"})
        film.width, film.height, film.pix_fmt = numbered.WIDTH, numbered.HEIGHT, "yuv420p"
        sound = out.add_stream(codec, rate=48_000, layout="stereo")
        kind = sound.codec_context.format.name
        for each in range(24):
            out.mux(film.encode(av.VideoFrame.from_image(numbered.picture(each))))
        out.mux(film.encode(None))
        step = sound.codec_context.frame_size or 1024
        for each in range(30):
            frame = av.AudioFrame(format=kind, layout="stereo", samples=step)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate, frame.pts, frame.time_base = 48_000, each * step, Fraction(1, 48_000)
            out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
