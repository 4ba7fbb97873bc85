"""The vendor's websocket endpoint: tasks and envelopes as of a POST, on a connection that stays (1.15)."""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from studio.integrations.sandbox.clock import Clock
from studio.integrations.sandbox.errors import INVALID_KEY
from studio.integrations.sandbox.files import Receive, Scope, Send
from studio.integrations.sandbox.wire import Answer, Item, Malformed, dumps, read_tasks

IDLE_SECONDS = 120.0  # after which a connection that says nothing is closed
RESUME_SECONDS = 120.0  # for which a session outlives its connection; the vendor's figure is not documented
_MOST_UNREAD = 1000  # answers that a session keeps while nobody reads

Serve = Callable[[list[Item]], Awaitable[Answer | None]]


@dataclass(eq=False)
class Connection:
    """One websocket, for as long as it is open."""

    send: Send
    cut: Callable[[], None]  # closes it in the middle of things
    session: Session | None = None

    async def write(self, body: bytes) -> bool:
        """Send one message; False when the other side has gone."""
        try:
            await self.send({"type": "websocket.send", "text": body.decode()})
        except OSError:
            return False
        return True


@dataclass(eq=False)
class Session:
    """What a connectionSessionUUID stands for: who reads now, and what nobody has read yet."""

    uuid: str
    connection: Connection | None = None
    left_at: float = 0.0
    unread: deque[bytes] = field(default_factory=lambda: deque(maxlen=_MOST_UNREAD))

    async def deliver(self, body: bytes) -> None:
        """Hand over one answer, or keep it for whoever resumes the session."""
        if self.connection is None or not await self.connection.write(body):
            self.unread.append(body)

    async def replay(self) -> None:
        for _ in range(len(self.unread)):
            await self.deliver(self.unread.popleft())


class Sockets:
    """Every open connection and every session that can be resumed."""

    def __init__(self, *, is_key: Callable[[object], bool], clock: Clock) -> None:
        self._is_key = is_key
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self._jobs: set[asyncio.Task[None]] = set()

    async def attend(
        self, scope: Scope, receive: Receive, send: Send, *, serve: Serve, cut: Callable[[], None]
    ) -> None:
        """Answer on one connection until either side has enough of it."""
        await receive()
        if scope["path"].rstrip("/") != "/v1":
            return await send({"type": "websocket.close"})  # before it was accepted: HTTP 403
        await send({"type": "websocket.accept"})
        connection = Connection(send, cut)
        try:
            while True:
                async with asyncio.timeout(IDLE_SECONDS):
                    message = await receive()
                if message["type"] == "websocket.disconnect":
                    return None
                await self._take(message.get("text") or message.get("bytes") or "", connection, serve)
        except TimeoutError:
            await send({"type": "websocket.close", "code": 1000, "reason": "idle"})
        finally:
            self._leave(connection)

    async def stop(self) -> None:
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)

    async def _take(self, text: str | bytes, connection: Connection, serve: Serve) -> None:
        """Start on every task of one message; each is answered by a message of its own, once it can be."""
        try:
            tasks = read_tasks(text)
        except Malformed as exc:
            await connection.write(dumps({"errors": [exc.item if connection.session else INVALID_KEY]}))
            return
        if tasks[0].get("taskType") == "authentication":
            await self._authenticate(tasks.pop(0), connection)
        elif connection.session is None:
            await connection.write(dumps({"errors": [INVALID_KEY]}))
        if connection.session is None:
            return
        for task in tasks:
            job = asyncio.create_task(self._carry_out(task, connection.session, serve))
            self._jobs.add(job)
            job.add_done_callback(self._jobs.discard)

    async def _authenticate(self, task: Item, connection: Connection) -> None:
        self._leave(connection)
        if not self._is_key(task.get("apiKey")):
            await connection.write(dumps({"errors": [INVALID_KEY]}))
            return
        session = connection.session = self._session(task.get("connectionSessionUUID"))
        session.connection = connection
        welcome = {"taskType": "authentication", "connectionSessionUUID": session.uuid}
        await connection.write(dumps({"data": [welcome]}))
        await session.replay()

    def _session(self, wanted: object) -> Session:
        """The session asked for while it can be resumed, else a new one."""
        oldest = self._clock.now() - RESUME_SECONDS
        for session in list(self._sessions.values()):
            if session.connection is None and session.left_at < oldest:
                del self._sessions[session.uuid]
        if isinstance(wanted, str) and wanted in self._sessions:
            return self._sessions[wanted]
        session = Session(str(uuid.uuid4()))
        self._sessions[session.uuid] = session
        return session

    def _leave(self, connection: Connection) -> None:
        """Let the session stand without a connection, unless another one reads it by now."""
        session, connection.session = connection.session, None
        if session is not None and session.connection is connection:
            session.connection, session.left_at = None, self._clock.now()

    async def _carry_out(self, task: Item, session: Session, serve: Serve) -> None:
        answer = await serve([task])
        if answer is not None:
            await session.deliver(answer.body)
        elif session.connection is not None:
            session.connection.cut()
