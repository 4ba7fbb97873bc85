import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from studio.integrations.sandbox import child
from tests.integrations.sandbox.orders import kite
from tests.integrations.sandbox.running import Running

PARENT = """
import sys, time
from pathlib import Path
from studio.integrations.sandbox import child
begun = child.start(directory=Path(sys.argv[1]), wait=0, workers=2)
print(begun.url, begun.key, begun.process.pid, flush=True)
time.sleep(600)
"""


def alive(pid):
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def descendants(pid):
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid:
            number = int(entry.parent.name)
            found += [number, *descendants(number)]
    return found


def gone(pids, within=5.0):
    deadline = time.monotonic() + within
    while time.monotonic() < deadline and any(alive(pid) for pid in pids):
        time.sleep(0.05)
    return not any(alive(pid) for pid in pids)


def drawing_workers(pid, within=10.0):
    """All processes of a sandbox, once it has begun to draw."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        found = descendants(pid)
        if len(found) >= 2:  # a worker, and the one that cleans up after workers
            return [pid, *found]
        time.sleep(0.05)
    raise AssertionError("no worker was started")


def test_a_sandbox_and_its_workers_die_with_a_parent_that_was_killed(start, tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    url, key, pid = parent.stdout.readline().split()
    Running(url, key).send(kite(duration=10))
    everyone = drawing_workers(int(pid))

    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert gone(everyone)


def test_workers_die_with_a_sandbox_that_was_killed(start, tmp_path):
    begun = start(tmp_path, options=())
    Running(begun.url, begun.key).send(kite(duration=10))
    everyone = drawing_workers(begun.process.pid)

    begun.process.kill()
    begun.process.wait()

    assert gone(everyone)


def test_it_stops_at_once_also_while_somebody_waits_for_an_answer(start, tmp_path):
    begun = start(tmp_path, wait=100)
    with socket.create_connection(("127.0.0.1", int(begun.url.split(":")[2].split("/")[0]))) as waiting:
        waiting.sendall(b"POST /v1 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n")
        began = time.monotonic()

        begun.stop()

    assert time.monotonic() - began < 3
    assert not begun.alive()
    begun.stop()


def test_sigterm_ends_it(start, tmp_path):
    begun = start(tmp_path)

    begun.process.send_signal(signal.SIGTERM)

    begun.process.wait(5)
    assert not begun.alive()


def test_port_and_key_are_kept_for_the_next_time(start, tmp_path):
    first = start(tmp_path)
    first.stop()
    second = start(tmp_path)

    assert (second.url, second.key) == (first.url, first.key)
    assert stat.S_IMODE(os.stat(tmp_path / "key").st_mode) == 0o600


def test_a_port_that_is_taken_meanwhile_is_replaced(start, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        (tmp_path / "port").write_text(str(squatter.getsockname()[1]))

        begun = start(tmp_path)

        assert f":{squatter.getsockname()[1]}/" not in begun.url
        assert httpx.get(begun.url.replace("/v1", "/healthz"), trust_env=False).status_code == 200


def test_a_sandbox_that_cannot_start_says_why(start, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        port = squatter.getsockname()[1]

        with pytest.raises(child.DidNotStart, match=f"Cannot listen on 127.0.0.1:{port}"):
            start(tmp_path, port=port)


def test_without_a_key_the_command_says_what_is_missing(start, tmp_path):
    manage = Path(child.__file__).resolve().parents[3] / "manage.py"
    done = subprocess.run(
        [sys.executable, str(manage), "sandbox", "--port", "0"],
        env={**os.environ, "SANDBOX_KEY": "", "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=20,
    )

    assert done.returncode != 0
    assert "SANDBOX_KEY" in done.stderr


def test_it_inherits_no_files_of_ours(start, tmp_path):
    with open(tmp_path / "secret", "w") as ours:
        os.set_inheritable(ours.fileno(), True)
        begun = start(tmp_path)

        held = [os.readlink(entry) for entry in Path(f"/proc/{begun.process.pid}/fd").iterdir()]

    assert str(tmp_path / "secret") not in held
