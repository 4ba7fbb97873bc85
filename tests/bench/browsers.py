"""The other side of the wire, as lean as can be, so that what is measured is the server."""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from collections.abc import Callable

OnFrame = Callable[["Viewer", bytes], None]


class Viewer(asyncio.Protocol):
    """An open page: a websocket that hands on every text frame as it came."""

    def __init__(self, port: int, path: str, cookie: str, on_frame: OnFrame) -> None:
        self.address = (port, path, cookie)
        self.on_frame = on_frame
        self.since = 0  # kept by whoever reads the frames
        self._buffer = b""
        self._open = False

    async def open(self, query: str = "") -> None:
        port, path, cookie = self.address
        self._buffer, self._open = b"", False
        self._opened = asyncio.get_running_loop().create_future()
        self._transport, _ = await asyncio.get_running_loop().create_connection(
            lambda: self, "127.0.0.1", port
        )
        self._transport.write(
            f"GET {path}{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
            f"Cookie: {cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"  # as browsers offer
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n".encode()
        )
        await asyncio.wait_for(self._opened, 20)

    def cut(self) -> None:
        """The network goes away."""
        self._transport.abort()

    def say(self, text: bytes) -> None:
        """Send a short text frame."""
        self._transport.write(bytes([0x81, 0x80 | len(text)]) + bytes(4) + text)  # a mask of zeros

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._open:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self._opened.set_exception(ConnectionError(head.decode("latin-1")))
                return
            self._open, self._buffer = True, rest
            self._opened.set_result(None)
        while (size := self._frame()) is not None:
            self._buffer = self._buffer[size:]

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._opened.done():
            self._opened.set_exception(exc or ConnectionError("closed before it opened"))

    def _frame(self) -> int | None:
        """Read one whole frame from the buffer; how many bytes it took, None when it is not all there."""
        if len(self._buffer) < 2:
            return None
        opcode, length, start = self._buffer[0] & 15, self._buffer[1] & 127, 2
        if length == 126:
            if len(self._buffer) < 4:
                return None
            length, start = struct.unpack_from("!H", self._buffer, 2)[0], 4
        elif length == 127:
            if len(self._buffer) < 10:
                return None
            length, start = struct.unpack_from("!Q", self._buffer, 2)[0], 10
        if len(self._buffer) < start + length:
            return None
        payload = self._buffer[start : start + length]
        if opcode == 1:
            self.on_frame(self, payload)
        elif opcode == 9:
            masked = bytes([0x8A, 0x80 | length]) + bytes(4) + payload  # a mask of zeros
            self._transport.write(masked)
        return start + length


class Caller:
    """One kept connection that posts and reads status codes, as a provider's caller does."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._lock = asyncio.Lock()
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: bytes) -> int:
        """The status of the answer.

        Raises:
            OSError: the server has gone.
        """
        async with self._lock:
            try:
                return await self._post(path, body)
            except (OSError, asyncio.IncompleteReadError) as exc:
                self.close()
                raise ConnectionError("no answer") from exc

    async def _post(self, path: str, body: bytes) -> int:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writer.write(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                await self._reader.readexactly(int(line.partition(b":")[2]))
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        if self._writer:
            self._writer.close()
        self._writer = None
