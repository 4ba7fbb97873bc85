"""The file of a backup: an uncompressed tar that is whole or not there, and is believed only when every hash fits.

It holds `media/…`, `rows/<table>.jsonl.gz`, `keys/…` and, last, the list of them all.
"""

from __future__ import annotations

import glob
import gzip
import hashlib
import io
import os
import re
import secrets
import tarfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from studio.bootstrap.backup import Refused, manifest
from studio.bootstrap.backup.manifest import Manifest, Member

_PIECE = 1024 * 1024
_LONGEST_ROW = 64 * 1024 * 1024  # bytes
UNFINISHED = "media/.restoring"  # where a restore writes a file until it is whole
_PLACES = re.compile(r"(rows/[a-z0-9_]+\.jsonl\.gz|keys/.+|media/.+)\Z", re.DOTALL)


# --- writing ------------------------------------------------------------------------------


class Writer:
    """Puts members into a new file beside the wanted one; only we may read it, from its first byte on."""

    def __init__(self, target: Path) -> None:
        self.target = target
        for left in target.parent.glob(f".{glob.escape(target.name)}.*.partial"):
            left.unlink()  # of a backup that was killed: one is made at a time
        self.path = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
        opened = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        self._file = os.fdopen(opened, "w+b")
        self._tar = tarfile.open(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self.members: dict[str, Member] = {}

    def add(self, name: str, content: IO[bytes], size: int) -> None:
        """Put in as many bytes as there are said to be."""
        hashed = _Hashed(content)
        self._tar.addfile(_told(name, size), cast("IO[bytes]", hashed))
        self.members[name] = Member(hashed.digest.hexdigest(), size)

    def finish(self, contents: Manifest) -> None:
        """Write the list and have everything on the disk."""
        contents.members = self.members
        text = contents.written()
        self._tar.addfile(_told(manifest.NAME, len(text)), io.BytesIO(text))
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        if hasattr(os, "posix_fadvise"):  # what is read back shall come from the disk
            os.posix_fadvise(self._file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        self._file.close()

    def publish(self, *, force: bool) -> None:
        """Give it its name.

        Raises:
            FileExistsError: somebody made a file of that name meanwhile.
        """
        if force:
            self.path.replace(self.target)
        else:
            try:
                os.link(self.path, self.target)  # unlike a rename it replaces nothing
            except FileExistsError:
                raise
            except OSError:  # a disk without links
                if self.target.exists():
                    raise FileExistsError(self.target) from None
                self.path.rename(self.target)
        self.path.unlink(missing_ok=True)
        fsync_folder(self.target.parent)

    def drop(self) -> None:
        """Leave nothing behind; harmless when it has its name."""
        with suppress(OSError, ValueError):
            self._file.close()
        self.path.unlink(missing_ok=True)


def _told(name: str, size: int) -> tarfile.TarInfo:
    told = tarfile.TarInfo(name)
    told.size, told.mode, told.mtime = size, 0o600, int(time.time())
    return told


class _Hashed:
    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._content.read(size)
        self.digest.update(piece)
        return piece


def fsync_folder(folder: Path) -> None:
    """Have the names in it on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


# --- reading ------------------------------------------------------------------------------


class Reader:
    """A backup that is whole: all of it was read and fits its list."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._members = _listed(tar)
        self.manifest = self._read_manifest()
        self._compare()

    def names(self, place: str) -> list[str]:
        """The members of a place, `media` for one, without its name before them."""
        return [name.partition("/")[2] for name in self.manifest.members if name.startswith(f"{place}/")]

    def open(self, name: str) -> IO[bytes]:
        file = self._tar.extractfile(self._members[name])
        assert file is not None  # each is a plain file
        return file

    def lines(self, table: str) -> Iterator[bytes]:
        """The rows of a table, one after the other."""
        name = f"rows/{table}.jsonl.gz"
        with self.open(name) as packed, gzip.GzipFile(fileobj=packed) as file:
            while line := file.readline(_LONGEST_ROW):
                if not line.endswith(b"\n"):
                    raise Refused(f"This backup is damaged: a row of {table} has no end.")
                yield line

    def _read_manifest(self) -> Manifest:
        told = self._members.pop(manifest.NAME, None)
        if told is None:
            raise Refused("This is no whole backup of a Rushes: it has no list of its contents.")
        if told.size > manifest.LARGEST:
            raise Refused("This backup is damaged: its list of contents cannot be read.")
        file = self._tar.extractfile(told)
        assert file is not None
        return manifest.read(file.read())

    def _compare(self) -> None:
        wanted = self.manifest.members
        if apart := sorted(set(wanted) ^ set(self._members)):
            raise Refused(f"This backup is damaged: {apart[0]!r} is not both listed and there.")
        for name, member in wanted.items():
            if self._members[name].size != member.size or _hash(self.open(name)) != member.sha256:
                raise Refused(f"This backup is damaged: {name!r} is not what was put in.")
        if {f"{table}.jsonl.gz" for table in self.manifest.tables} != set(self.names("rows")):
            raise Refused("This backup is damaged: its tables are not those it lists.")
        for table, told in self.manifest.tables.items():
            if sum(1 for _ in self.lines(table)) != told.rows:
                raise Refused(f"This backup is damaged: {table} has not the rows it should have.")


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """A backup, after all of it was looked at. Nothing is unpacked by this.

    Raises:
        Refused: there is none, it is no backup, damaged, or of a newer Rushes.
    """
    try:
        file = path.open("rb")
    except OSError as exc:
        raise Refused(f"{path} cannot be read: {exc.strerror}.") from exc
    with file:
        try:
            reader = Reader(tarfile.open(fileobj=file, mode="r:"))  # noqa: SIM115 - it ends with the file
        except (tarfile.TarError, EOFError, ValueError, OverflowError, zlib.error, gzip.BadGzipFile) as exc:
            raise Refused(f"{path} is not a whole backup of a Rushes.") from exc
        yield reader


def _listed(tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    """What is in it, by name: plain files only, each once, at the places we know."""
    found: dict[str, tarfile.TarInfo] = {}
    for member in tar:
        if not member.isreg() or member.issparse():
            raise Refused(f"This is not a backup of a Rushes: {member.name!r} is no plain file.")
        if member.name in found or not _is_ours(member.name):
            raise Refused(f"This is not a backup of a Rushes: {member.name!r} has no place in one.")
        found[member.name] = member
    return found


def _is_ours(name: str) -> bool:
    if name == manifest.NAME:
        return True
    parts = name.split("/")
    odd = any(part in ("", ".", "..") for part in parts) or "\0" in name or "\\" in name
    return not odd and name != UNFINISHED and bool(_PLACES.match(name))


def _hash(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    with file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def is_inside(name: str) -> bool:
    """Whether this name of a stored file leads nowhere but into the folder of media."""
    return _is_ours(f"media/{name}")
