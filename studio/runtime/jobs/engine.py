"""The engine of an embedded studio: job threads, the sweep, and the lock that keeps it alone.

Job threads are a pool of their own, so that pages never wait for them. A job is a function and
the code of a row; the same job is never queued twice at once, and may run twice without harm.
"""

from __future__ import annotations

import fcntl
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import close_old_connections

from studio.runtime.jobs import pause

logger = logging.getLogger(__name__)

_sweeps: list[Callable[[], None]] = []
_running: Engine | None = None


class AlreadyRunning(RuntimeError):
    """Another process of this studio holds the engine's lock."""


def register_sweep(sweep: Callable[[], None]) -> None:
    """Have this called every `SWEEP_SECONDS`: it enqueues whatever is due."""
    if sweep not in _sweeps:
        _sweeps.append(sweep)


def wake(func: Callable[..., Any], args: Any = (), kwargs: Any = None) -> None:
    """Run this job soon, if an engine runs in this process; else the sweep of the one that does will."""
    if _running:
        _running.submit(func, tuple(args), dict(kwargs or {}))


def running() -> Engine | None:
    return _running


def held_elsewhere() -> bool:
    """Whether another process runs the engine of this studio right now."""
    if _running:
        return False
    try:
        lock = _lock()
    except AlreadyRunning:
        return True
    lock.close()
    return False


class Engine:
    """Threads that do the jobs and a thread that sweeps. One per embedded studio.

    Args:
        web_base: the loopback address of the web server in this process ("" without one), where
            a sandbox beside it may send its webhooks.
    """

    def __init__(self, *, web_base: str = "") -> None:
        self.web_base = web_base
        self._held: IO[str] | None = None
        self._pending: set[Any] = set()
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep, name="sweep", daemon=True)

    def take_lock(self) -> None:
        """Become the one engine of this studio.

        Raises:
            AlreadyRunning: another process has the lock.
        """
        self._held = _lock()

    def start(self) -> None:
        """Begin to sweep and to do jobs."""
        global _running
        self._pool = ThreadPoolExecutor(settings.JOB_THREADS, thread_name_prefix="job")
        _running = self
        self._sweeper.start()

    def stop(self) -> None:
        """Finish the jobs that have begun, drop those that have not (the next start finds them)."""
        global _running
        self._stopping.set()
        if _running is self:
            _running = None
            self._sweeper.join(timeout=10)
            self._pool.shutdown(wait=True, cancel_futures=True)
        if self._held:
            self._held.close()

    def submit(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        key = (func.__module__, func.__qualname__, args, tuple(sorted(kwargs.items())))
        with self._guard:
            if key in self._pending or self._stopping.is_set():
                return
            self._pending.add(key)
        try:
            self._pool.submit(self._run, key, func, args, kwargs)
        except RuntimeError:  # the pool has closed: the next start finds the row
            self._pending.discard(key)

    def _run(self, key: Any, func: Callable[..., Any], args: Any, kwargs: Any) -> None:
        # from here on the same job may be asked for again: the row may change while we look at it
        with self._guard:
            self._pending.discard(key)
        close_old_connections()
        try:
            if not pause.paused():  # else its row stays due
                func(*args, **kwargs)
        except Exception:
            # the row is still due, the sweep will try again
            logger.exception("Job %s%s failed", key[1], args)
        finally:
            close_old_connections()

    def _sweep(self) -> None:
        while not self._stopping.is_set():
            close_old_connections()
            for sweep in _due_sweeps():
                try:
                    sweep()
                except Exception:
                    logger.exception("A sweep failed; the next one tries again")
            close_old_connections()
            self._stopping.wait(settings.SWEEP_SECONDS)


def _due_sweeps() -> list[Callable[[], None]]:
    """All of them; none while this studio stands still, or while that cannot be read."""
    try:
        return [] if pause.paused() else _sweeps
    except Exception:
        logger.exception("Whether this studio stands still could not be read; the next sweep tries again")
        return []


def _lock() -> IO[str]:
    path = Path(settings.VAR_DIR) / "engine.lock"
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise AlreadyRunning(
            f"Another Rushes already runs on {settings.VAR_DIR}. Stop it first, or give this one a VAR_DIR of its own."
        ) from None
    return file
