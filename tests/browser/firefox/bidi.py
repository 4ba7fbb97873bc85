"""WebDriver BiDi: commands out, answers and events in, over one WebSocket."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from websockets.sync.client import connect

from tests.patience import patient

Handler = Callable[[dict[str, Any]], None]


class BidiError(RuntimeError):
    """What the browser said instead of an answer."""

    def __init__(self, method: str, answer: dict[str, Any]) -> None:
        super().__init__(f"{method}: {answer.get('error')}: {answer.get('message')}")
        self.error = answer.get("error", "")


class Bidi:
    """A session. It reads while it waits for an answer, so events come in whenever something is asked."""

    def __init__(self, address: str) -> None:
        self.opened = ExitStack()
        self.socket = self.opened.enter_context(
            connect(f"{address}/session", max_size=None, open_timeout=30, proxy=None)
        )
        self.numbers = itertools.count(1)
        self.handlers: list[tuple[str, Handler]] = []
        self.send(
            "session.new", capabilities={"alwaysMatch": {"unhandledPromptBehavior": {"default": "accept"}}}
        )

    def on(self, event: str, handler: Handler) -> None:
        """Hand the parameters of every such event to this function; the session is subscribed to it."""
        if event not in {known for known, _ in self.handlers}:
            self.send("session.subscribe", events=[event])
        self.handlers.append((event, handler))

    def off(self, handler: Handler) -> None:
        self.handlers = [each for each in self.handlers if each[1] is not handler]

    def send(self, method: str, /, *, seconds: float = 60, **params: Any) -> Any:
        """Send a command and return its result."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        until = time.monotonic() + patient(seconds)
        while True:
            message = self.read(until - time.monotonic(), method)
            if message.get("id") != number:
                continue
            if message.get("type") == "error":
                raise BidiError(method, message)
            return message["result"]

    def read(self, seconds: float, method: str) -> dict[str, Any]:
        try:
            message: dict[str, Any] = json.loads(self.socket.recv(timeout=max(0, seconds)))
        except TimeoutError as error:
            raise TimeoutError(f"Firefox did not answer {method}") from error
        if message.get("type") == "event":
            for event, handler in list(self.handlers):
                if event == message["method"]:
                    handler(message["params"])
        return message

    def close(self) -> None:
        self.opened.close()
