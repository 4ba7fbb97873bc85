"""The repair where something else came first, came between, or came at the same time."""

import subprocess
import sys

import pytest

from studio.bootstrap import schema_repair
from tests.upgrades import kept
from tests.upgrades.make_dumps import DUMPS

DJANGO = "import django; django.setup();"
WITHOUT_REPAIR = f"""{DJANGO}
from django.core.management import call_command
from django.core.management.commands.migrate import Command
call_command(Command(), verbosity=0, interactive=False)
"""
REPAIR = f"{DJANGO} from studio.bootstrap import schema_repair; schema_repair.repair()"
KILLED = f"""{DJANGO}
import os, signal
from studio.bootstrap import known_breaks, schema_repair
last = known_breaks.BREAKS[-1]
def die(editor, apps):
    last.complete(editor, apps)
    os.kill(os.getpid(), signal.SIGKILL)
known_breaks.BREAKS[-1] = last._replace(complete=die)
schema_repair.repair()
"""


def is_as_promised(database, blocker):
    with blocker.unblock(), kept.opened(database) as opened:
        return schema_repair.Look(opened).is_healthy


def carries_on(commit, database, var):
    facts = DUMPS / f"{commit}.{kept.vendor(database)}.json"
    return kept.told("-m", "tests.upgrades.carries_on", str(facts), "pages", database=database, var=var)


@pytest.mark.parametrize("commit", ["8624751", "1f8abce", "0dd1983"])
def test_a_database_that_a_later_rushes_tried_to_upgrade_before_is_completed_too(older, tmp_path, commit):
    """Without the repair SQLite stopped half-way, and PostgreSQL went on to the end and lacked the columns there."""
    database = older(commit)
    kept.python("-c", WITHOUT_REPAIR, database=database, var=tmp_path)

    done = kept.migrate(database, tmp_path)

    assert done.returncode == 0, done.stderr
    after = carries_on(commit, database, tmp_path)
    assert after["differences"] == []
    assert set(after["pages"].values()) == {200}, after["pages"]
    assert after["comparisons"][1] == 0


def test_without_the_repair_the_broken_stretches_fail(older, tmp_path):
    """As they did when this was written: else nothing above would show anything."""
    database = older("1f8abce")
    done = kept.python("-c", WITHOUT_REPAIR, database=database, var=tmp_path)
    if kept.vendor(database) == "sqlite":
        assert done.returncode == 1 and 'JSON_VALID("numbers_gone")' in done.stderr

    other = older("0dd1983")
    assert kept.python("-c", WITHOUT_REPAIR, database=other, var=tmp_path).returncode == 0
    facts = str(DUMPS / f"0dd1983.{kept.vendor(other)}.json")
    failed = kept.python("-m", "tests.upgrades.carries_on", facts, database=other, var=tmp_path)
    assert failed.returncode == 1 and "counted_from" in failed.stderr


def test_a_kill_in_the_middle_leaves_all_as_it_was(older, tmp_path, django_db_blocker):
    database = older("0dd1983")
    before = kept.picture(database)

    killed = kept.python("-c", KILLED, database=database, var=tmp_path)

    assert killed.returncode == -9, killed.stderr
    assert kept.picture(database) == before
    assert kept.migrate(database, tmp_path).returncode == 0
    assert is_as_promised(database, django_db_blocker)


@pytest.mark.parametrize("commit", ["8624751", "0dd1983"])
def test_two_that_start_at_once_complete_it_once(older, tmp_path, django_db_blocker, commit):
    database = older(commit)
    both = [
        subprocess.Popen([sys.executable, "-c", REPAIR], **kept.where(database, tmp_path)) for _ in range(2)
    ]
    said = [process.communicate()[1] for process in both]

    assert [process.returncode for process in both] == [0, 0], said
    assert "".join(said).count("Completed: ") == 1
    assert is_as_promised(database, django_db_blocker)
