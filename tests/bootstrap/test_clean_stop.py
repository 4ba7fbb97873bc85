"""After a clean stop the one database file is complete: copied alone, it holds every row."""

import shutil
import sqlite3
import subprocess
import sys

import pytest

from tests.generation.renders.served import ROOT, Studio


@pytest.fixture
def served(tmp_path):
    folder = tmp_path / "var"
    folder.mkdir()
    studio = Studio(folder)
    studio.environment.pop("DATABASE_URL", None)  # also where the other tests are on PostgreSQL
    yield studio
    studio.stop()


def counts(path):
    """How many rows each table has."""
    database = sqlite3.connect(path)
    try:
        return counts_of(database)
    finally:
        database.close()


def counts_of(database):
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in names}


def copied_alone(folder, tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    return shutil.copy(folder / "studio.sqlite3", alone / "studio.sqlite3")


def read_beside(folder):
    """A connection that has the database open and has read, as a page's thread keeps one."""
    reader = sqlite3.connect(folder / "studio.sqlite3", check_same_thread=False, isolation_level=None)
    reader.execute("SELECT COUNT(*) FROM renders_render").fetchall()
    return reader


def holds(alone, seen):
    """Whether nothing that was seen is missing from this file."""
    there = counts(alone)
    return all(there[name] >= rows for name, rows in seen.items())


def test_a_server_that_is_told_to_stop_leaves_one_complete_file(served, tmp_path):
    served.start()
    reader = read_beside(served.folder)
    served.order({f"take {number}": 3600 for number in range(5)})
    assert (served.folder / "studio.sqlite3-wal").stat().st_size > 0
    seen = counts(served.folder / "studio.sqlite3")

    served.stop()
    alone = copied_alone(served.folder, tmp_path)
    assert counts(alone) == counts(served.folder / "studio.sqlite3")
    assert holds(alone, seen) and seen["renders_render"] == 5
    assert (served.folder / "studio.sqlite3-wal").stat().st_size == 0
    reader.close()
    assert "Traceback" not in served.log()


def test_somebody_who_still_reads_does_not_keep_what_they_see_out_of_it(served, tmp_path):
    """A transaction that is open in another process: the log stays, and the file has all of that moment."""
    served.start()
    served.order({"take": 3600})
    reader = read_beside(served.folder)
    reader.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM renders_render").fetchall()
    seen = counts_of(reader)
    served.stop()
    alone = copied_alone(served.folder, tmp_path)
    reader.close()
    assert holds(alone, seen) and seen["renders_render"] == 1
    assert "still reads the database" in served.log()


@pytest.mark.parametrize("wait", [[], ["--wait"]])
def test_the_command_line_leaves_it_complete_too(served, tmp_path, wait):
    done = subprocess.run(
        [
            sys.executable,
            "manage.py",
            "render",
            "--project",
            "x",
            "--prompt",
            "y",
            "--model",
            "gen-4-image",
            *wait,
        ],
        cwd=ROOT,
        env=served.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    alone = counts(copied_alone(served.folder, tmp_path))
    assert alone == counts(served.folder / "studio.sqlite3") and alone["renders_render"] == 1
