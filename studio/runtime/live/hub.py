"""One hub per process: what happened is drawn once per audience and written to every open socket.

Sockets are a hint, the database is the truth. The hub reads events past the last it sent,
whether an announcement came or not, so changes made by other processes appear too.
"""

from __future__ import annotations

import asyncio
import json
import logging
import types
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer

from studio.core import sql
from studio.runtime.live import frames, numbers

logger = logging.getLogger(__name__)

GROUP = "rushes.live"
LOOK_EVERY = 1.0  # seconds between looks at the database, announcements or not
SLOW_SOCKET = 2.0  # seconds after which a socket that takes no data is dropped

_hub: Hub | None = None
_census: list[Any] = []
Presence = frozenset[tuple[int, str, str]]  # person, place, what they write in
_presence: list[Callable[[int, Presence], str]] = []
PRESENCE_EVERY = 0.5  # seconds in which comings and goings are told together
NOT_ADMITTED = 4404  # the close code for strangers, and for those who have become one


class Seat(Protocol):
    """An open socket: where it listens and how to write to it."""

    project_id: int
    audience: str
    ticket: tuple[int, int, str, str]  # project, person, audience, session
    place: str  # which shot its page shows, "" for the board
    writing: str  # the words somebody is writing on it, as "shot-12:prompt"; "" for none

    def deliver(self, frame: str) -> Coroutine[Any, Any, None]: ...

    def drop(self, code: int = ...) -> Coroutine[Any, Any, None]: ...


def register_census(census: Any) -> None:
    """See `consumers.register_door`."""
    _census[:] = [census]


def register_presence(draw: Callable[[int, Presence], str]) -> None:
    """Say how "who is here" looks: `draw(project_id, {(person, place, writing), …})` gives HTML with an id."""
    _presence[:] = [draw]


def announce(project_id: int) -> None:
    """Tell every process that a project has new events. Called after commit, from any thread."""
    if _hub:
        _hub.nudge_from_thread(project_id)
    layer = get_channel_layer()
    if layer is None or isinstance(layer, InMemoryChannelLayer):
        return  # nothing but this process listens there
    message = {"type": "live.news", "project": project_id}
    if _hub:
        asyncio.run_coroutine_threadsafe(layer.group_send(GROUP, message), _hub.loop)
    else:
        try:
            async_to_sync(layer.group_send)(GROUP, message)
        except Exception:  # it is committed, and the others look for it themselves
            logger.warning("Nobody else could be told of news at once", exc_info=True)


def current() -> Hub:
    """The hub of this process, started on first use in the running event loop."""
    global _hub
    loop = asyncio.get_running_loop()
    if _hub is None or _hub.loop is not loop:
        _hub = Hub(loop)
    return _hub


async def stop() -> None:
    """Stop the hub of this process, if it has one."""
    global _hub
    hub, _hub = _hub, None
    if hub:
        await hub.close()


