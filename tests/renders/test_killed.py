"""A studio that is killed in the middle of things, and started again on the same folder.

These start real servers (`manage.py serve`) and kill them with SIGKILL. One kill meets a take in
every state; each test looks at what became of one of them.
"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from tests.sandbox.running import Running

ROOT = Path(__file__).resolve().parents[2]
PRICE = 80_000_000  # of a still, in nano-dollars
# what each take is called, and how long its undo window is
TAKES = {"queued": 5, "submitting": 0, "never sent": 3600, "rendering": 0, "saving": 0}
ORDER = """
import json, sys
from studio import catalogue
from studio.projects import actions
from studio.renders import orders, pipeline, sample
by = sample.owner()[0]
project = actions.create_project(name="Killed", by=by)
codes = {}
for name, undo in json.loads(sys.argv[1]).items():
    shot = actions.create_shot(project, by=by, prompt=name, model="gen-4-image")
    legal = orders.check(orders.Wish.of(shot), project)
    codes[name] = pipeline.start(shot=shot, by=by, order=legal, undo_seconds=undo)[0].code.hex
print(json.dumps(codes))
"""


class Studio:
    """A studio in a folder of its own, as `make run` starts it."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = None
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")},
            "DJANGO_SETTINGS_MODULE": "studio.settings",
            "ENGINE": "true",
            "VAR_DIR": str(folder),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "SANDBOX_WAIT_SECONDS": "0",
            "SANDBOX_WORKERS": "1",
            "SWEEP_SECONDS": "0.2",
            "RESEND_GRACE_SECONDS": "1",
            "RETRY_PACE": "0.1",
        }

    def start(self):
        """Start the server and wait until its sandbox answers."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        before = self.sandbox_pid()
        self.wait_for(lambda: self.sandbox_pid() not in (None, before))

    def kill(self):
        """As the kernel does when memory runs out: nothing can be said or tidied up any more."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def order(self, takes):
        """Order stills in a process of our own, each with its undo window; their codes by name."""
        told = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup(){ORDER}", json.dumps(takes)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert told.returncode == 0, told.stderr
        return json.loads(told.stdout)

    # --- looking on -----------------------------------------------------------------------

    @property
    def sandbox(self):
        key, port = ((self.folder / "sandbox" / name).read_text().strip() for name in ("key", "port"))
        return Running(f"http://127.0.0.1:{port}/v1", key)

    def sandbox_pid(self):
        """The process of the sandbox that answers now, or None."""
        try:
            port = (self.folder / "sandbox" / "port").read_text()
            return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False, timeout=1).json()["pid"]
        except (OSError, httpx.HTTPError):
            return None

    def rows(self, statement, *values):
        database = sqlite3.connect(f"file:{self.folder / 'studio.sqlite3'}?mode=ro", uri=True, timeout=10)
        try:
            return database.execute(statement, values).fetchall()
        finally:
            database.close()

    def states(self):
        return dict(self.rows("SELECT code, state FROM renders_render"))

    def entries(self, code):
        found = self.rows(
            "SELECT kind, amount FROM costs_ledgerentry WHERE render_code = ? ORDER BY id", code
        )
        return [(kind, amount) for kind, amount in found]

    def wait_for(self, check, within=30):
        deadline = time.monotonic() + within
        while not (seen := check()):
            assert time.monotonic() < deadline, self.log()
            assert self.process.poll() is None, self.log()
            time.sleep(0.05)
        return seen

    def log(self):
        return (self.folder / "server.log").read_text()[-4000:]


@contextmanager
def studio_in(folder):
    studio = Studio(folder)
    studio.start()
    try:
        yield studio
    finally:
        studio.stop()


def uuid_of(code):
    return f"{code[:8]}-{code[8:12]}-{code[12:16]}-{code[16:20]}-{code[20:]}"


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
        studio.kill()
        assert studio.states() == wanted
        gone_until = time.monotonic() + 10
        while studio.sandbox_pid():
            assert time.monotonic() < gone_until, "the sandbox outlives its studio"
            time.sleep(0.05)
        _die_between_row_and_call(studio, codes["never sent"])

        studio.start()
        for name in ("submitting", "rendering"):
            studio.sandbox.finish({"taskUUID": uuid_of(codes[name])})
        studio.wait_for(lambda: set(studio.states().values()) == {"ready"})
        yield studio, codes


def _die_between_row_and_call(studio, code):
    """The moment no fault can hold: SUBMITTING is committed and nothing was sent."""
    database = sqlite3.connect(studio.folder / "studio.sqlite3", timeout=10)
    with database:
        database.execute(
            "UPDATE renders_render SET state = 'submitting', attempts = 1,"
            " sent_at = datetime('now', '-1 minute'), deadline_at = datetime('now', '+30 minutes')"
            " WHERE code = ?",
            [code],
        )
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
