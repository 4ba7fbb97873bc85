"""The embedded studio's engine and the sandbox beside it, started and stopped together."""

import logging
from pathlib import Path

from django.conf import settings

from studio import providers
from studio.jobs.engine import Engine
from studio.renders import pipeline
from studio.sandbox import child

logger = logging.getLogger(__name__)


class Studio:
    """The engine with whatever it needs to render: a sandbox, as long as no key is set.

    Args:
        web_base: the loopback address of the web server in this process, "" without one.
    """

    def __init__(self, *, web_base=""):
        self._engine = Engine(web_base=web_base)
        self._sandbox = None

    def start(self):
        """Take the engine's lock, start the sandbox, look at every open take.

        Raises:
            studio.jobs.engine.AlreadyRunning: another process renders for this studio.
        """
        self._engine.take_lock()
        try:
            if providers.sandboxed():
                self._start_sandbox()
            pipeline.wake_all()
            self._engine.start()
        except BaseException:
            self.stop()
            raise

    def stop(self):
        self._engine.stop()
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
