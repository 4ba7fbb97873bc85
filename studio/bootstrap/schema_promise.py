"""What the applied migrations promise, held against the tables that are really there.

Only reads. Names are compared, and types, and whether a column may be empty; what an index leaves out
(its condition) is not, as the two databases tell of it differently. So a migration that makes a column, or a
rule that refuses rows, by SQL of its own has to tell the models of it (`state_operations`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import StateApps
from django.db.models import Model

MISSING, UNEXPECTED, DIFFERENT = "missing", "unexpected", "different"


class Difference(NamedTuple):
    """One place where a database is not as promised."""

    how: str  # one of the three above
    table: str
    what: str = "table"  # or column, index, reference
    name: str = ""

    def __str__(self) -> str:
        of = f"the {self.what} {self.name} of {self.table}" if self.name else f"the table {self.table}"
        return f"{of} is {self.how}"


class Column(NamedTuple):
    kind: str
    nullable: bool


def promised_apps(loader: MigrationLoader, applied: Collection[tuple[str, str]]) -> StateApps:
    """The models as they are after these migrations."""
    return loader.project_state([node for node in applied if node in loader.graph.nodes]).apps


def differences(connection, loader: MigrationLoader, promised: StateApps) -> list[Difference]:
    """Everything that is not as promised; nothing in a healthy database."""
    models = _models(promised, loader)
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        found = list(_strange_tables(there, set(models), loader))
        for table, model in models.items():
            if table not in there:
                found.append(Difference(MISSING, table))
                continue
            found += _of_columns(connection, cursor, model)
            found += _of_constraints(connection, cursor, model)
    return found


def _models(apps: StateApps, loader: MigrationLoader) -> dict[str, type[Model]]:
    every = apps.get_models(include_auto_created=True)
    return {
        model._meta.db_table: model
        for model in every
        if model._meta.app_label in loader.migrated_apps and model._meta.managed and not model._meta.proxy
    }


def _strange_tables(there: set[str], promised: set[str], loader: MigrationLoader) -> Iterator[Difference]:
    """Tables of ours whose migration is not applied, or half of a table being made anew.

    Others may share a database with us: what they keep there is theirs.
    """
    ours = set(_models(loader.project_state().apps, loader))
    for table in sorted(there - promised):
        if table in ours or table.removeprefix("new__") in ours | promised:
            yield Difference(UNEXPECTED, table)


# --- columns ------------------------------------------------------------------------------


def _of_columns(connection, cursor, model: type[Model]) -> Iterator[Difference]:
    table = model._meta.db_table
    read = _columns_of_sqlite if connection.vendor == "sqlite" else _columns_of_postgres
    there = read(cursor, table)
    promised = {_column(field): _promised(field, connection) for field in _fields(model)}
    for name in sorted(promised.keys() | there.keys()):
        if name not in there:
            yield Difference(MISSING, table, "column", name)
        elif name not in promised:
            yield Difference(UNEXPECTED, table, "column", name)
        elif there[name] != promised[name]:
            yield Difference(DIFFERENT, table, "column", name)


def _fields(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if field.column]


def _column(field: Any) -> str:
    return str(field.column)


def _columns(model: type[Model], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(_column(model._meta.get_field(name.lstrip("-"))) for name in names)


def _promised(field: Any, connection) -> Column:
    return Column(_plain(field.db_type(connection) or ""), field.null)


def _columns_of_sqlite(cursor, table: str) -> dict[str, Column]:
    cursor.execute("SELECT name, type, [notnull] FROM pragma_table_info(%s)", [table])
    return {name: Column(_plain(kind), not filled) for name, kind, filled in cursor.fetchall()}


def _columns_of_postgres(cursor, table: str) -> dict[str, Column]:
    cursor.execute(
        "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute"
        " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
        [f'"{table}"'],
    )
    return {name: Column(_plain(kind), not filled) for name, kind, filled in cursor.fetchall()}


def _plain(kind: str) -> str:
    """A type by one of its names: "varchar(80)" and "character varying(80)" are the same."""
    kind = "".join(part.strip() for part in re.split(r"([(),])", kind.lower()))
    return re.sub(r"^varchar", "character varying", kind).removesuffix(" without time zone")


# --- indexes, constraints, references -----------------------------------------------------


def _of_constraints(connection, cursor, model: type[Model]) -> Iterator[Difference]:
    table, there = (
        model._meta.db_table,
        connection.introspection.get_constraints(cursor, model._meta.db_table),
    )
    for each in (*model._meta.indexes, *model._meta.constraints):
        found = there.get(each.name)
        columns = _columns(model, getattr(each, "fields", ()))
        if found is None:
            yield Difference(MISSING, table, "index", each.name)
        elif columns and tuple(found["columns"][: len(columns)]) != columns:
            yield Difference(DIFFERENT, table, "index", each.name)
    yield from _of_fields(model, there)
    yield from _strange_rules(model, there)


def _of_fields(model: type[Model], there: dict) -> Iterator[Difference]:
    """Rules that belong to single columns have names of Django's making: they are known by their columns."""
    unique = {tuple(each["columns"]) for each in there.values() if each["unique"] or each["primary_key"]}
    indexed = {tuple(each["columns"]) for each in there.values() if each["index"] or each["unique"]}
    refers = {tuple(each["columns"]) for each in there.values() if each["foreign_key"]}
    for field in _fields(model):
        mine = (_column(field),)
        if field.unique and mine not in unique:
            yield Difference(MISSING, model._meta.db_table, "index", *mine)
        if field.db_index and not field.unique and mine not in indexed:
            yield Difference(MISSING, model._meta.db_table, "index", *mine)
        if field.remote_field and field.db_constraint and mine not in refers:
            yield Difference(MISSING, model._meta.db_table, "reference", *mine)


def _strange_rules(model: type[Model], there: dict) -> Iterator[Difference]:
    """Rules nobody promised could refuse what is to be written; an index that somebody added does no harm."""
    named = {each.name for each in (*model._meta.indexes, *model._meta.constraints)}
    columns = {_columns(model, [field.name]) for field in _fields(model) if field.unique}
    columns |= {_columns(model, names) for names in model._meta.unique_together}
    for name, each in there.items():
        if each["unique"] and name not in named and tuple(each["columns"]) not in columns:
            yield Difference(UNEXPECTED, model._meta.db_table, "index", name)
