"""Stored files that rows name, and the keys that open what the studio signed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection

from studio.bootstrap.backup import Refused, archive

# columns that hold the name of a stored file, by table
COLUMNS = {
    "renders_render": ("file", "poster", "last_frame", "filmstrip", "review"),
    "projects_picture": ("original", "file", "preview"),
    "accounts_user": ("picture",),
}
_PIECE = 1024 * 1024


def named(table: str, row: dict[str, Any]) -> Iterable[str]:
    """The stored files that this row names."""
    return [row[column] for column in COLUMNS.get(table, ()) if row.get(column)]


def path_of(name: str) -> Path:
    return Path(settings.MEDIA_ROOT) / name


def keys() -> dict[str, bytes]:
    """The secret key in use, wherever it comes from, and every other key file that is there."""
    found = {"secret_key": settings.SECRET_KEY.encode()}
    for name in settings.KEY_FILES:
        path = Path(settings.VAR_DIR) / name
        if name not in found and path.exists():
            found[name] = path.read_bytes()
    return found


def refuse_another_studio(keys: dict[str, bytes]) -> None:
    """Leave a folder alone in which another studio keeps its files: its key would be lost, and with it every link.

    Raises:
        Refused: `VAR_DIR` is not new, and its key is not the backup's.
    """
    folder = Path(settings.VAR_DIR)
    kept = folder / "secret_key"
    if not kept.exists() or kept.read_bytes().strip() == keys.get("secret_key"):
        return
    database = folder / "studio.sqlite3"
    in_use = connection.vendor == "sqlite" and Path(connection.settings_dict["NAME"]) == database
    media = Path(settings.MEDIA_ROOT)
    if any(path.is_file() for path in media.rglob("*")) or (database.exists() and not in_use):
        raise Refused(
            f"{folder} belongs to another studio (its key is not the backup's): restore into a VAR_DIR of its own."
        )


def put_key(name: str, content: bytes) -> None:
    """Write a key file that only we can read."""
    folder = Path(settings.VAR_DIR)
    _put(folder / name, [content], through=folder, mode=0o600)


def put_media(name: str, content: IO[bytes]) -> None:
    """Store a file under exactly this name, all of it or nothing."""
    pieces = iter(lambda: content.read(_PIECE), b"")
    _put(path_of(name), pieces, through=Path(settings.MEDIA_ROOT), mode=0o666)


def sync_media(names: Iterable[str]) -> None:
    """Have the names of these files on the disk, with the folders they are in."""
    root = Path(settings.MEDIA_ROOT)
    folders = {folder for name in names for folder in path_of(name).parents if folder.is_relative_to(root)}
    for folder in sorted(folders, reverse=True):
        archive.fsync_folder(folder)


def another_key_is_set() -> bool:
    """Whether the environment sets a SECRET_KEY of its own, so that the kept one is not used."""
    kept = Path(settings.VAR_DIR) / "secret_key"
    return not kept.exists() or kept.read_text().strip() != settings.SECRET_KEY


def _put(path: Path, pieces: Iterable[bytes], *, through: Path, mode: int) -> None:
    """All of it or nothing. What a restore that was killed left half done is in the next one's way, and goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = through / ".restoring"
    fresh.unlink(missing_ok=True)
    opened = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    try:
        with os.fdopen(opened, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
