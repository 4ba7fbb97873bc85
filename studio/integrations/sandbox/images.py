"""Pictures that come in: as data URI, bare base64, loopback address, or the UUID of one we have.

Each is kept once, under its hash, after Pillow has decoded it (`protocols.md` 1.10 and 9, rule 20).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import io
from pathlib import Path

import httpx
from PIL import Image

from studio.integrations.sandbox.errors import Refusal
from studio.integrations.sandbox.store import Store
from studio.integrations.sandbox.validate import is_loopback, is_uuid

_FORMATS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "BMP": "bmp", "GIF": "gif"}
_LARGEST_BYTES = 64 * 1024 * 1024
_LONGEST_SIDE = 2048  # an imageUpload is scaled down to it (1.10)


class Unusable(ValueError):
    """This is no picture we can work with; the sentence says why."""


class Images:
    def __init__(self, directory: Path, store: Store, http: httpx.AsyncClient) -> None:
        self._directory = directory
        self._store = store
        self._http = http
        (directory / "in").mkdir(parents=True, exist_ok=True)

    async def take(self, text: str, parameter: str) -> str:
        """Keep a task's picture; return its file, relative to the directory.

        Raises:
            Refusal: it cannot be had or read.
        """
        try:
            if is_uuid(text):
                return self._known(text)
            return await self.keep(await self._bytes(text))
        except Unusable as exc:
            name = parameter.rpartition(".")[2]
            raise Refusal(
                f"invalid{name[0].upper()}{name[1:]}", str(exc), parameter=parameter, type="string"
            ) from exc

    async def keep(self, content: bytes, *, shrink: bool = False) -> str:
        """Check that it decodes, then store it under its hash.

        Raises:
            Unusable: it does not.
        """
        if not shrink:
            digest = hashlib.sha256(content).hexdigest()
            for suffix in _FORMATS.values():
                if (self._directory / "in" / f"{digest}.{suffix}").exists():
                    return f"in/{digest}.{suffix}"  # it was decoded when it first came
        suffix, content = await asyncio.to_thread(_decoded, content, shrink=shrink)
        return self._write(content, suffix)

    async def media(self, text: str) -> str:
        """Keep an upload of any kind: a picture must decode, a clip or a sound is kept as it is."""
        kind = text[5 : text.find("/")] if text.startswith("data:") else "image"
        content = await self._bytes(text)
        if kind in ("video", "audio"):
            return self._write(content, text[text.find("/") + 1 : text.find(";")].lower())
        return await self.keep(content)

    async def upload(self, text: str) -> str:
        return await self.keep(await self._bytes(text), shrink=True)

    def _known(self, uuid: str) -> str:
        if file := self._store.upload(uuid):
            return file
        result = self._store.result(uuid)
        if result is None or result.file is None:
            raise Unusable(f"There is no image with the UUID {uuid}.")
        task = self._store.task(result.task)
        if task is None or task.order.is_video:
            raise Unusable(f"{uuid} is not an image.")
        return result.file

    async def _bytes(self, text: str) -> bytes:
        if text.startswith(("http://", "https://")):
            return await self._fetched(text)
        if text.startswith("data:"):
            head, _, text = text.partition(",")
            if not head.endswith(";base64"):
                raise Unusable("A data URI must be base64.")
        try:
            content = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            raise Unusable("Expected a UUID, an address, a data URI or base64.") from None
        if not content:
            raise Unusable("The image is empty.")
        return content

    async def _fetched(self, address: str) -> bytes:
        if not is_loopback(address):
            raise Unusable("The sandbox fetches from this machine alone; send the image itself.")
        try:
            async with self._http.stream("GET", address, timeout=10) as response:
                response.raise_for_status()
                content = bytearray()
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > _LARGEST_BYTES:
                        raise Unusable("The image at that address is too large.")
        except httpx.HTTPError as exc:
            raise Unusable(f"The image could not be fetched: {exc}") from exc
        return bytes(content)

    def _write(self, content: bytes, suffix: str) -> str:
        suffix = "".join(letter for letter in suffix if letter.isalnum())[:8] or "bin"
        file = f"in/{hashlib.sha256(content).hexdigest()}.{suffix}"
        target = self._directory / file
        if not target.exists():
            draft = target.with_suffix(".part")
            draft.write_bytes(content)
            draft.replace(target)
        return file


def _decoded(content: bytes, *, shrink: bool) -> tuple[str, bytes]:
    try:
        with Image.open(io.BytesIO(content), formats=list(_FORMATS)) as picture:
            suffix = _FORMATS[picture.format or ""]
            picture.load()
            if not shrink or max(picture.size) <= _LONGEST_SIDE:
                return suffix, content
            written = io.BytesIO()
            picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            picture.save(written, format=picture.format)
            return suffix, written.getvalue()
    except Exception as exc:  # Pillow's decoders raise whatever they like on broken input
        raise Unusable("The image could not be decoded.") from exc
