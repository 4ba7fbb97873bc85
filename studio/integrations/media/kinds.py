"""What a file is by its first bytes, whatever it is called: what its name should end in."""

from __future__ import annotations

from pathlib import Path

_HEAD = 512  # bytes
_HEIF = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF = {b"avif", b"avis"}
_WORDS = {
    "mp4": "an MP4",
    "mov": "a MOV",
    "webm": "a WebM",
    "jpg": "a JPEG",
    "png": "a PNG",
    "webp": "a WebP",
    "gif": "a GIF",
    "avif": "an AVIF",
    "heic": "a HEIC",
    "html": "a web page",
    "json": "JSON",
    "": "of a kind that is not known here",
}
CLIPS = {"mp4", "mov", "webm"}
STILLS = {"jpg", "png", "webp", "gif", "avif", "heic"}


def of(path: Path) -> str:
    """ "mp4", "jpg", "html" …, or "" for what is not known."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head[4:8] == b"ftyp":
        return _of_brands({head[place : place + 4] for place in (8, *range(16, min(len(head), 64), 4))}, head)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    for start, kind in (
        (b"\xff\xd8\xff", "jpg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"GIF8", "gif"),
        (b"\x1aE\xdf\xa3", "webm"),
    ):
        if head.startswith(start):
            return kind
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mov"
    words = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:14].lower()
    if words.startswith((b"<!doctype html", b"<html")):
        return "html"
    return "json" if words[:1] in (b"{", b"[") else ""


def _of_brands(brands: set[bytes], head: bytes) -> str:
    """Of a file that begins with a list of what it is compatible with (ISO/IEC 14496-12, 4.3)."""
    if brands & _AVIF:
        return "avif"
    if brands & _HEIF:
        return "heic"
    return "mov" if head[8:12] == b"qt  " else "mp4"


def in_words(kind: str) -> str:
    """The kind as the end of a sentence: "it is a GIF"."""
    return _WORDS.get(kind, _WORDS[""])
