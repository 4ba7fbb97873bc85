"""Make a studio of a backup, where there is none.

The rows come last and all at once: whatever ends a restore half way, there is no studio yet, and the
same restore can be tried again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, IntegrityError
from django.utils import timezone

from studio.bootstrap.backup import Refused, archive, files, loading, places
from studio.bootstrap.backup.archive import Reader
from studio.bootstrap.backup.manifest import Manifest
from studio.bootstrap.backup.schema import Schema
from studio.runtime.jobs import engine, pause

_AGAIN = "There is no studio yet; the same restore can be tried again."


@dataclass(frozen=True)
class Restored:
    contents: Manifest
    files: int
    other_key: bool  # the environment sets a secret key, and it is not the backup's


def restore(path: Path) -> Restored:
    """Fill this empty studio from a backup; it stands still afterwards.

    Raises:
        Refused: with a sentence; there is no studio here then.
    """
    with archive.opened(path) as backup:
        shape = Schema(backup.manifest.migrations)
        if strange := sorted(set(backup.names("keys")) - set(settings.KEY_FILES)):
            raise Refused(
                f"This was made by a newer Rushes than this one (a key {strange[0]!r}); update it first."
            )
        with _alone():
            places.refuse_unless_empty()
            keys = {name: _key(backup, name) for name in backup.names("keys")}
            files.refuse_another_studio(keys)
            other_key = files.another_key_is_set()
            with _spoken():
                for name, key in keys.items():  # first: whose folder it is, is told by its key from now on
                    files.put_key(name, key)
                media = _put_media(backup)
                _put_rows(backup, shape)
        other_key = other_key and files.another_key_is_set()
        return Restored(backup.manifest, media, other_key)


@contextmanager
def _alone() -> Iterator[None]:
    own = engine.Engine()
    try:
        own.take_lock()
    except engine.AlreadyRunning as exc:
        raise Refused(str(exc)) from exc
    try:
        yield
    finally:
        own.stop()


@contextmanager
def _spoken() -> Iterator[None]:
    """What may go wrong half way, in a sentence."""
    try:
        yield
    except OSError as exc:
        raise Refused(
            f"{exc.filename or settings.VAR_DIR} could not be written: {exc.strerror or exc}. {_AGAIN}"
        ) from exc
    except IntegrityError as exc:
        said = str(exc).strip().partition("\n")[0]
        raise Refused(f"This backup is damaged: its rows do not fit together ({said}).") from exc
    except DatabaseError as exc:
        said = str(exc).strip().partition("\n")[0]
        raise Refused(f"The database could not be filled ({said}). {_AGAIN}") from exc


def _key(backup: Reader, name: str) -> bytes:
    with backup.open(f"keys/{name}") as file:
        return file.read()


def _put_media(backup: Reader) -> int:
    names = backup.names("media")
    for name in names:
        with backup.open(f"media/{name}") as file:
            files.put_media(name, file)
    files.sync_media(names)
    return len(names)


def _put_rows(backup: Reader, shape: Schema) -> None:
    with places.being_filled(shape):
        loading.load(backup, shape)
        pause.begin(f"restored {timezone.now():%Y-%m-%d %H:%M}", backup_at=backup.manifest.when)
