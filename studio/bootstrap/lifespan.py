"""Start the engine when the port answers, stop it first on SIGTERM."""

import asyncio
import logging
import os
import signal
import socket
import threading
import time

from django.conf import settings

from studio.bootstrap import clean_stop
from studio.bootstrap.embedded import Studio
from studio.core import public_url
from studio.runtime.jobs.engine import AlreadyRunning
from studio.runtime.live import hub

logger = logging.getLogger(__name__)

PATIENCE = 15.0  # seconds before it is said that the port does not answer


async def lifespan(scope, receive, send):
    """The ASGI lifespan protocol around the engine of this process."""
    studio = _Beside() if settings.ENGINE else None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            hub.current()
            if studio:
                studio.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            if studio:
                await asyncio.to_thread(studio.stop)
            await hub.stop()
            await asyncio.to_thread(clean_stop.complete_the_file)
            await send({"type": "lifespan.shutdown.complete"})
            return


class _Beside:
    """Waits for the port beside the event loop, then runs the studio's engine."""

    def __init__(self):
        self._leaving = threading.Event()
        self._studio = None
        self._thread = threading.Thread(target=self._run, name="start", daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        self._leaving.set()
        self._thread.join(timeout=30)
        if self._studio:
            self._studio.stop()

    def _run(self):
        address = (public_url.loopback_host(), settings.PORT)
        begun = time.monotonic()
        told = False
        while not _answers(address):
            if self._leaving.wait(0.05):
                return
            if not told and time.monotonic() - begun > PATIENCE:
                told = True
                logger.warning("Nothing answers at %s yet: takes are rendered when something does", address)
        studio = Studio(web_base=public_url.loopback())
        try:
            studio.start()
            self._studio = studio
        except AlreadyRunning as exc:
            _give_up(str(exc))
        except Exception:
            logger.exception("The engine did not start")
            _give_up("Rushes cannot render: its engine did not start, see above.")


def _answers(address):
    try:
        with socket.create_connection(address, timeout=1):
            return True
    except OSError:
        time.sleep(0.05)
        return False


def _give_up(reason):
    logger.error(reason)
    os.kill(os.getpid(), signal.SIGTERM)
