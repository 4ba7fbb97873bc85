"""A webhook reaches every open screen: from the POST's start to the last of 50 viewers."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from statistics import median, quantiles

from tests.bench import film
from tests.bench.browsers import Caller, Viewer
from tests.bench.servers import Server
from tests.bench.table import Figure

VIEWERS = 50
MEMBERS = 10  # of them, who may not see money: a second edition of each fragment
ROUNDS, PER_ROUND, WARM = 12, 25, 30
_IDLE = 3.0  # seconds


class Watched:
    """A server with its viewers: posts, and waits until all of them have the frame."""

    def __init__(self, server: Server, mark: bytes) -> None:
        self.server = server
        self.caller = Caller(server.port)
        self.mark = mark  # what a frame that shows the take saving holds, beside its code
        self.times: list[float] = []
        self.cpu = 0.0
        self.frames = 0
        self.bytes = 0

    async def seat(self, path: str, cookies: list[str]) -> None:
        self.viewers = [Viewer(self.server.port, path, cookie, self._seen) for cookie in cookies]
        for viewer in self.viewers:
            await viewer.open()
        await asyncio.sleep(0.5)  # what they are sent at first has come

    def _seen(self, viewer: Viewer, payload: bytes) -> None:
        self.frames += 1
        self.bytes += len(payload)
        if self._code in payload and self.mark in payload:
            self._missing.discard(viewer)
            if not self._missing and not self._all.done():
                self._all.set_result(time.perf_counter())

    _code = b"nothing yet"
    _missing: set[Viewer] = set()

    async def tell(self, code: str, path: str, body: bytes) -> None:
        self._code, self._missing = code.encode(), set(self.viewers)
        self._all = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        answer = asyncio.create_task(self.caller.post(path, body))
        seen = await asyncio.wait_for(self._all, 20)
        assert await answer == 204, "the hook did not take it"
        self.times.append(1000 * (seen - began))


async def _measure(floor: Watched, ours: Watched, takes: list) -> None:
    for take in takes[:WARM]:
        for each, call in _calls(floor, ours, take):
            await each.tell(*call)
    floor.times, ours.times = [], []
    floor.frames = ours.frames = floor.bytes = ours.bytes = 0
    idle = await _idle_cpu(floor, ours)
    at = WARM
    for _ in range(ROUNDS):
        for each in (floor, ours):
            cpu, began = each.server.cpu(), time.perf_counter()
            for take in takes[at : at + PER_ROUND]:
                call = dict(_calls(floor, ours, take))[each]
                await each.tell(*call)
            spent = time.perf_counter() - began
            each.cpu += each.server.cpu() - cpu - idle[each] * spent
        at += PER_ROUND


def _calls(floor: Watched, ours: Watched, take: film.Render):
    path, body = film.callback(take)
    code = str(take.code)
    return [(floor, (code, f"/{code}", body)), (ours, (code, path, body))]


async def _idle_cpu(*servers: Watched) -> dict[Watched, float]:
    """Processor seconds per second with nothing to do."""
    before = {each: each.server.cpu() for each in servers}
    await asyncio.sleep(_IDLE)
    return {each: (each.server.cpu() - before[each]) / _IDLE for each in servers}


def run() -> list[Figure]:
    project = film.project("webhooks", shots=20)
    film.takes(project, 1000, state="ready")
    takes = film.takes(project, WARM + ROUNDS * PER_ROUND, state="rendering")
    cookies = film.cookies(project, VIEWERS - MEMBERS)
    cookies += film.cookies(project, MEMBERS, role="viewer")
    bare = str(Path(os.environ["VAR_DIR"]) / "bare.sqlite3")
    with (
        Server("tests.bench.bare:application", BARE_DATABASE=bare) as bare_server,
        Server("studio.asgi:application") as studio,
    ):
        floor, ours = Watched(bare_server, b"xxxx"), Watched(studio, b'data-state=\\"saving\\"')

        async def together():
            await floor.seat("/", cookies)
            await ours.seat(f"/live/{project.slug}/", cookies)
            await _measure(floor, ours, takes)

        asyncio.run(together())
    count = len(ours.times)
    tail = [quantiles(each.times, n=100)[98] for each in (ours, floor)]
    note = f"{ours.bytes / ours.frames / 1000:.1f} KB a frame, {ours.frames / count / VIEWERS:.2f} frames a webhook"
    return [
        Figure(
            "webhook to the last of 50 viewers, p50",
            median(ours.times),
            floor=median(floor.times),
            goal=("<=", 3),
            note=note,
        ),
        Figure("webhook to the last of 50 viewers, p99", tail[0], floor=tail[1]),
        Figure(
            "processor time per webhook",
            1000 * ours.cpu / count,
            floor=1000 * floor.cpu / count,
            goal=("<=", 4),
        ),
    ]
