"""Serving results and uploads over GET (`protocols.md` 9, rule 19), and what can go wrong there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from studio.integrations.sandbox.clock import Clock
from studio.integrations.sandbox.faults import Faults, Stage
from studio.integrations.sandbox.items import subject
from studio.integrations.sandbox.store import Store

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_TYPES = {
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "bmp": "image/bmp",
}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CHUNK = 256 * 1024
_PAGE = b"<!doctype html><title>Not what you came for</title><p>This is a web page."


class Files:
    def __init__(self, directory: Path, store: Store, faults: Faults, clock: Clock) -> None:
        self._directory = directory
        self._store = store
        self._faults = faults
        self._clock = clock

    async def serve(self, scope: Scope, send: Send, *, cut: Callable[[], None]) -> None:
        """Answer GET or HEAD for one file; `cut` closes the connection early."""
        path = scope["path"]
        file, odd = self._find(path)
        if "result_slow" in odd:
            await asyncio.sleep(odd["result_slow"]["seconds"])
        if file is None or "result_404" in odd:
            return await _say(send, odd.get("result_404", {}).get("status", 404), b"Not Found", "text/plain")
        if "result_wrong_type" in odd:
            return await _say(send, 200, _PAGE, odd["result_wrong_type"]["content_type"])
        await _send_file(scope, send, file, odd, cut)

    def _find(self, path: str) -> tuple[Path | None, dict[str, Any]]:
        """The file at this address, unless it has expired, and what is to go wrong with it."""
        result = self._store.result_at(path)
        if result is None:
            upload = self._store.upload_at(path)
            return (self._directory / upload if upload else None), {}
        task = self._store.task(result.task)
        odd = self._faults.at(Stage.FILE, [subject(task)]) if task else {}
        expired = result.expires_at is not None and result.expires_at <= self._clock.now()
        if "result_is" in odd:
            return Path(odd["result_is"]["path"]), odd
        if expired or result.file is None or not (self._directory / result.file).exists():
            return None, odd
        return self._directory / result.file, odd


async def _send_file(
    scope: Scope, send: Send, file: Path, odd: dict[str, Any], cut: Callable[[], None]
) -> None:
    size = file.stat().st_size
    kind = _TYPES.get(file.suffix.lstrip("."), "application/octet-stream")
    first, last, partial = _span(scope, size)
    if first > last:
        return await _say(send, 416, b"", "text/plain", ("content-range", f"bytes */{size}"))
    headers = [("content-type", kind)]
    length = last - first + 1
    send_bytes = length
    if "result_truncated" in odd:
        send_bytes = length // 2
        length = length if odd["result_truncated"]["declared"] else send_bytes
    if "result_without_length" not in odd:
        headers += [("content-length", str(length)), ("accept-ranges", "bytes")]
    if partial:
        headers.append(("content-range", f"bytes {first}-{last}/{size}"))
    await _start(send, 206 if partial else 200, headers)
    if scope["method"] == "HEAD":
        return await send({"type": "http.response.body"})
    with file.open("rb") as content:
        content.seek(first)
        left = send_bytes
        while left > 0 and (chunk := content.read(min(_CHUNK, left))):
            left -= len(chunk)
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    if send_bytes < length:
        return cut()
    await send({"type": "http.response.body"})


def _span(scope: Scope, size: int) -> tuple[int, int, bool]:
    """First and last byte asked for, and whether that is a part; first > last: not satisfiable."""
    wish = dict(scope["headers"]).get(b"range", b"").decode("latin-1")
    found = _RANGE.fullmatch(wish)
    if found is None or found.group(1) == found.group(2) == "":
        return 0, size - 1, False
    start, end = found.groups()
    if start == "":
        return max(size - int(end), 0), (size - 1 if int(end) else -1), True
    return int(start), min(int(end), size - 1) if end else size - 1, True


async def _say(send: Send, status: int, body: bytes, kind: str, *headers: tuple[str, str]) -> None:
    await _start(send, status, [("content-type", kind), ("content-length", str(len(body))), *headers])
    await send({"type": "http.response.body", "body": body})


async def _start(send: Send, status: int, headers: list[tuple[str, str]]) -> None:
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
