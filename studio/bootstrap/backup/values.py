"""Values of columns as words that mean the same to every database."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

Read = Callable[[Any], Any]


def to_words(value: Any) -> Any:
    """A value as JSON can hold it without losing anything."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal() | UUID():
            return str(value)
        case datetime() | date() | time():
            return value.isoformat()
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"{type(value).__name__} has no words yet")


def reader(field: models.Field[Any, Any], connection: BaseDatabaseWrapper) -> Read:
    """A function from what the database holds in this column to words."""
    if isinstance(_base(field), models.JSONField):
        return lambda value: value  # its text: only so are no value and the value null two things
    column = field.get_col(field.model._meta.db_table)
    ways: list[Any] = [
        *connection.ops.get_db_converters(column),
        *column.get_db_converters(connection),
    ]

    def read(value: Any) -> Any:
        for convert in ways:
            value = convert(value, column, connection)
        return to_words(value)

    return read


def writer(field: models.Field[Any, Any], connection: BaseDatabaseWrapper) -> Read:
    """A function from words to what this column of the database takes."""
    base = _base(field)
    for_postgres = connection.vendor == "postgresql"
    if isinstance(base, models.JSONField):
        return _clean_json if for_postgres else lambda value: value
    if isinstance(base, models.BinaryField):
        return lambda value: None if value is None else base64.b64decode(value, validate=True)

    def write(value: Any) -> Any:
        if for_postgres and isinstance(value, str):
            value = clean(value)
        return base.get_db_prep_save(base.to_python(value), connection)

    return write


def placeholder(field: models.Field[Any, Any], connection: BaseDatabaseWrapper) -> str:
    """What stands for the value in an INSERT."""
    if connection.vendor == "postgresql" and isinstance(_base(field), models.JSONField):
        return "%s::jsonb"
    return "%s"


def clean(text: str) -> str:
    """Without what PostgreSQL holds in no text: NUL, and halves of characters. Each becomes U+FFFD."""
    if "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text):
        return text
    return "".join(
        "\ufffd" if letter == "\0" or "\ud800" <= letter <= "\udfff" else letter for letter in text
    )


def _clean_json(text: str | None) -> str | None:
    if text is None or ("\\u0000" not in text and "\\ud" not in text.lower()):
        return text
    return json.dumps(_cleaned(json.loads(text)))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    if isinstance(value, dict):
        return {clean(name): _cleaned(each) for name, each in value.items()}
    return value


def _base(field: Any) -> Any:
    """The field itself; for a foreign key the one it points to, whose values it holds."""
    while field.remote_field is not None:
        field = field.target_field
    return field
