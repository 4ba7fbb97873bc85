"""Where rows are: a connection of one's own, and an empty database that becomes a studio all at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from studio.bootstrap.backup import Refused, archive
from studio.bootstrap.backup.schema import Schema, applied

# what `migrate` itself puts into an empty database
_MADE_BY_MIGRATE = {"django_migrations", "django_content_type", "auth_permission"}


def own_connection(to: Any, **settings: Any) -> BaseDatabaseWrapper:
    """Another connection to the same database, outside any pool."""
    own: BaseDatabaseWrapper = connections[to.alias].copy()
    own.settings_dict.update(settings)
    own.settings_dict.setdefault("OPTIONS", {}).pop("pool", None)
    own.settings_dict["OPTIONS"].pop("transaction_mode", None)
    return own


def refuse_unless_empty() -> None:
    """Look whether a studio may be put here.

    Raises:
        Refused: there are rows, or tables of something else.
    """
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return
    there = _tables()
    if strange := sorted(there - _ours()):
        raise Refused(
            f"The database holds tables of something else ({strange[0]}): give the studio one of its own."
        )
    for table in sorted(there - _MADE_BY_MIGRATE):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608
            if cursor.fetchone():
                raise Refused(
                    f"There is a studio here already ({_name()} has rows in {table}): restore into a VAR_DIR, or a"
                    " database, of its own."
                )


def being_filled(shape: Schema) -> AbstractContextManager[None]:
    """An empty database to fill through the usual connection: it counts when this ends well, else nothing did.

    Tables that have this very shape already are used as they are.
    """
    fits = "django_migrations" in _tables() and set(applied(connection)) == shape.migrations
    return _file(copied=fits) if connection.vendor == "sqlite" else _transaction(emptied=not fits)


def _tables() -> set[str]:
    return set(connection.introspection.table_names())


def _ours() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {"django_migrations"} | {model._meta.db_table for model in models}


def _name() -> str:
    return str(connection.settings_dict["NAME"])


@contextmanager
def _file(*, copied: bool) -> Iterator[None]:
    """A new file beside the studio's, which takes its place at the end."""
    target = Path(connection.settings_dict["NAME"])
    made = target.with_name(f"{target.name}.restoring")
    _remove(made)
    connection.close()
    wal = target.with_name(f"{target.name}-wal")
    if wal.exists() and wal.stat().st_size:
        raise Refused(f"Another process has {target} open: stop it first.")
    if copied:
        shutil.copyfile(target, made)
    before = connections[DEFAULT_DB_ALIAS]
    own = own_connection(connection, NAME=str(made))
    # nobody reads it before it is whole, so nothing has to be on the disk until then
    own.settings_dict["OPTIONS"]["init_command"] = "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;"
    connections[DEFAULT_DB_ALIAS] = own
    try:
        yield
        own.close()
        with made.open("rb") as file:
            os.fsync(file.fileno())
        for ending in ("-wal", "-shm"):  # empty, and of the file that goes
            target.with_name(target.name + ending).unlink(missing_ok=True)
        made.replace(target)
        archive.fsync_folder(target.parent)
    finally:
        own.close()
        connections[DEFAULT_DB_ALIAS] = before
        _remove(made)


def _remove(made: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        made.with_name(made.name + ending).unlink(missing_ok=True)


@contextmanager
def _transaction(*, emptied: bool) -> Iterator[None]:
    """PostgreSQL makes tables in transactions too: one holds all of it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table in sorted(_tables() & _ours()) if emptied else []:
                # they are empty, and of another shape than the rows that come
                cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)} CASCADE")
        yield
