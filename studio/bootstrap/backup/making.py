"""Make a backup while the studio runs.

Files come first and rows last. A file is stored before the row that names it is committed and removed
after that row is gone, so a file that could not be read any more has no row in a later snapshot.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils import timezone

from studio.bootstrap.backup import Refused, archive, files, snapshot
from studio.bootstrap.backup.archive import Writer
from studio.bootstrap.backup.manifest import Manifest
from studio.bootstrap.backup.snapshot import Snapshot

_ROUNDS = 4  # snapshots, until no file that one names has been removed meanwhile


@dataclass(frozen=True)
class Made:
    """A backup that was read back and compared."""

    path: Path
    contents: Manifest
    size: int

    @property
    def files(self) -> int:
        return sum(name.startswith("media/") for name in self.contents.members)


@dataclass
class _Rows:
    """Rows of one moment, each table in a file without a name, and the stored files they name."""

    contents: Manifest
    packed: dict[str, tuple[IO[bytes], int]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


def make(target: Path, *, media: bool = True, force: bool = False) -> Made:
    """Write a backup, read all of it back, and only then give it its name.

    Raises:
        Refused: with a sentence; no file of that name was made or changed.
    """
    target = target.absolute()
    if not target.parent.is_dir():
        raise Refused(f"There is no folder {target.parent}.")
    if target.is_dir() or (target.exists() and not force):
        raise Refused(
            f"{target} is there already; choose another name"
            + ("." if target.is_dir() else ", or give --force.")
        )
    with _spoken(target), _alone():
        writer = Writer(target)
        try:
            contents = _write(writer, media=media)
            size = _checked(writer.path, contents)
            writer.publish(force=force)
        finally:
            writer.drop()
    return Made(target, contents, size)


@contextmanager
def _alone() -> Iterator[None]:
    path = Path(settings.VAR_DIR) / "backup.lock"
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(f"Another backup of {settings.VAR_DIR} is being made.") from None
        yield


@contextmanager
def _spoken(target: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as exc:
        raise Refused(f"{target} was made by somebody else meanwhile; choose another name.") from exc
    except OSError as exc:
        what = exc.filename or target
        raise Refused(f"{what}: {exc.strerror or exc}. Nothing is left of the backup.") from exc


def _write(writer: Writer, *, media: bool) -> Manifest:
    if media:
        with snapshot.taken() as seen:
            names = _named(seen)
        _add_media(writer, names)
    rows = _rows(writer, media=media)
    for table, (packed, size) in rows.packed.items():
        with packed:
            writer.add(f"rows/{table}.jsonl.gz", packed, size)
    for name, key in files.keys().items():
        with tempfile.SpooledTemporaryFile(max_size=1024 * 1024) as file:
            file.write(key)
            file.seek(0)
            writer.add(f"keys/{name}", file, len(key))
    writer.finish(rows.contents)
    return rows.contents


def _rows(writer: Writer, *, media: bool) -> _Rows:
    """All rows of one moment, and every file they name in the backup.

    Where a file is removed between that moment and our reading of it, its row has gone too: rows are read again.
    """
    for last in [*[False] * (_ROUNDS - 1), True]:
        with snapshot.taken() as seen:
            rows = _read(seen, writer.target.parent, media=media)
        gone = _add_media(writer, rows.names) if media else set()
        if last or not gone or gone <= _named_now():
            break
        for packed, _ in rows.packed.values():
            packed.close()
    rows.contents.missing = sorted(gone)
    return rows


def _read(seen: Snapshot, folder: Path, *, media: bool) -> _Rows:
    made_at = timezone.now().isoformat()
    rows = _Rows(Manifest(made_at, seen.vendor, seen.migrations, with_media=media))
    for table, model in seen.schema.tables.items():
        packed = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it is put into the backup later
        with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=3, mtime=0, filename="") as file:
            for row in seen.rows(model):
                file.write(json.dumps(row).encode() + b"\n")
                rows.names.update(files.named(table, row))
        rows.packed[table] = (packed, packed.tell())
        packed.seek(0)
        rows.contents.tables[table] = seen.table(model)
    return rows


def _named_now() -> set[str]:
    with snapshot.taken() as seen:
        return _named(seen)


def _named(seen: Snapshot) -> set[str]:
    """Every stored file that a row names."""
    models = [(table, model) for table, model in seen.schema.tables.items() if table in files.COLUMNS]
    return {name for table, model in models for row in seen.rows(model) for name in files.named(table, row)}


def _add_media(writer: Writer, names: set[str]) -> set[str]:
    """Put in those that are not in yet. Returns those that are nowhere."""
    gone = set()
    for name in sorted(names):
        if f"media/{name}" in writer.members:
            continue
        path = files.path_of(name)
        if not archive.is_inside(name) or path.is_dir():
            gone.add(name)
            continue
        try:
            file = path.open("rb")
        except FileNotFoundError:
            gone.add(name)
            continue
        with file:
            writer.add(f"media/{name}", file, os.fstat(file.fileno()).st_size)
    return gone


def _checked(path: Path, contents: Manifest) -> int:
    """Read all of it back. Its size."""
    with archive.opened(path) as reader:
        if reader.manifest != contents:
            raise Refused(
                "What was read back is not what was written: look at the disk. Nothing is left of it."
            )
    return path.stat().st_size
