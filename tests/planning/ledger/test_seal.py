"""The ledger is only added to: the database itself refuses everything else, whoever asks."""

import uuid
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import Error, IntegrityError, connection, transaction

from studio.people.accounts.models import User
from studio.planning.ledger import ledger, seal
from studio.planning.ledger.models import LedgerEntry
from studio.planning.ledger.purchase import Purchase
from tests import sums

PRICE = Decimal("0.605")


@pytest.fixture
def entry(project, ana):
    """A row of the ledger, about an order of Ana's."""
    about = Purchase(project.pk, uuid.uuid4(), "w", "010", "gen-4.5", 5, True, ana.pk, PRICE)
    ledger.hold(about)
    return LedgerEntry.objects.get()


def refused(deed):
    """Whether the database refuses this, and nothing was changed."""
    connection.check_constraints()  # PostgreSQL empties no table while a key of it is yet to be checked
    before = list(LedgerEntry.objects.order_by("pk").values())
    with pytest.raises(Error, match=seal.REFUSAL), transaction.atomic():
        deed()
    return list(LedgerEntry.objects.order_by("pk").values()) == before != []


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def saved(entry):
    entry.amount = Decimal(1)
    entry.save()


THROUGH_MODELS = {
    "save": saved,
    "delete": lambda entry: entry.delete(),
    "update": lambda entry: LedgerEntry.objects.update(reason="never mind"),
    "update of one": lambda entry: LedgerEntry.objects.filter(pk=entry.pk).update(amount=Decimal(1)),
    "delete of all": lambda entry: LedgerEntry.objects.all().delete(),
    "raw delete": lambda entry: LedgerEntry.objects.filter(pk=entry.pk)._raw_delete("default"),
    "bulk update": lambda entry: LedgerEntry.objects.bulk_update([entry], ["amount", "reason"]),
    "upsert": lambda entry: LedgerEntry.objects.bulk_create(
        [entry], update_conflicts=True, unique_fields=["id"], update_fields=["amount"]
    ),
}
IN_SQL = {
    "update": "UPDATE costs_ledgerentry SET amount = 1",
    "update of nothing new": "UPDATE costs_ledgerentry SET amount = amount",
    "update of a key": "UPDATE costs_ledgerentry SET id = id + 1000",
    "delete": "DELETE FROM costs_ledgerentry",
    "upsert": "INSERT INTO costs_ledgerentry SELECT * FROM costs_ledgerentry WHERE true"
    " ON CONFLICT (id) DO UPDATE SET amount = 1",
    "upsert of the same": "INSERT INTO costs_ledgerentry SELECT * FROM costs_ledgerentry WHERE true"
    " ON CONFLICT (render_code, kind, result) DO UPDATE SET reason = 'never mind'",
}


@pytest.mark.parametrize("deed", THROUGH_MODELS.values(), ids=THROUGH_MODELS)
def test_a_row_cannot_be_changed_through_its_model(entry, deed):
    assert refused(lambda: deed(LedgerEntry.objects.get(pk=entry.pk)))


@pytest.mark.parametrize("statement", IN_SQL.values(), ids=IN_SQL)
def test_a_row_cannot_be_changed_in_sql(entry, statement):
    assert refused(lambda: run(statement))


@pytest.mark.parametrize("way", ["REPLACE INTO", "INSERT OR REPLACE INTO"])
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has it")
def test_a_row_cannot_be_replaced(entry, way):
    """SQLite deletes the old row then, and calls no trigger for it."""
    columns = [field.column for field in LedgerEntry._meta.concrete_fields]
    for unlike in ("id", "render_code"):  # the one key is the same, then the other
        values = ", ".join(
            {"amount": "1", unlike: "'12' || substr(id, 2)" if unlike == "id" else "'other'"}.get(name, name)
            for name in columns
        )
        statement = f"{way} costs_ledgerentry ({', '.join(columns)}) SELECT {values} FROM costs_ledgerentry"
        assert refused(lambda statement=statement: run(statement))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such word")
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE costs_ledgerentry",
        "TRUNCATE projects_project CASCADE",
        "TRUNCATE costs_ledgerentry RESTART IDENTITY CASCADE",
    ],
)
def test_the_ledger_cannot_be_emptied(entry, statement):
    assert refused(lambda: run(statement))


def test_a_row_can_be_added_but_not_twice(entry):
    entry.pk, entry.render_code = None, uuid.uuid4()
    entry.save()
    again = LedgerEntry.objects.last()
    again.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)

    assert LedgerEntry.objects.count() == 2


def test_a_ledger_outlives_whoever_is_in_it(entry, ana, project):
    """The row stays as it is, with the key and the name of somebody who is not there."""
    User.objects.get(pk=ana.pk).delete()

    kept = LedgerEntry.objects.select_related("by").get()
    assert (kept.by_id, kept.by_name, kept.who) == (entry.by_id, "Ana", "Ana")
    assert list(LedgerEntry.objects.values()) == list(LedgerEntry.objects.filter(pk=entry.pk).values())
    assert kept.by is None
    sums.add_up(project)


def test_a_project_with_a_ledger_cannot_be_deleted(entry, project):
    with pytest.raises(Error), transaction.atomic():
        project.delete()

    assert LedgerEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "command",
    [["flush", "--no-input"], ["migrate"], ["migrate", "costs"]],
    ids=lambda command: command[0] + command[-1],
)
def test_the_seal_is_there_after_a_migration(pia, project, command):
    """Whatever a migration made of the table. (A flush empties the ledger only in tests.)"""
    for statement in seal.breaking(connection.vendor):
        run(statement)
    call_command(*command, verbosity=0)

    about = Purchase(project.pk, uuid.uuid4(), "w", "010", "gen-4.5", 5, True, None, PRICE)
    if command[0] == "migrate":
        ledger.hold(about)
        assert refused(lambda: run("DELETE FROM costs_ledgerentry"))
        assert refused(lambda: run("UPDATE costs_ledgerentry SET amount = 1"))
    assert (
        set(triggers())
        == {
            "sqlite": {"ledger_update_refused", "ledger_delete_refused", "ledger_replace_refused"},
            "postgresql": {"ledger_change_refused", "ledger_emptying_refused"},
        }[connection.vendor]
    )


def test_a_flush_is_refused_while_there_is_a_ledger(entry, monkeypatch):
    """What tests do, nobody else can: empty all tables by the command for it."""
    monkeypatch.setattr(seal, "breaking", lambda vendor: [])
    statements = connection.ops.sql_flush(no_style(), [seal.TABLE], allow_cascade=True)

    assert refused(lambda: connection.ops.execute_sql_flush(statements))


def triggers():
    ask = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = 'costs_ledgerentry'::regclass",
    }
    with connection.cursor() as cursor:
        cursor.execute(ask[connection.vendor])
        return [name for (name,) in cursor.fetchall() if name.startswith("ledger_")]
