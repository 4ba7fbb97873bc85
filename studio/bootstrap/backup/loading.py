"""Rows of a backup into an empty database: in the shape they had, then brought to the shape of today."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from studio.bootstrap.backup import Refused, schema, snapshot, values
from studio.bootstrap.backup.archive import Reader
from studio.bootstrap.backup.manifest import Manifest
from studio.bootstrap.backup.schema import Model, Schema

_AT_ONCE = 500  # rows


def load(backup: Reader, shape: Schema) -> None:
    """Fill the empty database behind the usual connection, and bring it to this code's migrations."""
    MigrationExecutor(connection).migrate(shape.targets)
    _put_rows(backup, shape)
    _give_keys_after(backup.manifest, shape)
    call_command("migrate", verbosity=0, interactive=False)
    # SQLite makes tables anew when a column changes, and counts from their rows then
    _give_keys_after(backup.manifest, shape)
    ContentType.objects.clear_cache()


def _put_rows(backup: Reader, shape: Schema) -> None:
    if set(backup.manifest.tables) != set(shape.tables):
        raise Refused("This backup is damaged: its tables are not those of its migrations.")
    with transaction.atomic():
        _check_foreign_keys(at_once=False)
        _load_all(backup, shape)
        _check_foreign_keys(at_once=True)


def _check_foreign_keys(*, at_once: bool) -> None:
    """Have them wait for the end of the rows, or look at them all now.

    On PostgreSQL everything is one transaction. Its migrations leave new keys looked at at once, and must
    find it so again: a table with a check that waits cannot be altered.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS ALL {'IMMEDIATE' if at_once else 'DEFERRED'}")
    elif at_once:
        connection.check_constraints()


def _load_all(backup: Reader, shape: Schema) -> None:
    """Every table, whichever comes first."""
    for table in shape.tables:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 - what migrations made
    for table, model in shape.tables.items():
        try:
            _load_table(model, (json.loads(line) for line in backup.lines(table)))
        except (KeyError, TypeError, ValueError, AttributeError, ValidationError, DatabaseError) as exc:
            said = str(exc).strip().partition("\n")[0]
            raise Refused(f"A row of {table} does not fit into the database: {said}") from exc


def _load_table(model: Model, rows: Iterator[dict[str, Any]]) -> None:
    columns = schema.fields(model)
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in columns)
    marks = ", ".join(values.placeholder(field, connection) for field in columns)
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608
    writers = [(field.column, values.writer(field, connection)) for field in columns]
    prepared = ([write(row[name]) for name, write in writers] for row in rows)
    with connection.cursor() as cursor:
        while some := list(islice(prepared, _AT_ONCE)):
            cursor.executemany(statement, some)


def _give_keys_after(told: Manifest, shape: Schema) -> None:
    """Go on numbering where the other database was, not where its rows end."""
    there = set(connection.introspection.table_names())
    for table, model in shape.tables.items():
        last = told.tables[table].last_key
        if last and table in there and snapshot.gives_keys(model):
            _number_from(table, snapshot.key(model).column, last)


def _number_from(table: str, column: str, last: int) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE sqlite_sequence SET seq = MAX(seq, %s) WHERE name = %s", [last, table])
            if not cursor.rowcount:
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
            return
        quote = connection.ops.quote_name
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, %s), GREATEST(%s, (SELECT MAX({quote(column)})"  # noqa: S608
            f" FROM {quote(table)})))",
            [quote(table), column, last],
        )
