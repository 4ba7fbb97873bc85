"""The embedded studio's engine and the sandbox beside it, started and stopped together."""

import logging
import threading
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections

from studio.generation.renders import lifecycle, provider_backoff
from studio.integrations import providers
from studio.integrations.sandbox import child
from studio.runtime.jobs.engine import Engine

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5  # between looks at whether the sandbox still runs
LONGEST_PAUSE = 30.0  # between tries to start one that does not stay


class Studio:
    """The engine with whatever it needs to render: a sandbox, as long as no key is set.

    Args:
        web_base: the loopback address of the web server in this process, "" without one.
    """

    def __init__(self, *, web_base=""):
        self._engine = Engine(web_base=web_base)
        self._sandbox = None
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="sandbox", daemon=True)

    def start(self):
        """Take the engine's lock, start the sandbox, look at every open take.

        Raises:
            studio.runtime.jobs.engine.AlreadyRunning: another process renders for this studio.
        """
        self._engine.take_lock()
        try:
            if providers.sandboxed():
                self._start_sandbox()
                self._watcher.start()
            lifecycle.wake_all()
            self._engine.start()
        except BaseException:
            self.stop()
            raise

    def stop(self):
        self._stopping.set()
        self._engine.stop()
        if self._watcher.is_alive():
            self._watcher.join()
        if self._sandbox:
            self._sandbox.stop()

    def _start_sandbox(self):
        self._sandbox = child.start(
            directory=Path(settings.VAR_DIR) / "sandbox",
            wait=settings.SANDBOX_WAIT_SECONDS,
            workers=settings.SANDBOX_WORKERS,
        )
        providers.use_sandbox(self._sandbox.url, self._sandbox.key)
        logger.info("Sandbox at %s", self._sandbox.url)

    def _watch(self):
        """Start another sandbox when this one ends by itself: it goes on with what was unfinished."""
        pause = LOOK_SECONDS
        while self._sandbox and not self._stopping.wait(pause):
            if self._sandbox.alive():
                pause = LOOK_SECONDS
                continue
            logger.warning("The sandbox has ended by itself: starting it again")
            pause = min(2 * pause, LONGEST_PAUSE)
            self._sandbox.stop()
            try:
                self._start_sandbox()
                provider_backoff.lift(providers.Runware.name)  # what could not be sent meanwhile goes out now
            except Exception:
                logger.exception("The sandbox did not start; trying again in %.0f s", pause)
            finally:
                close_old_connections()
