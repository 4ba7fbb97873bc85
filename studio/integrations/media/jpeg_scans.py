"""Whether the scans of a JPEG bring all of its coefficients, as far as their headers tell (ITU-T T.81)."""

from __future__ import annotations

from collections.abc import Iterator

_LAST = 63  # the highest coefficient of a block
_FRAMES = {0xC0, 0xC1, 0xC2}
_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length


def are_all_there(content: bytes) -> bool:
    """Whether every component has every coefficient to its last bit. False too where restart markers may be lacking.

    The last scan may be cut: that is for whoever decodes it to find out.
    """
    components: set[int] = set()
    exact: set[tuple[int, int]] = set()  # of which component, which coefficient
    for marker, body in _segments(content):
        if marker in _FRAMES and len(body) >= 6:
            components = {body[place] for place in range(6, len(body) - 2, 3)}
        if marker == 0xDD and any(body[:2]):
            return False
        if marker == 0xDA and body:
            exact |= _brought(body)
    return bool(components) and all(
        (each, place) in exact for each in components for place in range(_LAST + 1)
    )


def _brought(scan: bytes) -> set[tuple[int, int]]:
    """The coefficients that a scan brings to their last bit."""
    number = scan[0]
    if len(scan) < 4 + 2 * number or scan[3 + 2 * number] & 15:
        return set()
    first, last = scan[1 + 2 * number], scan[2 + 2 * number]
    return {
        (scan[1 + 2 * each], place) for each in range(number) for place in range(first, min(last, _LAST) + 1)
    }


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and content of each segment; what is between scans is stepped over."""
    place = 2
    while 0 <= (place := content.find(b"\xff", place)) < len(content) - 1:
        marker = content[place + 1]
        if marker in (0x00, 0xFF) or marker in _ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        size = int.from_bytes(content[place + 2 : place + 4])
        yield marker, content[place + 4 : place + 2 + size]
        place += 2 + max(2, size)
