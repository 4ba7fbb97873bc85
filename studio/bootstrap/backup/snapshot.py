"""All rows at one moment, read while others write: nobody waits for it, and it waits for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection as usual
from django.db.backends.base.base import BaseDatabaseWrapper

from studio.bootstrap.backup import places, schema, values
from studio.bootstrap.backup.manifest import Table
from studio.bootstrap.backup.schema import Model, Schema

_AT_ONCE = 500  # rows


class Snapshot:
    """A transaction that only reads."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self.migrations = schema.applied(connection)
        self.schema = Schema(self.migrations)

    @property
    def vendor(self) -> str:
        return self._connection.vendor

    def rows(self, model: Model) -> Iterator[dict[str, Any]]:
        """Every row of a table by the names of its columns, ordered by key; a few hundred at a time in memory."""
        columns = schema.fields(model)
        readers = [(field.column, values.reader(field, self._connection)) for field in columns]
        quoted = ", ".join(self._quoted(field.column) for field in columns)
        table, order = self._quoted(model._meta.db_table), self._quoted(key(model).column)
        with self._connection.chunked_cursor() as cursor:
            cursor.execute(f"SELECT {quoted} FROM {table} ORDER BY {order}")  # noqa: S608
            while rows := cursor.fetchmany(_AT_ONCE):
                for row in rows:
                    yield {name: read(value) for (name, read), value in zip(readers, row, strict=True)}

    def table(self, model: Model) -> Table:
        """How many rows there are, counted by the database, and the highest key it ever gave out."""
        (count,) = self._ask(f"SELECT COUNT(*) FROM {self._quoted(model._meta.db_table)}")  # noqa: S608
        return Table(count, self._lastkey(model))

    def _lastkey(self, model: Model) -> int | None:
        table, column = model._meta.db_table, key(model).column
        if not gives_keys(model):
            return None
        if self.vendor == "sqlite":
            found = self._ask("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            return (found and found[0]) or None  # 0, where a table was made anew and had no rows
        (name,) = self._ask("SELECT pg_get_serial_sequence(%s, %s)", [self._quoted(table), column])
        last, given = self._ask(f"SELECT last_value, is_called FROM {name}")  # noqa: S608
        return last if given else None

    def _ask(self, statement: str, parameters: Any = ()) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchone()

    def _quoted(self, name: str) -> str:
        return self._connection.ops.quote_name(name)


def gives_keys(model: Model) -> bool:
    """Whether the database numbers its rows."""
    return key(model).get_internal_type() in ("AutoField", "BigAutoField", "SmallAutoField")


def key(model: Model) -> Any:
    """The column its rows are known by."""
    return model._meta.pk


@contextmanager
def taken() -> Iterator[Snapshot]:
    """Every row as it is now, until this ends.

    The connection is one of its own: the usual one of SQLite begins each transaction with the lock of
    writers, which would hold up the whole studio.
    """
    own = places.own_connection(usual)
    try:
        if own.vendor == "sqlite":
            with own.cursor() as cursor:
                cursor.execute("BEGIN DEFERRED")
                cursor.execute("SELECT 1 FROM sqlite_master")  # the first read is the moment
        else:
            own.set_autocommit(False)
            with own.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield Snapshot(own)
    finally:
        own.close()
