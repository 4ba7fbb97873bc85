"""The manifest that lies in a file, as bytes: found by where each kind of file keeps it.

C2PA specification 2.1, A.2 to A.5: a box of MP4 and MOV, a chunk of PNG and WebP, segments of JPEG.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO

from studio.integrations.media import kinds

_MP4_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_OF_C2PA = bytes.fromhex("63327061")  # where the first description in a manifest store names its kind
_MOST = 64 << 20  # bytes of a manifest that are looked at


def digest(path: Path) -> str:
    """SHA-256 of the manifest that lies in a file, in hexadecimal digits; "" for none."""
    found = manifest(path)
    return sha256(found).hexdigest() if found else ""


def manifest(path: Path) -> bytes | None:
    """The manifest store of a file as it lies there; None for none, and for kinds that cannot hold one.

    A file that is broken where one may lie holds none.
    """
    finder = {"mp4": _in_mp4, "mov": _in_mp4, "png": _in_png, "webp": _in_webp, "jpg": _in_jpeg}
    find = finder.get(kinds.of(path))
    if find is None:
        return None
    with path.open("rb") as file:
        found = b"".join(find(file, path.stat().st_size))[:_MOST]
    return found if found[16 : 16 + len(_OF_C2PA)] == _OF_C2PA else None


def _in_mp4(file: IO[bytes], size: int) -> Iterator[bytes]:
    place = 0
    while place + 8 <= size:
        file.seek(place)
        head = file.read(32)
        length, kind, body = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1:
            length, body = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:
            length = size - place
        if length < body:
            return
        if kind == b"uuid" and head[body : body + 16] == _MP4_BOX:
            file.seek(place + body + 16)
            yield _in_box(file.read(max(0, min(length - body - 16, _MOST))))
        place += length


def _in_box(content: bytes) -> bytes:
    """The manifest behind version and flags, what the box is for, and a place in the file."""
    purpose, _, rest = content[4:].partition(b"\0")
    return rest[8:] if purpose in (b"manifest", b"original", b"update") else b""


def _in_png(file: IO[bytes], size: int) -> Iterator[bytes]:
    place = 8
    while place + 12 <= size:
        file.seek(place)
        head = file.read(8)
        length = int.from_bytes(head[:4], "big")
        if head[4:] == b"caBX":
            yield file.read(min(length, _MOST))
        place += 12 + length


def _in_webp(file: IO[bytes], size: int) -> Iterator[bytes]:
    place = 12
    while place + 8 <= size:
        file.seek(place)
        head = file.read(8)
        length = int.from_bytes(head[4:], "little")
        if head[:4] == b"C2PA":
            yield file.read(min(length, _MOST))
        place += 8 + length + length % 2


def _in_jpeg(file: IO[bytes], size: int) -> Iterator[bytes]:
    """APP11 segments of JPEG XT: a box goes on over several, and its head is repeated in each."""
    place, of = 2, b""
    while place + 4 <= size:
        file.seek(place)
        head = file.read(4)
        if head[:2] == b"\xff\xff":  # a byte of filling
            place += 1
            continue
        length = int.from_bytes(head[2:], "big")
        if head[0] != 0xFF or head[1] in (0xDA, 0xD9) or length < 2:
            return
        body = file.read(length - 2) if head[1] == 0xEB else b""
        if body[:2] == b"JP" and body[12:16] == b"jumb":
            if int.from_bytes(body[4:8], "big") == 1 and body[24 : 24 + len(_OF_C2PA)] == _OF_C2PA:
                of = body[2:4]  # the number of this box among those of the file
                yield body[8:]
            elif body[2:4] == of:
                yield body[16:]
        place += 2 + length
