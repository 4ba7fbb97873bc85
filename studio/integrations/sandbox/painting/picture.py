"""A given picture brought to life: frame 0 is the picture, then the camera moves over it."""

import io
import math
from collections.abc import Iterator

from PIL import Image, ImageFilter, ImageOps

from . import camera, film, palette, weather
from .colour import Planes, film_from
from .words import Brief

NEAREST, BICUBIC, LANCZOS = Image.Resampling.NEAREST, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS


class Undecodable(ValueError):
    """The bytes are not a picture we can read; send a JPEG, PNG or WebP."""


def decode(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            upright = ImageOps.exif_transpose(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Undecodable("This picture could not be read.") from error
    if upright.mode in {"RGBA", "LA", "PA", "P"}:
        seen = upright.convert("RGBA")
        ground = Image.new("RGBA", seen.size, (0, 0, 0, 255))
        return Image.alpha_composite(ground, seen).convert("RGB")
    return upright.convert("RGB")


def covering(picture: Image.Image, width: int, height: int) -> Image.Image:
    return ImageOps.fit(picture, (width, height), LANCZOS)


def shoot(
    brief: Brief, picture: Image.Image, width: int, height: int, frames: int, fps: int
) -> Iterator[Planes]:
    seconds = frames / fps
    move = camera.over_picture(brief, seconds)
    table = Table(picture, width, height)
    air = weather.Air(brief, palette.choose(brief, picture), width, height)
    light = film.flicker(brief)
    grain = film.Grain(brief, width, height, strength=0.7)
    for number in range(frames):
        second = number / fps
        frame = table.seen(move(number / max(1, frames - 1)))
        if number:
            air.draw(frame, camera.Pose(), second, strength=min(1.0, second / 0.8))
            film.exposed(frame, light(second))
            if grain.lives:
                grain.draw(frame)
        yield frame


class Table:
    """The picture lying under a camera, with what continues beyond its edges.

    It is kept larger by an odd factor, so one point in each of its pixels is the pixel itself.
    """

    def __init__(self, picture: Image.Image, width: int, height: int):
        self.width, self.height = width, height
        self.margin = (_even(width * 0.06), _even(height * 0.06))
        y, cb, cr = film_from(_extended(picture, width, height, self.margin))
        self.planes = ((_enlarged(y, 5), 5, 1), (_enlarged(cb, 3), 3, 2), (_enlarged(cr, 3), 3, 2))

    def seen(self, pose: camera.Pose) -> Planes:
        middle_x = self.margin[0] + self.width / 2 + pose.x * self.width
        middle_y = self.margin[1] + self.height / 2 + pose.y * self.height
        cos, sin = math.cos(pose.roll) / pose.zoom, math.sin(pose.roll) / pose.zoom
        start_x = middle_x - cos * self.width / 2 + sin * self.height / 2
        start_y = middle_y - sin * self.width / 2 - cos * self.height / 2
        planes = []
        for plane, fine, share in self.planes:
            size = (self.width // share, self.height // share)
            turn = (
                cos * fine,
                -sin * fine,
                start_x * fine / share,
                sin * fine,
                cos * fine,
                start_y * fine / share,
            )
            planes.append(plane.transform(size, Image.Transform.AFFINE, turn, NEAREST))
        return Planes(*planes)


def _enlarged(plane: Image.Image, times: int) -> Image.Image:
    return plane.resize((plane.width * times, plane.height * times), BICUBIC)


def _extended(picture: Image.Image, width: int, height: int, margin: tuple[int, int]) -> Image.Image:
    """The covering crop, with the rest of the picture around it and mirrors where the picture ends."""
    scale = max(width / picture.width, height / picture.height)
    crop = covering(picture, width, height)
    full = picture.resize(
        (max(width, round(picture.width * scale)), max(height, round(picture.height * scale))), LANCZOS
    )
    canvas = Image.new("RGB", (width + 2 * margin[0], height + 2 * margin[1]))
    left, upper = (canvas.width - full.width) // 2, (canvas.height - full.height) // 2
    across, down = ImageOps.mirror(full), ImageOps.flip(full)
    both = ImageOps.mirror(down)
    for x in (-1, 0, 1):
        for y in (-1, 0, 1):
            tile = both if x and y else across if x else down if y else full
            canvas.paste(tile, (left + x * full.width, upper + y * full.height))
    soft = canvas.filter(ImageFilter.GaussianBlur(max(2, width // 240)))
    inside = Image.new("L", canvas.size)
    inside.paste(255, (max(0, left), max(0, upper), left + full.width, upper + full.height))
    canvas = Image.composite(canvas, soft, inside)
    canvas.paste(crop, margin)
    return canvas


def _even(value: float) -> int:
    return 2 * round(value / 2)
