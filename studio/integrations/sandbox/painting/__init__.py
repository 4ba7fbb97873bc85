"""Draws what the sandbox "renders": real films and stills, decided by the words and the seed.

The same order gives the same bytes. Nothing here knows Django, so a worker process can draw.
"""

from collections.abc import Sequence
from os import PathLike

from . import encode, picture, scene, words
from .colour import picture_from
from .picture import Undecodable

__all__ = ["Undecodable", "paint_still", "paint_video"]

_PILLOW_NAMES = {"JPG": "JPEG", "PNG": "PNG", "WEBP": "WEBP"}


def paint_video(
    path: str | PathLike[str],
    *,
    prompt: str,
    seed: int,
    width: int,
    height: int,
    seconds: float,
    format: str,
    quality: int,
    first_frame: bytes | None = None,
) -> None:
    """Draw a take: a camera move over the first frame, or a scene from the words alone."""
    brief = words.read(prompt, seed)
    count = round(seconds * encode.FPS)
    if first_frame is None:
        frames = scene.shoot(brief, width, height, count, encode.FPS)
    else:
        frames = picture.shoot(brief, picture.decode(first_frame), width, height, count, encode.FPS)
    encode.save(path, frames, size=(width, height), format=format, quality=quality)


def paint_still(
    path: str | PathLike[str],
    *,
    prompt: str,
    seed: int,
    width: int,
    height: int,
    format: str,
    quality: int,
    references: Sequence[bytes] = (),
) -> None:
    """Draw one picture; its colours lean towards the first reference."""
    pictures = [picture.decode(data) for data in references]
    brief = words.read(prompt, seed)
    planes = scene.still(brief, width, height, pictures[0] if pictures else None)
    image = picture_from(planes).crop((0, 0, width, height))
    image.save(path, _PILLOW_NAMES[format], quality=quality)
