"""Statements that run for every webhook and every frame, in plain SQL.

Composing such a statement through the ORM takes ten times as long as running it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import connection


def rows(statement: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a SELECT and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


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
