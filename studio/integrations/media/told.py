"""What a picture file says beside its pixels: colours without a profile, and PNG chunks that are in the way.

Read by hand where Pillow does not: `colr` of HEIF and AVIF (ISO/IEC 23008-12), cICP, gAMA, cHRM and iCCP of PNG
(W3C PNG, third edition).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from studio.integrations.media.primaries import BY_NUMBER, Primaries

_PNG = b"\x89PNG\r\n\x1a\n"
_NEEDED = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"acTL", b"fcTL", b"fdAT", b"eXIf"}
_LARGEST_PROFILE = 4 * 1024 * 1024  # bytes, unpacked
_SRGB_GAMMA = range(45_000, 46_000)  # in 100,000ths: 45,455 is what sRGB is taken for
_SAYS_NOTHING = 2  # of primaries and of transfer, in ITU-T H.273
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}  # transfers that are an exponent; those of film are taken for sRGB's
_BOXES_WITH_BOXES = {b"meta": 4, b"iprp": 0, b"ipco": 0}  # and how many bytes stand before the first inside


@dataclass(frozen=True)
class Colours:
    """How the values of a picture are meant, where no profile says it."""

    primaries: Primaries
    transfer: int = 13  # by ITU-T H.273: 13 is sRGB, 16 PQ, 18 HLG
    gamma: float = 0.0  # an exponent in the place of a transfer; 0: none


def of_png(content: bytes) -> tuple[bytes, bytes, Colours | None]:
    """A PNG without what is beside its pixels; the profile and the colours that were told there.

    Text, however long, a comment with a wrong checksum and a broken profile do no harm so.
    """
    kept, told = [_PNG], dict[bytes, bytes]()
    before = True  # the pixels: what is said of their colours behind them comes too late
    for name, body, whole in _chunks(content):
        before = before and name != b"IDAT"
        if name == b"tRNS":
            whole = _clear_grey(kept[1][8:], body) or whole
        if name in _NEEDED:
            kept.append(whole)
        elif (
            before and name in (b"cICP", b"gAMA", b"cHRM", b"iCCP", b"sRGB") and _is_right(name, body, whole)
        ):
            told.setdefault(name, body)
    by_numbers = len(told.get(b"cICP", b"")) == 4 and told[b"cICP"][0] in BY_NUMBER
    profile = b"" if by_numbers else _profile(told.get(b"iCCP", b""))
    return b"".join(kept), profile, None if profile else _of_chunks(told)


def _clear_grey(header: bytes, body: bytes) -> bytes:
    """The chunk that says which grey is clear, as Pillow counts it: in 8 bits, where there are 2 or 4."""
    depth, is_grey = (header[8], header[9] == 0) if len(header) >= 10 else (8, False)
    if not is_grey or depth not in (2, 4) or len(body) != 2:
        return b""
    scaled = b"tRNS" + struct.pack(">H", int.from_bytes(body, "big") * 255 // (2**depth - 1))
    return struct.pack(">I", 2) + scaled + struct.pack(">I", zlib.crc32(scaled))


def _of_chunks(told: dict[bytes, bytes]) -> Colours | None:
    """By rank: cICP, then sRGB, then gAMA with cHRM; None for what is meant anyway."""
    if len(told.get(b"cICP", b"")) == 4:
        return of_numbers(told[b"cICP"][0], told[b"cICP"][1])
    if b"sRGB" in told:
        return None
    (gamma,) = struct.unpack(">I", told[b"gAMA"]) if len(told.get(b"gAMA", b"")) == 4 else (0,)
    primaries = BY_NUMBER[1]
    if len(told.get(b"cHRM", b"")) == 32:
        white_x, white_y, *rest = (each / 100_000 for each in struct.unpack(">8I", told[b"cHRM"]))
        primaries = Primaries((rest[0], rest[1]), (rest[2], rest[3]), (rest[4], rest[5]), (white_x, white_y))
    usual = all(abs(a - b) < 0.002 for a, b in zip(sum(primaries, ()), sum(BY_NUMBER[1], ()), strict=True))
    if min(sum(primaries, ())) <= 0 or (usual and (gamma in _SRGB_GAMMA or not gamma)):
        return None
    exponent = 100_000 / gamma if gamma and gamma not in _SRGB_GAMMA else 0.0
    return Colours(primaries, gamma=exponent if 0.2 <= exponent <= 10 else 0.0)


def of_container(content: bytes) -> Colours | None:
    """The colours that a HEIC or AVIF names by numbers, where they are others than sRGB."""
    for kind, body in _properties(content, 0, len(content)):
        if kind == b"colr" and body[:4] == b"nclx" and len(body) >= 8:
            return of_numbers(*struct.unpack(">HH", body[4:8]))
    return None


def of_numbers(primaries: int, transfer: int) -> Colours | None:
    """Colours by the numbers of ITU-T H.273; None for those of sRGB, and for what nobody knows."""
    hdr, gamma = transfer in (16, 18), _GAMMAS.get(transfer, 0.0)
    if primaries not in BY_NUMBER:
        primaries = 9 if hdr else 1
    if not (hdr or gamma) and primaries in (1, _SAYS_NOTHING):
        return None
    return Colours(BY_NUMBER[primaries], transfer if hdr else 13, gamma)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name, content and the whole of each chunk; at the end, one that is cut short too."""
    place = len(_PNG)
    while place + 8 <= len(content):
        (size,) = struct.unpack_from(">I", content, place)
        yield (
            content[place + 4 : place + 8],
            content[place + 8 : place + 8 + size],
            content[place : place + 12 + size],
        )
        place += 12 + size


def _is_right(name: bytes, body: bytes, whole: bytes) -> bool:
    return struct.pack(">I", zlib.crc32(name + body)) == whole[-4:]


def _profile(body: bytes) -> bytes:
    """What iCCP holds; nothing where it is broken, or larger than any profile is."""
    _, _, packed = body.partition(b"\0")
    machine = zlib.decompressobj()
    try:
        profile = machine.decompress(packed[1:], _LARGEST_PROFILE) if packed else b""
    except zlib.error:
        return b""
    return b"" if machine.unconsumed_tail else profile


def _properties(content: bytes, place: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    while place + 8 <= end:
        size, name = struct.unpack_from(">I4s", content, place)
        head = 8
        if size == 1 and place + 16 <= end:
            (size,) = struct.unpack_from(">Q", content, place + 8)
            head = 16
        stop = end if size == 0 else min(end, place + size)
        if stop < place + head:
            return
        if name in _BOXES_WITH_BOXES:
            yield from _properties(content, place + head + _BOXES_WITH_BOXES[name], stop)
        else:
            yield name, content[place + head : stop] if name == b"colr" else b""
        place = stop
