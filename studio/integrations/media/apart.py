"""Work that may need much memory, done in a process of its own that may not have more than a limit, one at a time.

`python -m studio.integrations.media.apart` is that process: it reads what to do from its standard input.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import pickle
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

MEMORY = 1_600_000_000  # bytes of addresses, of which a process of Python with our decoders has 0.3 at rest
_PATIENCE = 120.0  # seconds
_ROOT = Path(__file__).resolve().parents[3]
_TURN = threading.Lock()
_OUT_OF_MEMORY = 3  # exit status


class Failed(Exception):
    """The work was not done: it needs more memory or time than it is given, or its process was ended."""


def run(module: str, function: str, *arguments: Any) -> Any:
    """Have a function of ours do its work there; what it returns, or what it raises.

    Raises:
        Failed: too much memory, too much time.
    """
    order = pickle.dumps((module, function, arguments))
    env = {"DJANGO_SETTINGS_MODULE": "studio.settings", **os.environ}
    with _one_at_a_time():
        try:
            done = subprocess.run(  # noqa: S603 - ourselves
                [sys.executable, "-m", __spec__.name if __spec__ else __name__],
                input=order,
                capture_output=True,
                timeout=_PATIENCE,
                cwd=_ROOT,
                env=env,
                check=False,
            )
        except subprocess.TimeoutExpired as exc:
            raise Failed("too slow") from exc
    if done.returncode:
        raise Failed(f"status {done.returncode}: {done.stderr[-300:].decode(errors='replace')}")
    went_well, value = pickle.loads(done.stdout)  # noqa: S301 - from ourselves
    if went_well:
        return value
    raise value


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Wait for those who decode: other threads, and other processes of this machine."""
    folder = Path(settings.VAR_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with _TURN, (folder / "decoding.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _main() -> int:
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    module, function, arguments = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from ourselves
    try:
        work = getattr(importlib.import_module(module), function)
        answer = pickle.dumps((True, work(*arguments)))
    except MemoryError:
        return _OUT_OF_MEMORY
    except Exception as exc:
        answer = pickle.dumps((False, exc))
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
