"""The one way our web process is run: by `make run`, the Procfile, the tests and the benchmarks."""

import uvicorn

from studio.runtime import connections

LARGEST_MESSAGE = 64 * 1024  # bytes that a socket's message may have


class Server(uvicorn.Server):
    """The web process; an embedded studio has exactly one.

    Args:
        on_answer: called when the port answers and not before, so that a link works at once.
    """

    def __init__(self, application="studio.asgi:application", *, host, port, on_answer=None):
        config = uvicorn.Config(
            application,
            host=host,
            port=port,
            http=connections.Connection,
            timeout_graceful_shutdown=10,
            ws_max_size=LARGEST_MESSAGE,
            # news are small and written to many: compressing them again for each reader is most of the work
            ws_per_message_deflate=False,
            access_log=False,  # it would hold webhook tokens
            log_config=None,  # the settings say how lines look, and keep secrets out of them
            log_level="warning",
            server_header=False,
            proxy_headers=False,  # `core.client_addresses` reads them, and knows how many to believe
        )
        super().__init__(config)
        self._on_answer = on_answer

    def run(self, sockets=None):
        connections.allow_many()
        super().run(sockets=sockets)

    async def startup(self, sockets=None):
        await super().startup(sockets=sockets)
        if self.started and self._on_answer:
            self._on_answer()
