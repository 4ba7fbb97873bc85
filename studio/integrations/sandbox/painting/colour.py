"""Colours as the painter mixes them (RGB, 0 to 1) and as film keeps them (BT.709, limited range)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageMath

Colour = tuple[float, float, float]

BLACK, NEUTRAL = 16, 128  # of the Y plane; of the Cb and Cr planes

_TO_FILM = (
    (0.2126, 0.7152, 0.0722),
    (-0.1146, -0.3854, 0.5),
    (0.5, -0.4542, -0.0458),
)
_SPAN = (219, 224, 224)
_START = (16, 128, 128)


@dataclass
class Planes:
    """One picture, or one strip of it: Y in full, Cb and Cr at half the width and height."""

    y: Image.Image
    cb: Image.Image
    cr: Image.Image

    def __iter__(self) -> Iterator[Image.Image]:
        return iter((self.y, self.cb, self.cr))

    def copy(self) -> "Planes":
        return Planes(*(plane.copy() for plane in self))


@dataclass
class Field:
    """A picture being mixed: three float images of one size, so that no gradient bands."""

    r: Image.Image
    g: Image.Image
    b: Image.Image

    def __iter__(self) -> Iterator[Image.Image]:
        return iter((self.r, self.g, self.b))

    @property
    def size(self) -> tuple[int, int]:
        return self.r.size

    def mixed(self, colour: Colour, amount: Image.Image) -> "Field":
        """Lay one colour over this picture; amount is a float image, 0 to 1."""
        return Field(
            *(calc(lambda a, c, m: a + (c - a) * m, a, c, amount) for a, c in zip(self, colour, strict=True))
        )

    def lit(self, colour: Colour, amount: Image.Image) -> "Field":
        """Add light the way a lens does: what is bright already gains less."""
        return Field(
            *(
                calc(lambda a, c, m: a + (1.0 - a) * (c * m), a, c, amount)
                for a, c in zip(self, colour, strict=True)
            )
        )

    def times(self, amount: Image.Image) -> "Field":
        return Field(*(calc(lambda a, m: a * m, a, amount) for a in self))


def calc(formula: Callable[..., Any], *images: Image.Image | float) -> Image.Image:
    """Work one formula over float images, pixel by pixel."""
    named = {f"v{n}": image for n, image in enumerate(images) if isinstance(image, Image.Image)}

    def evaluate(values: dict[str, Any]) -> Any:
        return formula(*(values.get(f"v{n}", image) for n, image in enumerate(images)))

    worked: Image.Image = ImageMath.lambda_eval(evaluate, **named)
    return worked


def mix(one: Colour, other: Colour, amount: float) -> Colour:
    r, g, b = (a + (c - a) * amount for a, c in zip(one, other, strict=True))
    return r, g, b


def from_hex(text: str) -> Colour:
    r, g, b = (int(text[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return r, g, b


def brightness(colour: Colour) -> float:
    return sum(weight * part for weight, part in zip(_TO_FILM[0], colour, strict=True))


def on_film(colour: Colour) -> tuple[int, int, int]:
    y, cb, cr = (
        round(start + span * sum(weight * part for weight, part in zip(weights, colour, strict=True)))
        for start, span, weights in zip(_START, _SPAN, _TO_FILM, strict=True)
    )
    return y, cb, cr


def develop(field: Field, dither: Image.Image) -> Planes:
    """Turn a mixed picture into film planes; the dither keeps dark skies from banding."""
    planes = []
    half = (field.size[0] // 2, field.size[1] // 2)
    for number, (weights, span, start) in enumerate(zip(_TO_FILM, _SPAN, _START, strict=True)):
        channels = [c.resize(half, Image.Resampling.BOX) for c in field] if number else list(field)
        noise = dither.crop((0, 0, *channels[0].size))
        value = calc(
            lambda r, g, b, n, w=weights, k=span, s=start: (
                (r * w[0] + g * w[1] + b * w[2]) * k + (n + (s + 0.5))
            ),
            *channels,
            noise,
        )
        planes.append(value.convert("L"))
    return Planes(*planes)


_FILM_FROM_RGB = tuple(
    value
    for weights, span, start in zip(_TO_FILM, _SPAN, _START, strict=True)
    for value in (*(weight * span / 255 for weight in weights), start)
)
_KY, _KC = 255 / 219, 255 / 224
_RGB_FROM_FILM = tuple(
    value
    for blue, red in ((0.0, 1.5748), (-0.1873, -0.4681), (1.8556, 0.0))
    for value in (_KY, blue * _KC, red * _KC, -16 * _KY - 128 * _KC * (blue + red))
)


def film_from(picture: Image.Image) -> Planes:
    """Put an RGB picture of even size on film."""
    y, cb, cr = picture.convert("RGB", _FILM_FROM_RGB).split()
    half = (picture.width // 2, picture.height // 2)
    return Planes(y, cb.resize(half, Image.Resampling.BOX), cr.resize(half, Image.Resampling.BOX))


def picture_from(planes: Planes) -> Image.Image:
    """Read film planes back as an RGB picture."""
    size = planes.y.size
    chroma = (plane.resize(size, Image.Resampling.BICUBIC) for plane in (planes.cb, planes.cr))
    return Image.merge("RGB", (planes.y, *chroma)).convert("RGB", _RGB_FROM_FILM)
