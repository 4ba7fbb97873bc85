"""The database itself refuses to change, replace or delete a row of the ledger, whoever asks.

A trigger belongs to its table, and SQLite makes a table anew when a column changes: so it is set again
after every migration.
"""

from typing import Any

from django.db import connections

TABLE = "costs_ledgerentry"
REFUSAL = "ledger rows are only added"

_SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS ledger_{verb}_refused BEFORE {verb.upper()} ON {TABLE}"
    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for verb in ("update", "delete")
] + [
    # INSERT OR REPLACE deletes what is in its way and calls no trigger for that
    f"CREATE TRIGGER IF NOT EXISTS ledger_replace_refused BEFORE INSERT ON {TABLE}"  # noqa: S608
    f" WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM {TABLE}"
    " WHERE render_code = NEW.render_code AND kind = NEW.kind AND result = NEW.result)"
    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
]
_POSTGRES = [
    "CREATE OR REPLACE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    f"CREATE OR REPLACE TRIGGER ledger_change_refused BEFORE UPDATE OR DELETE ON {TABLE}"
    " FOR EACH ROW EXECUTE FUNCTION ledger_refuses()",
    f"CREATE OR REPLACE TRIGGER ledger_emptying_refused BEFORE TRUNCATE ON {TABLE}"
    " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()",
]
_BREAKING = {
    "sqlite": [f"DROP TRIGGER IF EXISTS ledger_{verb}_refused" for verb in ("update", "delete", "replace")],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS ledger_{name}_refused ON {TABLE}" for name in ("change", "emptying")
    ],
}


def close(using: str = "default", **kwargs: Any) -> None:
    """Seal the ledger, if its table is there."""
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in _SQLITE if connection.vendor == "sqlite" else _POSTGRES:
            cursor.execute(statement)


def breaking(vendor: str) -> list[str]:
    """What a migration of old rows runs first; the seal comes back by itself when it is done."""
    return _BREAKING[vendor]
