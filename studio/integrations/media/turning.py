"""A picture turned by a person: a file of its own, as if it had come so."""

from __future__ import annotations

import io

from PIL import Image

from studio.integrations.media import pictures

_JPEG = b"\xff\xd8"
_EXIF = b"Exif\x00\x00"
# The orientation that shows the same stored pixels a quarter further to the right (EXIF 2.32, 4.6.5).
_FURTHER = {1: 6, 6: 3, 3: 8, 8: 1, 2: 7, 7: 4, 4: 5, 5: 2}


def turned(content: bytes) -> bytes:
    """The picture of a file, a quarter to the right.

    A JPEG keeps its pixels as they are and says otherwise how to hold them; a PNG stays one, at most
    `pictures.LONGEST` on a side; other kinds become a JPEG.

    Raises:
        pictures.Unreadable: the file is no picture we take.
    """
    if content.startswith(_JPEG):
        with pictures.complaints():
            held = pictures.orientation_of(pictures.opened(content).image)
            return _held(content, _FURTHER[held])
    image = pictures.shown(io.BytesIO(content)).image.transpose(Image.Transpose.ROTATE_270)
    return pictures.encoded(image, "PNG" if content.startswith(b"\x89PNG") else "JPEG")


def _held(content: bytes, orientation: int) -> bytes:
    """The same JPEG with an EXIF of one word, how it is to be held; what it said before goes."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    body = _EXIF + exif.tobytes().removeprefix(_EXIF)
    said = b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
    kept, place = [], 2
    while content[place : place + 1] == b"\xff" and content[place + 1] not in (0xDA, 0xD9):
        if content[place + 1] == 0xFF:  # a byte of filling
            place += 1
            continue
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        if length < 2:
            break  # no segment: what follows stays as it is
        end = place + 2 + length
        segment = content[place:end]
        if not (segment[1] == 0xE1 and segment[4:10] == _EXIF):
            kept.append(segment)
        place = end
    first = kept.pop(0) if kept and kept[0][1] == 0xE0 else b""  # JFIF's stands before all others
    return _JPEG + first + said + b"".join(kept) + content[place:]
