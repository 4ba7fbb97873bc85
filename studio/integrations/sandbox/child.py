"""The sandbox as a child process of the embedded studio."""

from __future__ import annotations

import os
import secrets
import selectors
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

READY = "sandbox ready "
_START_SECONDS = 30.0
_STOP_SECONDS = 3.0
_LARGEST_LOG = 5 * 1024 * 1024


class DidNotStart(RuntimeError):
    """The sandbox ended or stayed silent; the message holds what it wrote to its log."""


@dataclass
class Child:
    url: str  # http://127.0.0.1:41234/v1
    key: str
    process: subprocess.Popen[bytes]

    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """End it and its workers; doing so twice is harmless."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()  # its stdin ends, and so does it
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(
    *,
    directory: Path,
    wait: float,
    workers: int,
    port: int | None = None,
    key: str | None = None,
    options: tuple[str, ...] = (),
) -> Child:
    """Start a sandbox that lives exactly as long as we do, and return when it answers.

    Port and key are those of the last time where possible, so that what was handed out then
    still works.

    Raises:
        DidNotStart: with its own words.
    """
    directory.mkdir(parents=True, exist_ok=True)
    key = key or _kept_key(directory / "key")
    wanted = _kept_port(directory / "port") if port is None else port
    command = ["--dir", str(directory), "--wait", str(wait), "--workers", str(workers), *options]
    try:
        child = _spawn(directory, [*command, "--port", str(wanted)], key)
    except DidNotStart:
        if port is not None or wanted == 0:
            raise
        child = _spawn(directory, [*command, "--port", "0"], key)  # somebody took it meanwhile
    fresh = directory / "port.new"
    fresh.write_text(child.url.rpartition(":")[2].partition("/")[0])
    fresh.replace(directory / "port")  # whoever reads it finds the old port or the new one, never half
    return child


def _spawn(directory: Path, options: list[str], key: str) -> Child:
    log = directory / "sandbox.log"
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        log.unlink()
    manage = Path(__file__).resolve().parents[3] / "manage.py"
    environment = {**os.environ, "SANDBOX_KEY": key}
    environment.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    with log.open("ab") as errors:
        began = errors.tell()
        process = subprocess.Popen(  # noqa: S603 our own command; close_fds leaves it our pipes alone
            [sys.executable, str(manage), "sandbox", "--until-eof", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            start_new_session=True,  # Ctrl-C is for us; we end it when we are done
        )
    child = Child("", key, process)
    line = _ready_line(process)
    if not line.startswith(READY):
        child.stop()
        said = log.read_bytes()[began:][-4000:].decode(errors="replace").strip()
        raise DidNotStart(f"The sandbox did not start. It said: {said or line or 'nothing'}")
    child.url = line.removeprefix(READY)
    return child


def _ready_line(process: subprocess.Popen[bytes]) -> str:
    """The first line it prints; what there is of it if it ends or takes too long."""
    assert process.stdout is not None
    pipe, said = process.stdout.fileno(), b""
    deadline = time.monotonic() + _START_SECONDS
    with selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        while b"\n" not in said and (left := deadline - time.monotonic()) > 0:
            if not waiting.select(left) or not (chunk := os.read(pipe, 1024)):
                break
            said += chunk
    return said.partition(b"\n")[0].decode(errors="replace").strip()


def _kept_key(path: Path) -> str:
    """The key of the last time, or a new one that only we can read."""
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
    except FileExistsError:
        pass
    return path.read_text().strip()


def _kept_port(path: Path) -> int:
    """The port of the last time if it is free, else 0."""
    try:
        port = int(path.read_text())
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
        return port
    except (OSError, ValueError, OverflowError):
        return 0
