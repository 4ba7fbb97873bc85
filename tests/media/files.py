"""Picture files of every kind for these tests, and the colour profiles that some of them carry."""

import io

from PIL import Image

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
    """A file that looks like `upright` once it is turned as its EXIF says."""
    stored = upright.transpose(STORED[orientation]) if orientation in STORED else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(stored, kind, exif=exif, **options)
