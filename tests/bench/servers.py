"""Start a server as a process of its own, and see what it costs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# as `make run` does, without the preparations
_SERVE = """
import sys
from studio.runtime.server import Server
Server(sys.argv[1], host="127.0.0.1", port=int(sys.argv[2])).run()
"""
_TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A uvicorn process with the options that `make run` gives it."""

    def __init__(self, application: str, **environment: str) -> None:
        self.application = application
        self.environment = environment
        self.port = free_port()
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-c", _SERVE, self.application, str(self.port)]
        environment = {**os.environ, "PORT": str(self.port), **self.environment}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
        until = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise RuntimeError(f"{self.application} did not start") from None
                time.sleep(0.05)

    def cpu(self) -> float:
        """Seconds of processor time so far, user and system."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def kill(self) -> None:
        """Without a goodbye."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()


def python(*arguments: str) -> str:
    """Run this interpreter and return what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True, text=True, env=os.environ
    )
    return done.stdout
