"""A studio that is killed in the middle of things, and started again on the same folder.

These start real servers (`manage.py serve`) and kill them with SIGKILL. One kill meets a take in
every state; each test looks at what became of one of them.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from decimal import Decimal

import pytest

from tests.generation.renders.served import ROOT, studio_in, uuid_of
from tests.patience import patient

PRICE = 80_000_000  # of a still, in nano-dollars
# what each take is called, and how long its undo window is
TAKES = {"queued": 3600, "submitting": 0, "never sent": 3600, "rendering": 0, "saving": 0}


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A studio that was killed with a take in each state, and has come back; their codes by name."""
    with studio_in(tmp_path_factory.mktemp("killed")) as studio:
        sandbox = studio.sandbox
        sandbox.faults("answer_slow", match="prompt:submitting", seconds=60)
        for name in ("submitting", "rendering"):
            sandbox.faults("never_ends", match=f"prompt:{name}")
        sandbox.faults("result_slow", match="prompt:saving", seconds=60)
        codes = studio.order(TAKES)
        wanted = {codes[name]: name for name in TAKES} | {codes["never sent"]: "queued"}
        studio.wait_for(lambda: studio.states() == wanted)
        studio.wait_for(lambda: sandbox.fired()[-1])  # the file is being fetched, under a lease
        studio.kill()
        assert studio.states() == wanted
        gone_until = time.monotonic() + patient(10)
        while studio.sandbox_pid():
            assert time.monotonic() < gone_until, "the sandbox outlives its studio"
            time.sleep(0.05)
        _end_the_undo_window(studio, codes["queued"])
        _die_between_row_and_call(studio, codes["never sent"])

        studio.start()
        for name in ("submitting", "rendering"):
            studio.sandbox.finish({"taskUUID": uuid_of(codes[name])})
        studio.wait_for(lambda: set(studio.states().values()) == {"ready"})
        yield studio, codes


def _end_the_undo_window(studio, code):
    """The hour passes while nobody is there."""
    _change(studio, code, "due_at = datetime('now')")


def _die_between_row_and_call(studio, code):
    """The moment no fault can hold: SUBMITTING is committed and nothing was sent."""
    _change(
        studio,
        code,
        "state = 'submitting', attempts = 1,"
        " sent_at = datetime('now', '-1 minute'), deadline_at = datetime('now', '+30 minutes')",
    )


def _change(studio, code, columns):
    database = sqlite3.connect(studio.folder / "studio.sqlite3", timeout=10)
    with database:
        database.execute(f"UPDATE renders_render SET {columns} WHERE code = ?", [code])
    database.close()


@pytest.mark.parametrize("name", TAKES)
def test_a_take_survives_the_kill(killed, name):
    """Rows 1, 3 and 28: it ends ready, with its file, charged exactly once."""
    studio, codes = killed
    code = codes[name]

    assert studio.entries(code) == [("hold", PRICE), ("charge", PRICE), ("release", PRICE)]
    ((file, size, cost),) = studio.rows("SELECT file, size, cost FROM renders_render WHERE code = ?", code)
    assert (studio.folder / "media" / file).stat().st_size == size
    assert cost == PRICE


@pytest.mark.parametrize("name", TAKES)
def test_nothing_was_bought_twice(killed, name):
    """Row 1: one task each, billed once, and posted again only where the first was in doubt."""
    studio, codes = killed
    book = studio.sandbox.book({"taskUUID": uuid_of(codes[name])})

    assert book["billed"] == Decimal("0.08")
    assert len(book["results"]) == 1
    assert book["posts"] == 1


def test_the_books_balance(killed):
    studio, codes = killed

    total = len(codes) * PRICE
    assert studio.rows("SELECT spent, held FROM costs_balance") == [(total, 0)]
    ((billed,),) = studio.rows("SELECT SUM(amount) FROM costs_ledgerentry WHERE kind = 'charge'")
    assert billed == total


def test_the_history_has_no_gaps(killed):
    studio, _ = killed

    for (project,) in studio.rows("SELECT id FROM projects_project"):
        numbers = studio.rows("SELECT seq FROM live_event WHERE project_id = ? ORDER BY seq", project)
        assert [number for (number,) in numbers] == list(range(1, len(numbers) + 1))


def test_a_second_studio_on_the_same_folder_refuses_to_start(killed):
    studio, _ = killed
    told = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=studio.environment,
        capture_output=True,
        text=True,
    )

    assert told.returncode != 0
    assert "already runs" in told.stderr


def test_a_sandbox_that_is_killed_alone_is_started_again(killed):
    """Its key and port stay, what it was making goes on, and orders meanwhile are not lost."""
    studio, _ = killed
    sandbox = studio.sandbox
    sandbox.faults("never_ends", match="prompt:made before")
    (before,) = studio.order({"made before": 0}).values()
    studio.wait_for(lambda: studio.states()[before] == "rendering")
    spent = len(studio.states()) * PRICE

    pid = studio.sandbox_pid()
    os.kill(pid, signal.SIGKILL)
    (meanwhile,) = studio.order({"ordered meanwhile": 0}).values()
    studio.wait_for(lambda: studio.sandbox_pid() not in (None, pid))
    assert (studio.sandbox.url, studio.sandbox.key) == (sandbox.url, sandbox.key)
    studio.sandbox.finish({"taskUUID": uuid_of(before)})
    studio.wait_for(lambda: set(studio.states().values()) == {"ready"}, within=10)

    for code in (before, meanwhile):
        assert studio.entries(code) == [("hold", PRICE), ("charge", PRICE), ("release", PRICE)]
    assert studio.rows("SELECT SUM(spent), SUM(held) FROM costs_balance") == [(spent + PRICE, 0)]
