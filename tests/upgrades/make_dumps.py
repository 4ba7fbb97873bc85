"""Make the databases of earlier commits anew: `tests/with_postgres.sh .venv/bin/python -m tests.upgrades.make_dumps`.

Each commit's tree is taken out of the history, its own code migrates a database and lives in it (`past.py`), and
what it left is written down as SQL beside what it says of it. Commits may be named as arguments. The history is
needed for this alone: the tests read what is kept in `dumps/`, so a shallow clone passes them.
"""

import gzip
import io
import os
import re
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DUMPS = HERE / "dumps"
SECRET_KEY = "the key that the databases in tests/upgrades/dumps were made with, and nothing else"
COMMITS = {
    "9db87a5": "the first with tables",
    "347450a": "the last before people and trash",
    "8624751": "people and trash, in migrations of other names: not to be upgraded",
    "1f8abce": "shots that do not keep the numbers of what is gone: not to be upgraded",
    "5414261": "the first after that",
    "ef80ebb": "the ledger's sums by day, without an index",
    "8c3a951": "comparisons that do not keep what they conclude: not to be upgraded",
    "0dd1983": "and accounts that do not keep since when they are empty: not to be upgraded",
    "606d909": "the first after that",
    "a4981c3": "the last before packages moved",
}


def main(*commits):
    DUMPS.mkdir(exist_ok=True)
    for commit in commits or COMMITS:
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder) / "tree"
            take_out(commit, tree)
            for vendor, make in (("sqlite", of_sqlite), ("postgres", of_postgres)):
                var = Path(folder) / vendor
                var.mkdir()
                statements, facts = make(tree, var)
                write(f"{commit}.{vendor}", statements, facts)
                print(commit, vendor, len(statements))


def take_out(commit, tree):
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(tree, filter="data")


def write(name, statements, facts):
    (DUMPS / f"{name}.json").write_text(facts)
    packed = gzip.compress(statements.encode(), 9, mtime=0)  # the same rows are the same file
    (DUMPS / f"{name}.sql.gz").write_bytes(packed)


def live(tree, var, database):
    """Let the commit's code make its studio; what it says of it, as JSON."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy")
        and name not in ("TEST_DATABASE_URL", "RUNWARE_API_KEY", "REDIS_URL")
    }
    ours = {
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "PYTHONPATH": str(tree),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SECRET_KEY": SECRET_KEY,
        "VAR_DIR": str(var),
        "DATABASE_URL": database,
        "ENGINE": "false",
    }
    done = subprocess.run(
        [sys.executable, str(HERE / "past.py"), str(var)],
        cwd=tree,
        env={**kept, **ours},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-4000:])
    return done.stdout


def of_sqlite(tree, var):
    path = var / "studio.sqlite3"
    facts = live(tree, var, f"sqlite:///{path}")
    with sqlite3.connect(path) as database:
        return "\n".join(database.iterdump()), facts


def of_postgres(tree, var):
    server = os.environ["TEST_DATABASE_URL"]
    name = f"past_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as postgres:
        postgres.execute(f"CREATE DATABASE {name}")
        try:
            address = f"{server.rpartition('/')[0]}/{name}"
            facts = live(tree, var, address)
            return replayable(dumped(address)), facts
        finally:
            postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


def dumped(address):
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))
    program = str(programs[-1]) if programs else "pg_dump"
    plain = urlsplit(address)._replace(scheme="postgresql").geturl()
    return subprocess.run(
        [program, "--inserts", "--no-owner", "--no-privileges", "--no-comments", plain],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def replayable(dump):
    """Without psql's own commands, remarks, and settings that another version does not know.

    A text of several lines in a row would lose such lines too: no row of ours has one.
    """
    left_out = re.compile(r"^(\\.*|--.*|SET .*;)\n", re.MULTILINE)
    return "SET check_function_bodies = false;\n" + left_out.sub("", dump)


if __name__ == "__main__":
    main(*sys.argv[1:])
