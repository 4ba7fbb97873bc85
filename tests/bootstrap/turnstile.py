"""Between a studio and its provider: passes everything on and counts who came through."""

import contextlib
import socket
import threading


class Turnstile:
    def __init__(self, port):
        self.came = 0
        self._to = ("127.0.0.1", port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}/v1"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):  # it was closed
            while True:
                visitor, _ = self._door.accept()
                inside = socket.create_connection(self._to)
                for one, other, counts in ((visitor, inside, True), (inside, visitor, False)):
                    threading.Thread(target=self._pass, args=(one, other, counts), daemon=True).start()

    def _pass(self, one, other, counts):
        with contextlib.suppress(OSError):
            while piece := one.recv(65536):
                self.came += counts
                other.sendall(piece)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self._door.close()
