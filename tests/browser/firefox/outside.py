"""The world outside, as far as Firefox can tell: a proxy that takes every call, answers none and writes it down."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Outside:
    """A listener on loopback that stands as the proxy for whatever is not of this machine."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):  # closed: the tests are over
            while True:
                caller, _ = self.listener.accept()
                self._write_down(caller)

    def _write_down(self, caller: socket.socket) -> None:
        with caller:
            caller.settimeout(2)
            with suppress(OSError):
                line = caller.recv(4096).split(b"\r\n")[0].decode("latin-1")
                self.asked.append(line)
                caller.sendall(b"HTTP/1.1 502 Nobody is outside\r\nContent-Length: 0\r\n\r\n")

    def close(self) -> None:
        self.listener.close()
