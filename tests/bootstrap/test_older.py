"""A backup of any earlier code, and of the other database, makes a studio of this code."""

import json
import os

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor

from studio.bootstrap.backup import making, restoring
from studio.generation.renders.models import Render
from studio.people.accounts.models import User
from studio.planning.ledger.models import DaySpend, LedgerEntry
from studio.planning.projects.models import Project, Shot
from tests import sums, takes
from tests.bootstrap.conftest import fill, media, rows
from tests.planning.ledger import older

BOTH = bool(os.environ.get("TEST_DATABASE_URL"))
WAYS = [("sqlite", "postgresql"), ("postgresql", "sqlite")] if BOTH else [("sqlite", "sqlite")]


def test_a_backup_made_before_there_were_days_in_the_ledger(studios, tmp_path):
    """Its rows go in as they were, and then the migrations do with them what they would have done there."""
    with studios.at("one", empty=True):
        executor = MigrationExecutor(connection)
        executor.migrate(older.BEFORE)
        older.Before(executor.loader.project_state(older.BEFORE).apps).write()
        made = making.make(tmp_path / "b.tar")
        call_command("migrate", verbosity=0, interactive=False)
        there = [older.about(entry) for entry in LedgerEntry.objects.order_by("pk")]
        days = list(DaySpend.objects.order_by("pk").values())
    assert ("costs", "0002_budgets_and_sums") not in made.contents.migrations
    assert "day" not in rows(tmp_path / "b.tar")["costs_ledgerentry"][0]

    with studios.at("two"):
        restoring.restore(tmp_path / "b.tar")
        assert [older.about(entry) for entry in LedgerEntry.objects.order_by("pk")] == there
        assert list(DaySpend.objects.order_by("pk").values()) == days
        for project in Project.objects.all():
            assert all(sums.on_its_day(entry) for entry in sums.add_up(project))
        assert len({user.code for user in User.objects.all()}) == 2
        with pytest.raises(IntegrityError):
            LedgerEntry.objects.update(reason="never mind")


def test_keys_given_out_before_are_not_given_again_after_a_table_was_made_anew(studios, tmp_path):
    with studios.at("one", empty=True):
        executor = MigrationExecutor(connection)
        executor.migrate(older.BEFORE)
        before = older.Before(executor.loader.project_state(older.BEFORE).apps)
        project = before.project("one")
        gone = before.take(project, before.ana)
        last = gone.pk
        gone.delete()
        making.make(tmp_path / "b.tar")
    with studios.at("two", empty=True):
        restoring.restore(tmp_path / "b.tar")
        user = User.objects.get(email="ana@studio.example")
        assert takes.ready(Shot.objects.get(), user).pk == last + 1


@pytest.mark.parametrize(("first", "second"), WAYS)
def test_a_backup_of_one_database_goes_into_the_other_and_back(studios, tmp_path, first, second):
    with studios.at("one", vendor=first) as one:
        fill()
        making.make(tmp_path / "b.tar")
        kept = media(one)
    with studios.at("two", vendor=second) as two:
        assert connection.vendor == second
        restoring.restore(tmp_path / "b.tar")
        assert media(two) == kept
        making.make(tmp_path / "c.tar")
    with studios.at("three", vendor=first):
        restoring.restore(tmp_path / "c.tar")
        making.make(tmp_path / "d.tar")
    before, across, back = (parsed(tmp_path / name) for name in ("b.tar", "c.tar", "d.tar"))
    for each in (before, across, back):
        del each["jobs_enginepause"]
    assert across == before and back == before


def parsed(path):
    """The rows of a backup. PostgreSQL writes the same JSON with other spaces."""
    found = rows(path)
    with_json = {
        (table, column)
        for table, each in found.items()
        for row in each
        for column, value in row.items()
        if isinstance(value, str) and value[:1] in "[{"
    }
    for table, column in with_json:
        for row in found[table]:
            if isinstance(row[column], str) and row[column][:1] in ("[", "{"):
                row[column] = json.loads(row[column])
    return found


@pytest.mark.parametrize(("first", "second"), WAYS[:1])
def test_what_postgresql_cannot_hold_is_marked_and_the_rest_is_whole(studios, tmp_path, first, second):
    with studios.at("one", vendor=first):
        take = fill()["take"]
        Render.objects.filter(pk=take.pk).update(prompt="a\0b", frames=[{"name": "c\0d"}])
        making.make(tmp_path / "b.tar")
    with studios.at("two", vendor=second):
        restoring.restore(tmp_path / "b.tar")
        back = Render.objects.get(pk=take.pk)
        mark = "\ufffd" if second == "postgresql" else "\0"
        assert back.prompt == f"a{mark}b" and back.frames == [{"name": f"c{mark}d"}]
