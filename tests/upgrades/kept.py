"""The databases in `dumps/`, loaded again, and processes that open them as a studio does."""

import gzip
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from subprocess import PIPE

import dj_database_url
import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import ConnectionHandler

from tests.generation.renders.served import ROOT
from tests.upgrades.make_dumps import DUMPS, SECRET_KEY

COMMITS = sorted(path.name.removesuffix(".sqlite.json") for path in DUMPS.glob("*.sqlite.json"))
SQLITE = "sqlite:///"


def vendor(database):
    return "sqlite" if database.startswith(SQLITE) else "postgres"


def facts(commit, database):
    """What that commit's own code said of it."""
    return json.loads((DUMPS / f"{commit}.{vendor(database)}.json").read_text())


def load(commit, database):
    """Fill an empty database with what that commit left."""
    packed = (DUMPS / f"{commit}.{vendor(database)}.sql.gz").read_bytes()
    execute(database, gzip.decompress(packed).decode())


def execute(database, statements):
    """Do something to a database behind the studio's back."""
    if vendor(database) == "postgres":
        with psycopg.connect(database, autocommit=True) as postgres:
            postgres.execute(statements)
        return
    with sqlite3.connect(database.removeprefix(SQLITE)) as sqlite:
        sqlite.executescript(f"PRAGMA journal_mode=WAL; {statements}")  # as the studio opens it
    sqlite.close()


def picture(database):
    """All of a database, table by table and row by row, to see whether anything is not as it was."""
    if vendor(database) == "sqlite":
        sqlite = sqlite3.connect(database.removeprefix(SQLITE))
        told = list(sqlite.iterdump())
        sqlite.close()
        return told
    with psycopg.connect(database, autocommit=True) as postgres:
        tables = postgres.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        columns = postgres.execute(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_schema = 'public' ORDER BY 1, ordinal_position"
        ).fetchall()
        indexes = postgres.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        rows = {
            table: postgres.execute(f'SELECT t::text FROM public."{table}" t ORDER BY 1').fetchall()
            for (table,) in tables
        }
    return [columns, indexes, rows]


@contextmanager
def opened(database):
    """A connection of Django's to that database, in this process."""
    one = ConnectionHandler({DEFAULT_DB_ALIAS: dj_database_url.parse(database)})
    connections.settings["kept"] = one.settings[DEFAULT_DB_ALIAS]
    try:
        yield connections["kept"]
    finally:
        connections["kept"].close()
        del connections["kept"], connections.settings["kept"]


def where(database, var, **environment):
    """What a process of ours is started with, to run on that database under the key its links were signed with."""
    ours = {
        "DATABASE_URL": database,
        "VAR_DIR": str(var),
        "SECRET_KEY": SECRET_KEY,
        "ENGINE": "false",
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        **environment,
    }
    return {"cwd": ROOT, "env": {**os.environ, **ours}, "stdout": PIPE, "stderr": PIPE, "text": True}


def python(*arguments, database, var, **environment):
    return subprocess.run([sys.executable, *arguments], **where(database, var, **environment))


def migrate(database, var):
    return python("manage.py", "migrate", "-v", "0", database=database, var=var)


def told(*arguments, **where):
    """What a process of ours prints as JSON."""
    done = python(*arguments, **where)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


def as_json(value):
    """A column of JSON: one of the drivers tells of it as text."""
    return json.loads(value) if isinstance(value, str) else value
