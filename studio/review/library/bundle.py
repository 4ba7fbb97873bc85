"""Many takes as one file: a zip that is made while it is sent, the clips in it as they are."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import IO

from django.core.files.storage import default_storage

from studio.generation.renders.models import Render
from studio.review.library.selection import Unfit, listed

_PART = 512 * 1024  # bytes read at once


class _Sent:
    """What has been written since it was last asked for; nothing can be gone back to."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        data, self._parts = b"".join(self._parts), []
        return data


def check(takes: list[Render]) -> None:
    """See that all their files are there, while a person can still be told.

    Raises:
        Unfit: some are not.
    """
    gone = [take for take in takes if not take.file or not default_storage.exists(take.file)]
    if gone:
        raise Unfit(f"There is no file of {listed(gone)}.")


def zipped(takes: list[Render]) -> Iterator[bytes]:
    """The parts of a zip with the original of each take, under the name people know it by."""
    sent = _Sent()
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_STORED) as bundle:  # type: ignore[call-overload]
        for name, take in _named(takes):
            with (
                default_storage.open(take.file) as file,
                bundle.open(_entry(name, take), "w", force_zip64=True) as entry,
            ):
                for part in _parts(file):
                    entry.write(part)
                    yield sent.taken()
            yield sent.taken()
    yield sent.taken()


def _named(takes: list[Render]) -> Iterator[tuple[str, Render]]:
    """Each with a name of its own: shots whose codes differ only in signs have files of the same name."""
    given: set[str] = set()
    for take in takes:
        name = take.file_name
        if name in given:
            name = f"{take.code.hex[:8]}_{name}"
        given.add(name)
        yield name, take


def _entry(name: str, take: Render) -> zipfile.ZipInfo:
    made = take.created_at
    return zipfile.ZipInfo(
        name, date_time=(made.year, made.month, made.day, made.hour, made.minute, made.second)
    )


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    while part := file.read(_PART):
        yield part
