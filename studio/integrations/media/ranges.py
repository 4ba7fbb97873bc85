"""Answer for a file with byte ranges: browsers seek in a video only where these are kept."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags

from studio.core.streaming import PATIENT

_CHUNK = 256 * 1024
_ONE_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")

TYPES = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "avif": "image/avif",
    "heic": "image/heic",
}


class NotSatisfiable(ValueError):
    """The range lies outside the file."""


def wanted(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a Range header; None to send the whole file.

    Several ranges, other units and nonsense mean the whole file, as RFC 9110 14.2 allows.

    Raises:
        NotSatisfiable: answer 416.
    """
    match = _ONE_RANGE.match(header.strip())
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:  # the last N bytes
        if int(last) == 0:
            raise NotSatisfiable
        return max(0, size - int(last)), size - 1
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if start >= size:
        raise NotSatisfiable
    return (start, end) if start <= end else None


def respond(request, path: Path, *, etag: str, download_as: str = "") -> HttpResponseBase:
    """The file, or the asked part of it, or 304 or 416. HEAD sends no body.

    The address holds the file's hash, so the bytes never change, but who may see them can:
    the browser keeps its copy and asks each time.
    """
    size = path.stat().st_size
    etag = f"{etag}-{size}"  # a picture can be made anew under its name
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{etag}"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if download_as:
        headers["Content-Disposition"] = content_disposition_header(True, download_as) or "attachment"
    if f'"{etag}"' in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers=headers)
    content_type = TYPES.get(path.suffix.lstrip(".").lower(), "application/octet-stream")
    may_be_part = request.headers.get("If-Range", f'"{etag}"') == f'"{etag}"'
    try:
        part = wanted(request.headers.get("Range", ""), size) if may_be_part else None
    except NotSatisfiable:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, end = part or (0, size - 1)
    headers["Content-Length"] = str(end - start + 1)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, content_type=content_type, headers=headers)
    getattr(request, "scope", {})[PATIENT] = True
    body = _bytes_of(path, start, end)
    return StreamingHttpResponse(body, status=status, content_type=content_type, headers=headers)


async def _bytes_of(path: Path, start: int, end: int) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        await asyncio.to_thread(file.seek, start)
        left = end - start + 1
        while left > 0:
            chunk = await asyncio.to_thread(file.read, min(_CHUNK, left))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk
