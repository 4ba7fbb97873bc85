"""A connection to a browser: given up where no request comes of it, and where its head has no end."""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from contextlib import suppress
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from studio.core.streaming import PATIENT

HEAD_SECONDS = 20.0  # for all of a request's head; a browser may open a connection and need it later
LONGEST_HEAD = 64 * 1024  # bytes of one that has not ended yet
STALL_SECONDS = 60.0  # in which a browser has to read some of an answer
MOST_WAITING = 400  # connections without a whole head at once; beyond, somebody holds them on purpose
_FILES = 16_384  # open files and connections that are asked for, where the system allows so many

_waiting: dict[Connection, None] = {}  # the oldest first


class Connection(HttpToolsProtocol):
    """What uvicorn does, with an end for those who open connections and say nothing, or never finish."""

    _patience: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _upgraded = False
    _answered: RequestResponseCycle | None = None  # now; others may be asked for already
    _head = 0  # bytes so far of a head that has not ended
    _headers = 0  # bytes of a request's headers, those behind its body included

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._waited()
        self._goes_on()
        self.pipeline.clear()  # nobody is there to be answered
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._upgraded or self.transport.is_closing():
            return
        if self.cycle and self.cycle.response_complete and not self.pipeline:
            self._wait()  # what comes now is the next request, or it is nothing
        if self in _waiting:
            self._head += len(data)
            if self._head > LONGEST_HEAD:
                self._waited()
                self.send_400_response("This request has no end to its headers.")

    def handle_websocket_upgrade(self) -> None:
        """From here on the connection is another protocol's."""
        self._upgraded = True
        self._waited()
        self._goes_on()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        if self.cycle and self.cycle.response_started and not self.cycle.response_complete:
            self.transport.abort()  # no second answer in the middle of one
        else:
            super().send_400_response(msg)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._headers = 0
        self._wait()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers += len(name) + len(value)
        if self._headers > LONGEST_HEAD:
            raise ValueError("headers without an end")  # the parser stops, and uvicorn answers 400
        super().on_header(name, value)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def pause_writing(self) -> None:
        """The browser reads slower than we write."""
        super().pause_writing()
        patient = self._answered is not None and self._answered.scope.get(PATIENT)
        if self._stalled is None and not patient:
            self._watch()

    def _watch(self, before: int | None = None) -> None:
        """Give the connection up where nothing has been read since the last look."""
        left = self.transport.get_write_buffer_size()
        if before is not None and left >= before:
            self.transport.abort()
        else:
            self._stalled = self.loop.call_later(STALL_SECONDS, self._watch, left)

    def resume_writing(self) -> None:
        self._goes_on()
        super().resume_writing()

    def _goes_on(self) -> None:
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None

    def on_headers_complete(self) -> None:
        self._waited()
        super().on_headers_complete()

    def _wait(self) -> None:
        if self in _waiting:
            return
        self._head = 0
        _waiting[self] = None
        self._patience = self.loop.call_later(HEAD_SECONDS, self._give_up)
        if len(_waiting) > MOST_WAITING:
            _least_welcome()._give_up()

    def _waited(self) -> None:
        _waiting.pop(self, None)
        if self._patience:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._waited()
        self.transport.abort()


def _least_welcome() -> Connection:
    """The oldest of the address from which most of those come that wait."""
    crowds: Counter[Any] = Counter(_address(each) for each in _waiting)
    largest = crowds.most_common(1)[0][0]
    return next(each for each in _waiting if _address(each) == largest)


def _address(connection: Connection) -> str:
    return connection.client[0] if connection.client else ""


def allow_many() -> None:
    """Raise how many files and connections this process may have open, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):  # macOS names no limit and has one
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
