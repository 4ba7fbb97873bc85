"""A ledger that was written before there were days, shots and names in it comes out whole.

Each migration runs in a process of its own, on a database of its own.
"""

import json
import os
import subprocess
import sys
import uuid

import pytest

from tests.generation.renders.served import ROOT

ONE_STEP, TWO_STEPS = ["migrate"], ["migrate costs", "migrate"]


@pytest.fixture
def database(tmp_path):
    """The address of an empty database."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        yield f"sqlite:///{tmp_path / 'older.sqlite3'}"
        return
    import psycopg

    name = f"older_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as postgres:
        postgres.execute(f"CREATE DATABASE {name}")
        yield f"{server.rpartition('/')[0]}/{name}"
        postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("commands", [ONE_STEP, TWO_STEPS], ids=len)
def test_older_rows_learn_their_day_shot_task_and_person(database, tmp_path, commands):
    """And every sum beside them is the ledger's; whether all is migrated at once, or the ledger's table first."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.planning.ledger.older", *commands],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database, "VAR_DIR": str(tmp_path), "TIME_ZONE": "Europe/Berlin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told["sealed"]

    of = {}
    for row in told["rows"]:
        of.setdefault(row["what"], {})[row["kind"]] = row
    paid, dear, failed, held, real, extra, gone = of.values()
    assert [len(take) for take in of.values()] == [3, 3, 2, 1, 3, 1, 3]
    assert {row["day"] for row in told["rows"]} == {"2026-11-20", "2026-11-21"}
    assert [row["day"][-2:] for row in dear.values()] == ["20", "21", "21"]
    assert [next(iter(take.values()))["by"] for take in of.values()] == [
        "Ana", "Ana", "nameless@studio.example", "", "Ana", "Ana", "Ana",
    ]  # fmt: skip
    assert [row["reason"] for row in failed.values()] == ["", "not charged"]
    assert paid["release"]["reason"] == real["release"]["reason"] == gone["release"]["reason"] == ""
    assert (extra["charge"]["own task"], held["hold"]["own task"], gone["hold"]["own task"]) == (
        False, True, True,
    )  # fmt: skip
    assert gone["hold"]["shot"] is None
    assert paid["hold"]["shot"] == failed["hold"]["shot"] != real["hold"]["shot"] == held["hold"]["shot"]
