"""What no Rushes has left is refused in one sentence, and nothing is changed; what is healthy is only read."""

import os
import socket

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from studio.bootstrap import schema_repair
from tests.upgrades import kept

HAND = "INSERT INTO django_migrations (app, name, applied) VALUES ('{}', '{}', '2026-11-30')"
STRANGE = {
    "of a newer Rushes": ("a4981c3", HAND.format("costs", "0099_later"), "newer Rushes (costs.0099_later)"),
    "of a newer Rushes, with an app we lack": (
        "a4981c3",
        HAND.format("rooftop", "0001_initial"),
        "newer Rushes (rooftop.0001_initial)",
    ),
    "a column dropped": (
        "a4981c3",
        "ALTER TABLE projects_project DROP COLUMN archived_at",
        "the column archived_at of projects_project is missing",
    ),
    "a column dropped of a database that would have been completed": (
        "0dd1983",
        "ALTER TABLE projects_project DROP COLUMN archived_at",
        "the column archived_at of projects_project is missing",
    ),
    "half of what a known stretch lacks": (
        "0dd1983",
        "ALTER TABLE reconcile_comparison ADD COLUMN counted_from {moment}",
        "the column conclusive of reconcile_comparison is missing",
    ),
    "a column of another layout": (
        "a4981c3",
        "ALTER TABLE projects_shot RENAME COLUMN title TO name",
        "the column title of projects_shot is missing, and 1 more",
    ),
    "a column of another type": (
        "a4981c3",
        "ALTER TABLE projects_project DROP COLUMN archived_at; ALTER TABLE projects_project ADD COLUMN archived_at integer",
        "the column archived_at of projects_project is different",
    ),
    "a column too many": (
        "a4981c3",
        "ALTER TABLE projects_shot ADD COLUMN mood varchar(9)",
        "the column mood of projects_shot is unexpected",
    ),
    "a rule too many": (
        "a4981c3",
        "CREATE UNIQUE INDEX one_title ON projects_project (name, id)",
        "the index one_title of projects_project is unexpected",
    ),
    "a rule dropped": (
        "a4981c3",
        "DROP INDEX unread_notices",
        "the index unread_notices of notices_notice is missing",
    ),
    "a table of ours before its migration": (
        "0dd1983",
        "CREATE TABLE grids_grid (id integer)",
        "the table grids_grid is unexpected",
    ),
    "half of a table that was being made anew": (
        "a4981c3",
        "CREATE TABLE new__projects_shot (id integer)",
        "the table new__projects_shot is unexpected",
    ),
    "tables without a word about migrations": (
        "a4981c3",
        "DROP TABLE django_migrations",
        "is unexpected, and",
    ),
    "a database of something else": (
        None,
        "CREATE TABLE projects_project (id integer, customer varchar(80))",
        "the table projects_project is unexpected",
    ),
}


@pytest.fixture
def strange(older, fresh):
    def strange(commit, statements):
        database = older(commit) if commit else fresh()
        moment = "datetime" if kept.vendor(database) == "sqlite" else "timestamp with time zone"
        kept.execute(database, statements.replace("{moment}", moment))
        return database

    return strange


@pytest.mark.parametrize("case", STRANGE)
def test_a_database_no_rushes_has_left_is_refused_and_stays_as_it_is(strange, django_db_blocker, case):
    commit, statements, words = STRANGE[case]
    database = strange(commit, statements)
    before = kept.picture(database), contents(database)

    refuses = pytest.raises(schema_repair.Refused)
    with django_db_blocker.unblock(), kept.opened(database) as opened, refuses as refused:
        schema_repair.repair(opened)

    sentence = str(refused.value)
    assert words in sentence
    assert sentence.startswith("This database ") and sentence.endswith(".") and ". " not in sentence
    assert (kept.picture(database), contents(database)) == before


@pytest.mark.parametrize("case", ["of a newer Rushes", "a column dropped", "a database of something else"])
def test_migrate_ends_with_the_sentence_alone(strange, tmp_path, case):
    commit, statements, words = STRANGE[case]
    database = strange(commit, statements)
    before = kept.picture(database), contents(database)

    done = kept.migrate(database, tmp_path)

    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert line.startswith("CommandError: This database ") and words in line
    assert (kept.picture(database), contents(database)) == before


def test_a_studio_says_so_instead_of_starting(strange, tmp_path):
    database = strange("a4981c3", HAND.format("costs", "0099_later"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])

    done = kept.python("manage.py", "serve", database=database, var=tmp_path, PORT=port)

    assert (done.returncode, done.stderr.count("newer Rushes")) == (1, 1)


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE somebody_elses (id integer)", "CREATE INDEX quick ON projects_shot (title)"],
)
def test_what_others_keep_beside_us_and_an_index_more_do_no_harm(strange, django_db_blocker, statement):
    database = strange("a4981c3", statement)
    with django_db_blocker.unblock(), kept.opened(database) as opened:
        assert schema_repair.Look(opened).is_healthy


@pytest.mark.parametrize("command", [["--plan"], ["--check"]], ids=str)
def test_who_only_looks_at_what_would_be_done_changes_nothing(older, tmp_path, command):
    database = older("0dd1983")
    before = kept.picture(database)
    kept.python("manage.py", "migrate", *command, database=database, var=tmp_path)
    assert kept.picture(database) == before


# --- healthy ones ---------------------------------------------------------------------------


@pytest.mark.parametrize("commit", ["9db87a5", "347450a", "5414261", "606d909", "a4981c3"])
def test_a_healthy_database_is_not_touched(older, django_db_blocker, caplog, commit):
    database = older(commit)
    before = kept.picture(database), contents(database)

    with django_db_blocker.unblock(), kept.opened(database) as opened:
        schema_repair.repair(opened)

    assert caplog.messages == []
    assert (kept.picture(database), contents(database)) == before


@pytest.mark.django_db
def test_a_healthy_database_is_only_read():
    _ = connection.features.supports_json_field  # Django asks SQLite once a process, in a transaction
    with CaptureQueriesContext(connection) as seen:
        schema_repair.repair(connection)
    verbs = {query["sql"].split()[0].upper() for query in seen}
    assert verbs <= {"SELECT", "PRAGMA"}


def contents(database):
    """The very bytes, where the database is a file."""
    if kept.vendor(database) == "postgres":
        return None
    path = database.removeprefix(kept.SQLITE)
    assert not os.path.exists(f"{path}-wal") or os.path.getsize(f"{path}-wal") == 0
    with open(path, "rb") as file:
        return file.read()
