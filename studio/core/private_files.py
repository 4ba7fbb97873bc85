"""The studio's folder and what lies in it, for their owner alone."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 32  # characters; ours have 64
OURS = ("secret_key", "signing.pem", "studio.sqlite3", "studio.sqlite3-wal", "studio.sqlite3-shm")


def keep(folder: Path) -> None:
    """Make the folder if it is missing, and shut others out of it and of all that is made from now on.

    What was made before, with other modes, is mended; in folders below, the way to it is shut.

    Raises:
        ImproperlyConfigured: it cannot be made.
    """
    os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise ImproperlyConfigured(
            f"The studio's folder {folder} cannot be made: {exc.strerror}. VAR_DIR names it."
        ) from exc
    for path in (folder, *(folder / name for name in OURS)):
        with suppress(OSError):  # another's, or a disk that is only read: what follows will tell
            mode = path.stat().st_mode & 0o777
            if mode & 0o077:
                path.chmod(mode & 0o700)


def secret(path: Path) -> str:
    """Read the key that was made on the first run, or make it, whole or not at all; two first runs agree on one.

    Raises:
        ImproperlyConfigured: it cannot be read or written, or is no key.
    """
    try:
        if not path.exists():
            _make(path)
        key = path.read_text(encoding="ascii").strip()
    except UnicodeDecodeError:
        key = ""
    except OSError as exc:
        raise ImproperlyConfigured(
            f"The studio's key {path} cannot be read or written: {exc.strerror}."
        ) from exc
    if len(key) < SHORTEST_KEY or not key.isprintable():
        raise ImproperlyConfigured(
            f"The studio's key {path} is broken: it holds {len(key)} characters, and no key. Put it back from a"
            " backup; or delete it: then everybody signs in again, and links that were sent open no more."
        )
    return key


def _make(path: Path) -> None:
    written = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(written, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another first run was faster: theirs counts
            os.link(written, path)
    finally:
        written.unlink()
