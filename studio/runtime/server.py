"""The one way our web process is run: by `make run`, the tests and the benchmarks."""

import uvicorn


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
            timeout_graceful_shutdown=10,
            # news are small and written to many: compressing them again for each reader is most of the work
            ws_per_message_deflate=False,
            access_log=False,  # it would hold webhook tokens
            log_config=None,  # the settings say how lines look, and keep secrets out of them
            log_level="warning",
        )
        super().__init__(config)
        self._on_answer = on_answer

    async def startup(self, sockets=None):
        await super().startup(sockets=sockets)
        if self.started and self._on_answer:
            self._on_answer()
