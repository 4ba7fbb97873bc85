"""A colour profile made of what a file says of its colours in other words (ICC.1:2001-04, three-component matrix)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from studio.integrations.media import primaries
from studio.integrations.media.primaries import D50, Primaries

_STEPS = 1024  # of a curve


def profile(of: Primaries, curve: Sequence[float] | float) -> bytes:
    """A profile of these primaries.

    Args:
        curve: the light of each of equal steps from 0 to 1, or an exponent.
    """
    matrix = primaries.to_white(primaries.to_xyz(of), of.white, D50)
    tone = _curve(curve)
    tags = {
        b"desc": _description(b"Told by the file"),
        b"cprt": b"text\0\0\0\0\0",
        b"wtpt": _xyz(primaries.xyz(*D50)),
    }
    for place, name in enumerate((b"r", b"g", b"b")):
        tags[name + b"XYZ"] = _xyz([row[place] for row in matrix])
        tags[name + b"TRC"] = tone
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(
        ">I4sI4s4s4s12x4s4s4x4x4x4xI3I4s44x",
        start + len(body),
        b"lcms",
        0x02400000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        b"acsp",
        b"\0\0\0\0",
        0,
        *(round(part * 65536) for part in (0.9642, 1.0, 0.8249)),
        b"\0\0\0\0",
    )
    return head[:128].ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def srgb_curve() -> list[float]:
    """The light of values of sRGB (IEC 61966-2-1)."""
    values = (step / (_STEPS - 1) for step in range(_STEPS))
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]


def _curve(curve: Sequence[float] | float) -> bytes:
    if isinstance(curve, float):
        return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(curve * 256))
    return b"curv\0\0\0\0" + struct.pack(
        f">I{len(curve)}H", len(curve), *(round(each * 65535) for each in curve)
    )


def _xyz(parts: Sequence[float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(part * 65536) for part in parts))


def _description(words: bytes) -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", len(words) + 1) + words + b"\0" + bytes(4 + 4 + 2 + 1 + 67)
