"""Statements that run for every webhook and every frame, in plain SQL.

Composing such a statement through the ORM takes ten times as long as running it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

Row = TypeVar("Row", bound=models.Model)


def keep_connection() -> None:
    """Call it before each piece of work of a thread that lives long: only a broken connection is replaced."""
    if connection.errors_occurred:
        connection.close()


def give_back_connection() -> None:
    """Hold no connection while something else than the database is waited for, where others may want it.

    SQLite's belong to their threads, and opening one anew costs more than a page.
    """
    if connection.vendor != "sqlite" and not connection.in_atomic_block:
        connection.close()  # into the pool


def _connection() -> BaseDatabaseWrapper:
    """This thread's connection itself, for loops: `connection` looks it up anew for each attribute."""
    return connections[DEFAULT_DB_ALIAS]


def rows(statement: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a SELECT and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def read(model: type[Row], where: str, values: Iterable[Any] = ()) -> list[Row]:
    """Whole rows of a model, found by the end of a SELECT: `read(Shot, "WHERE id = %s", [pk])`."""
    here = _connection()
    statement, names, converters = _reading(model, here.vendor)
    found = []
    for row in rows(f"{statement} {where}", values):
        held = list(row)
        for place, convert, expression in converters:
            held[place] = convert(held[place], expression, here)
        found.append(model.from_db(here.alias, names, held))
    return found


@cache
def _reading(model: type[models.Model], vendor: str) -> tuple[str, list[str], list[tuple[int, Any, Any]]]:
    fields: list[Any] = list(model._meta.concrete_fields)
    converters = []
    for place, field in enumerate(fields):
        column = field.get_col(model._meta.db_table)
        ways = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
        converters += [(place, convert, column) for convert in ways]
    columns = ", ".join(field.column for field in fields)
    statement = f"SELECT {columns} FROM {model._meta.db_table}"  # noqa: S608
    return statement, [field.attname for field in fields], converters


def changed(statement: str, values: Iterable[Any] = ()) -> int:
    """Run an UPDATE and return how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return int(cursor.rowcount)


def marks(values: Collection[Any]) -> str:
    """Placeholders for an IN list; NULL, which nothing equals, for an empty one."""
    return ", ".join(["%s"] * len(values)) or "NULL"


def uuid(code: UUID) -> UUID | str:
    """A UUID as its column holds it."""
    return code if connection.features.has_native_uuid_field else code.hex


def read_uuid(value: UUID | str) -> UUID:
    """A UUID as a column gave it."""
    return value if isinstance(value, UUID) else UUID(value)


def insert(*rows: models.Model) -> None:
    """Add rows of one model with one statement. They do not learn their keys, and no signal is sent."""
    here = _connection()
    statement, fields = _insertion(type(rows[0]), len(rows))
    values = [field.get_db_prep_save(field.pre_save(row, True), here) for row in rows for field in fields]
    with here.cursor() as cursor:
        cursor.execute(statement, values)


@cache
def _insertion(model: type[models.Model], number: int = 1) -> tuple[str, list[Any]]:
    fields: list[Any] = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(field.column for field in fields)
    rows = ", ".join([f"({marks(fields)})"] * number)
    return f"INSERT INTO {model._meta.db_table} ({columns}) VALUES {rows}", fields  # noqa: S608


def assignments(model: type[models.Model], values: dict[str, Any]) -> tuple[str, list[Any]]:
    """The SET part of an UPDATE that gives these fields these values, and its parameters."""
    fields = [model._meta.get_field(name) for name in values]
    here = _connection()
    held = [value.pk if isinstance(value, models.Model) else value for value in values.values()]
    prepared = [
        field.get_db_prep_save(value, here)  # type: ignore[union-attr]
        for field, value in zip(fields, held, strict=True)
    ]
    return ", ".join(f"{field.column} = %s" for field in fields), prepared  # type: ignore[union-attr]
