"""Small files that unpack to something huge: refused by what they announce, before anything is unpacked."""

import io
import struct
import tracemalloc
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageFile

from studio.generation.renders import take_files
from studio.integrations.media import pictures
from studio.planning.projects.models import Picture


def chunk(kind, content):
    whole = kind + content
    return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))


def png(width, height, *, extra=b""):
    """A PNG that announces this size; its pixels are whatever it holds."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def whole(width, height):
    """One that can be decoded to its last pixel, a thousand times smaller than that."""
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


def webp(width, height):
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "WEBP", lossless=True)
    content = bytearray(out.getvalue())
    place = content.index(b"VP8L") + 9
    content[place : place + 4] = struct.pack("<I", (width - 1) | (height - 1) << 14)
    return bytes(content)


BOMBS = {
    "a picture of 10 gigapixels": png(100_000, 100_000),
    "one of 144 megapixels": png(12_000, 12_000),
    "one of 100 megapixels and a bit": png(10_001, 10_000),
    "one that is a thousand times its file": whole(12_000, 12_000),
    "the largest a header can say": png(2**31 - 1, 2**31 - 1),
    "one line of two thousand million": png(2**31 - 1, 1),
    "a WebP that announces the most": webp(16_384, 16_384),
    "no pixels at all": png(0, 0),
    "a note that unpacks to 64 MB": png(
        64, 64, extra=chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(64_000_000), 9))
    ),
    "a colour profile that unpacks to 64 MB": png(
        64, 64, extra=chunk(b"iCCP", b"icc\x00\x00" + zlib.compress(bytes(64_000_000), 9))
    ),
}


@pytest.fixture(params=BOMBS)
def bomb(request, monkeypatch):
    """One of them; unpacking the pixels of a large one fails the test, unpacking words or colours shows."""
    load = ImageFile.ImageFile.load

    def small(image):
        assert image.width * image.height < 100_000_000, "it was unpacked"
        return load(image)

    monkeypatch.setattr(ImageFile.ImageFile, "load", small)
    tracemalloc.start()
    yield BOMBS[request.param]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16_000_000


def test_a_bomb_is_refused_in_words(bomb):
    with pytest.raises(pictures.Unreadable):
        pictures.read(io.BytesIO(bomb))


def test_a_bomb_that_is_uploaded_is_refused_beside_its_field(client_of, ana, shot):
    address = reverse("board:first_frame", args=[shot.project.slug, shot.code])
    sent = SimpleUploadedFile("bomb.png", BOMBS["one that is a thousand times its file"])
    answer = client_of(ana).post(address, {"first_frame": sent})

    assert answer.status_code == 422
    assert "This picture has 144 megapixels; 50 is the most we take of a PNG." in answer.content.decode()
    assert not Picture.objects.exists()


def test_a_bomb_that_comes_as_a_result_is_no_still(ready, tmp_path, bomb):
    """It is fetched again later, as any file that is not what was ordered."""
    path = tmp_path / "still.png"
    path.write_bytes(bomb)
    with pytest.raises(pictures.Unreadable):
        take_files.keep_still(ready, path)


def test_a_bomb_on_our_own_disk_is_not_cut_to_size(bomb):
    """A file may have been put there by other hands than ours."""
    with pytest.raises(pictures.Unreadable):
        pictures.cut(bomb, None, 1280, 720)
