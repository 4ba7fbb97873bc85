"""A real studio in a process of its own, and what can be seen of it from outside."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests import lent
from tests.integrations.sandbox.running import Running
from tests.patience import patient

ROOT = Path(__file__).resolve().parents[3]
ORDER = """
import json, sys
from studio.integrations import catalogue
from studio.planning.projects import actions
from studio.people.accounts import studio_owner
from studio.generation.orders import orders
from studio.generation.renders import lifecycle
by = studio_owner.find_or_make()[0]
project = actions.create_project(name="Killed", by=by)
codes = {}
for name, undo in json.loads(sys.argv[1]).items():
    shot = actions.create_shot(project, by=by, prompt=name, model="gen-4-image")
    legal = orders.check(orders.Wish.of(shot), project)
    codes[name] = lifecycle.start(shot=shot, by=by, order=legal, undo_seconds=undo)[0].code.hex
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
        lent.lend(self.folder)
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
        lent.keep(self.folder)

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
            return httpx.get(
                f"http://127.0.0.1:{port}/healthz", trust_env=False, verify=False, timeout=1
            ).json()["pid"]
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
        deadline = time.monotonic() + patient(within)
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
