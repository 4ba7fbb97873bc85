"""A 24-megapixel photograph: cropped to a preset, and taken in as an upload."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image, ImageOps

from studio.integrations.media import apart, pictures
from tests.bench import measured
from tests.bench.table import Figure

SIZE = (1280, 720)
BOX = (1700.0, 900.0, 4900.0, 2700.0)  # two and a half pixels of the photograph to one


def _photograph(path: Path) -> None:
    width, height = 6000, 4000
    noise = Image.effect_noise((width // 4, height // 4), 60).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    sky = Image.linear_gradient("L").resize((width, height))
    Image.merge("RGB", (noise, sky, Image.blend(noise, sky, 0.5))).save(path, "JPEG", quality=92)


def plain(path: str) -> None:
    with Image.open(path) as image:
        _encoded(ImageOps.fit(ImageOps.exif_transpose(image).convert("RGB"), SIZE, Image.Resampling.LANCZOS))


def draft(path: str) -> None:
    with Image.open(path) as image:
        image.draft("RGB", SIZE)
        box = pictures.cover_box(image.width, image.height, *SIZE)
        _encoded(image.resize(SIZE, Image.Resampling.LANCZOS, box=box, reducing_gap=2.0))


def _encoded(image: Image.Image) -> None:
    image.save(io.BytesIO(), "JPEG", quality=95, subsampling=0)


def crop(path: str) -> None:
    with Image.open(path) as image:
        width, height = image.size
        left, top, right, bottom = BOX
        reduction = int(min((right - left) / SIZE[0], (bottom - top) / SIZE[1]))
        image.draft("RGB", (width // reduction, height // reduction))
        across, down = image.width / width, image.height / height
        box = (left * across, top * down, right * across, bottom * down)
        _encoded(image.resize(SIZE, Image.Resampling.LANCZOS, box=box, reducing_gap=2.0))


def cover(path: str) -> None:
    pictures.cut(Path(path).read_bytes(), None, *SIZE)


def cut(path: str) -> None:
    with Path(path).open("rb") as file:
        pictures.cut(file, BOX, *SIZE)


def upload(path: str) -> None:
    with Path(path).open("rb") as file:
        pictures.read(file)


def whole(path: str) -> None:
    """As the process does it in which large pictures are decoded."""
    pictures._read(Path(path).read_bytes())


# The largest picture of each kind that is taken, in pixels.
LARGEST = {"JPEG": 100_000_000, "PNG": 50_000_000, "WEBP": 50_000_000, "AVIF": 50_000_000, "HEIF": 50_000_000}


def _at_the_limit() -> list[Figure]:
    """How much memory the largest picture of each kind takes, in the process that decodes it."""
    figures = []
    for kind, pixels in LARGEST.items():
        side = int(pixels**0.5)
        path = Path(os.environ["VAR_DIR"]) / f"largest.{kind.lower()}"
        options = {"WEBP": {"method": 0}, "AVIF": {"speed": 10}}.get(kind, {})
        Image.new("RGB", (side, side), (120, 60, 30)).save(path, kind, **options)
        memory, _ = measured.peak_mb("tests.bench.picture", "whole", str(path))
        what = f"{kind} of {pixels // 1_000_000} MP taken in: memory"
        figures.append(Figure(what, memory, "MB", goal=("<=", apart.MEMORY / 1_000_000)))
        path.unlink()
    return figures


def run() -> list[Figure]:
    path = Path(os.environ["VAR_DIR"]) / "photograph.jpg"
    _photograph(path)
    ways = {
        way.__name__: (lambda way=way: way(str(path))) for way in (plain, draft, cover, crop, cut, upload)
    }
    taken = measured.times(7, **ways)
    memory, imported = measured.peak_mb("tests.bench.picture", "cover", str(path))
    uploaded, _ = measured.peak_mb("tests.bench.picture", "upload", str(path))
    beyond = f"beyond {imported:.0f} MB imported"
    return [
        Figure("24 MP to 1280×720, beside Pillow plain", taken["cover"], floor=taken["plain"]),
        Figure(
            "24 MP to 1280×720, beside Pillow with draft",
            taken["cover"],
            floor=taken["draft"],
            goal=("<=", 1.1),
        ),
        Figure(
            "A box of 24 MP to 1280×720, beside Pillow with draft",
            taken["cut"],
            floor=taken["crop"],
            goal=("<=", 1.3),
        ),
        Figure("24 MP to 1280×720: memory", memory, "MB", None, ("<=", 60), beyond),
        Figure(
            "24 MP taken in as an upload", taken["upload"], floor=taken["plain"], note="beside Pillow plain"
        ),
        Figure("24 MP taken in: memory", uploaded, "MB", note=beyond),
        *_at_the_limit(),
    ]
