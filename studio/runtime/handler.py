"""Django's part of the web process: a whole request in one go, on a thread that stays."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections, connections
from django.http import HttpRequest, HttpResponseBase

from studio.core import sql

# Threads that wait for a request, each with its connection to SQLite. One that sends a large answer to a slow
# browser is not among them until it is done; others begin anew meanwhile.
KEPT = 12


class Handler(ASGIHandler):
    """Views and middleware here are synchronous.

    Django's own way goes from the loop to a thread and back several times in a request, and has a new thread,
    a new event loop and a new connection to the database for each: more work than most of our pages are.
    """

    def __init__(self) -> None:
        self._threads: deque[ThreadPoolExecutor] = deque()
        super().__init__()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        thread = self._threads.pop() if self._threads else ThreadPoolExecutor(1, thread_name_prefix="page")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await super().__call__(scope, receive, send)
        finally:
            thread.submit(self._give_back, thread)  # behind what it may still be doing for who has gone

    def _give_back(self, thread: ThreadPoolExecutor) -> None:
        close_old_connections()  # an answer that broke off half way has not
        if len(self._threads) < KEPT:
            self._threads.append(thread)
        else:
            connections.close_all()
            thread.shutdown(wait=False)

    def load_middleware(self, is_async: bool = False) -> None:
        """For a thread, whatever is asked for."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self._respond)(request)

    def _respond(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, with no connection held for the time that its bytes take to go out."""
        try:
            return self.get_response(request)
        finally:
            sql.give_back_connection()
