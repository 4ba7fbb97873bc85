"""A take whose file is still to come, and a server that answers for it as a test wants."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from studio.generation.renders import lifecycle
from studio.generation.renders.models import Render
from studio.integrations import providers
from studio.integrations.providers import Runware
from tests.patience import patient


@pytest.fixture
def saving(order, engine):
    """A take whose result is known and whose file was not fetched yet."""
    (take,) = order()
    lifecycle.submit(str(take.batch))
    Render.objects.update(check_at=timezone.now())
    until = time.monotonic() + patient(20)
    while take.state != "saving":
        assert time.monotonic() < until, take.state
        lifecycle.ask()
        take.refresh_from_db()
        Render.objects.update(check_at=timezone.now())
        time.sleep(0.01)
    return take


@pytest.fixture
def elsewhere(saving):
    """A server the provider may be fetched from that answers as told: `elsewhere(handler)`."""
    servers = []

    def elsewhere(handle):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                handle(self)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        providers.use(Runware(url=f"{base}/v1", key="a key", origin=base))
        Render.objects.filter(pk=saving.pk).update(result_url=f"{base}/a.mp4")

    yield elsewhere
    for server in servers:
        server.shutdown()
        server.server_close()