class Hub:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._seats: dict[int, set[Seat]] = defaultdict(set)
        self._sent: dict[int, int] = {}
        self._dirty: set[int] = set()
        self._arrivals: list[tuple[Seat, int]] = []
        self._stirred: set[int] = set()  # projects where somebody came, went or moved
        self._work = asyncio.Event()
        self._loose: set[asyncio.Task[None]] = set()
        # one thread, so one warm database connection, and drawing in order
        self._drawer = ThreadPoolExecutor(1, thread_name_prefix="live")
        self._tasks = [
            loop.create_task(each()) for each in (self._serve, self._look, self._listen, self._tell_presence)
        ]

    # --- from outside ---------------------------------------------------------------------

    def nudge_from_thread(self, project_id: int) -> None:
        try:
            self.loop.call_soon_threadsafe(self._nudge, project_id)
        except RuntimeError:
            logger.debug("the loop has closed; the next process will see the events")

    def join(self, seat: Seat, *, since: int) -> None:
        """Seat a socket and send it everything after number `since`. Joining again replays again."""
        self._seats[seat.project_id].add(seat)
        self._arrivals.append((seat, since))
        self._work.set()
        self.stir(seat)

    def stir(self, seat: Seat) -> None:
        """Somebody came, went, looks at another shot, or began or stopped to write."""
        self._stirred.add(seat.project_id)

    def leave(self, seat: Seat) -> None:
        seats = self._seats.get(seat.project_id, set())
        seats.discard(seat)
        self.stir(seat)
        if not seats:
            self._seats.pop(seat.project_id, None)
            self._sent.pop(seat.project_id, None)

    async def close(self) -> None:
        tasks = [*self._tasks, *self._loose]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._drawer.shutdown(wait=False, cancel_futures=True)

    # --- inside ---------------------------------------------------------------------------

    def _nudge(self, project_id: int) -> None:
        if project_id in self._seats:
            self._dirty.add(project_id)
            self._work.set()

    async def _serve(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            try:
                while self._arrivals or self._dirty:
                    await self._replay()
                    for project_id in tuple(self._dirty):
                        self._dirty.discard(project_id)
                        await self._broadcast(project_id)
            except Exception:
                # whoever still waits is served then; the look finds what was to be told to all
                logger.exception("Drawing live news failed; trying again")
                await asyncio.sleep(LOOK_EVERY)
                self._work.set()

    async def _replay(self) -> None:
        """Send those who came what each has missed; pages that come back together share a drawing."""
        together: dict[tuple[int, int], set[Seat]] = defaultdict(set)
        for seat, since in self._arrivals:
            together[seat.project_id, since].add(seat)
        for (project_id, since), seats in together.items():
            frame = await self._in_thread(frames.draw, project_id, since, {seat.audience for seat in seats})
            self._arrivals = [each for each in self._arrivals if each[0] not in seats or each[1] != since]
            here = self._seats.get(project_id, set()) & seats  # the others have gone meanwhile
            if here:
                self._sent.setdefault(project_id, frame.last)
                self._send(frame, here)

    async def _broadcast(self, project_id: int) -> None:
        arriving = {seat for seat, _ in self._arrivals}  # they are about to be sent all of it
        seats = [seat for seat in self._seats.get(project_id, ()) if seat not in arriving]
        since = self._sent.get(project_id)
        if not seats or since is None:
            return
        frame = await self._in_thread(frames.draw, project_id, since, {seat.audience for seat in seats})
        if frame.last == since:
            return
        self._sent[project_id] = frame.last
        if frame.rights:
            await self._show_out()
            seats = [seat for seat in seats if seat in self._seats.get(project_id, ())]
        # who joined while this was drawn is not among the seats, and is sent all of it next
        self._send(frame, seats)

    def _send(self, frame: frames.Frame, seats: Iterable[Seat]) -> None:
        """Write to every socket; one that does not take it at once waits by itself."""
        for seat in seats:
            writing = seat.deliver(frame.texts[seat.audience])
            try:
                # begun by hand: nearly every write is done at once, and a task for each costs more
                # than the write
                waits_for = writing.send(None)
            except StopIteration:
                continue
            except Exception:
                self._drop_soon(seat)
                continue
            self._spawn(self._write_slowly(seat, _rest(writing, waits_for)))

    async def _write_slowly(self, seat: Seat, rest: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(SLOW_SOCKET):
                await rest
        except Exception:
            self._drop_soon(seat)

    def _drop_soon(self, seat: Seat) -> None:
        """It has gone, or takes nothing; when it comes back it asks for what it missed."""
        self.leave(seat)
        self._spawn(seat.drop())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(work)
        self._loose.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._loose.discard(task)
        if not task.cancelled() and task.exception():
            logger.debug("a socket could not be closed: %s", task.exception())

    async def _look(self) -> None:
        """Find projects whose events other processes wrote."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if not self._seats:
                continue
            try:
                await self._show_out()
                latest = await self._in_thread(numbers.last_of, list(self._seats))
            except Exception:
                logger.exception("Looking for live news failed")
                continue
            for project_id, last in latest.items():
                if last > self._sent.get(project_id, last):
                    self._nudge(project_id)

    async def _show_out(self) -> None:
        """Close the sockets of those who were removed, changed roles or signed out."""
        if not _census:
            return
        seats = {seat for here in self._seats.values() for seat in here}
        valid = await self._in_thread(_census[0], {seat.ticket for seat in seats})
        for seat in seats:
            if seat.ticket not in valid:
                self.leave(seat)
                self._spawn(seat.drop(NOT_ADMITTED))

    async def _tell_presence(self) -> None:
        """Tell the open pages of a project who is there, when that has changed."""
        while True:
            await asyncio.sleep(PRESENCE_EVERY)
            stirred, self._stirred = self._stirred, set()
            for project_id in stirred & self._seats.keys():
                seats = set(self._seats[project_id])
                here = frozenset((seat.ticket[1], seat.place, seat.writing) for seat in seats)
                if not _presence:
                    continue
                try:
                    html = await self._in_thread(_presence[0], project_id, here)
                except Exception:
                    logger.exception("Drawing who is here failed")
                    continue
                text = json.dumps({"present": html})
                self._send(frames.Frame(0, dict.fromkeys({seat.audience for seat in seats}, text)), seats)

    async def _listen(self) -> None:
        """Hear announcements of other processes, where a layer carries them."""
        layer = get_channel_layer()
        if layer is None or isinstance(layer, InMemoryChannelLayer):
            return
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
                while True:
                    message = await layer.receive(channel)
                    self._nudge(message["project"])
            except Exception as exc:  # told every second until it is back: a line is enough
                logger.warning("News of other processes cannot be heard, so they are looked for: %s", exc)
                await asyncio.sleep(LOOK_EVERY)

    async def _in_thread(self, func: Any, *args: Any) -> Any:
        def call():
            sql.keep_connection()
            return func(*args)

        return await self.loop.run_in_executor(self._drawer, call)


@types.coroutine
def _rest(begun: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, None, None]:
    """Go on with a coroutine that was begun by hand and waits for something."""
    while True:
        try:
            try:
                yield waits_for
            except BaseException as exc:
                waits_for = begun.throw(exc)
            else:
                waits_for = begun.send(None)
        except StopIteration:
            return
