"""500 webhooks at once, one in ten twice, viewers that come and go, a server killed half way: nothing is lost."""

from __future__ import annotations

import asyncio
import json
import re
import time

from django.db.models import Count, Sum

from studio.generation.renders.models import Render
from studio.planning.ledger.models import Balance, LedgerEntry
from tests.bench import film
from tests.bench.browsers import Caller, Viewer
from tests.bench.servers import Server
from tests.bench.table import Figure

TAKES, VIEWERS, CUT, CALLERS = 500, 50, 5, 16
_SAVING = re.compile(r'id="render-([0-9a-f-]{36})"[^>]*data-state="saving"')


class Page(Viewer):
    """A viewer that keeps itself true as <live-feed> does."""

    def __init__(self, port: int, path: str, cookie: str) -> None:
        super().__init__(port, path, cookie, self._take)
        self.saving: set[str] = set()
        self.gaps = 0
        self._wanted = False

    async def stay(self) -> None:
        """Be there, and come back whenever the socket closes."""
        self._wanted = True
        while self._wanted:
            try:
                await self.open(f"?since={self.since}")
                await self._closed.wait()
            except (OSError, TimeoutError):
                pass
            await asyncio.sleep(0.2)

    async def open(self, query: str = "") -> None:
        self._closed = asyncio.Event()
        await super().open(query)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._closed.set()

    def leave(self) -> None:
        self._wanted = False
        self.cut()

    def _take(self, viewer: Viewer, payload: bytes) -> None:
        frame = json.loads(payload)
        if "present" in frame:
            return  # who is here: not news that can be missed
        if frame["from"] > self.since + 1:
            self.gaps += 1
            self.say(json.dumps({"since": self.since}).encode())
        elif frame["seq"] > self.since:
            self.since = frame["seq"]
            self.saving.update(_SAVING.findall(frame["html"]))


async def _post(calls: list, callers: list[Caller], answered: dict) -> None:
    """Every callback until it is answered 2xx, as a provider that tries again."""
    waiting = list(reversed(calls))

    async def work(caller: Caller) -> None:
        while waiting:
            code, path, body = waiting.pop()
            try:
                status = await caller.post(path, body)
            except OSError:
                status = 0
            if 200 <= status < 300:
                answered[code] = answered.get(code, 0) + 1
            else:
                waiting.append((code, path, body))
                await asyncio.sleep(0.2)

    await asyncio.gather(*[work(caller) for caller in callers])


async def _burst(server: Server, project, calls: list, cookies: list[str]) -> tuple[dict, list[Page], float]:
    pages = [Page(server.port, f"/live/{project.slug}/", cookie) for cookie in cookies]
    for page in pages:
        page.since = project.last_event
    staying = [asyncio.create_task(page.stay()) for page in pages]
    await asyncio.sleep(1.5)
    answered: dict[str, int] = {}
    callers = [Caller(server.port) for _ in range(CALLERS)]
    began = time.perf_counter()
    posting = asyncio.create_task(_post(calls, callers, answered))
    while len(answered) < TAKES // 4:
        await asyncio.sleep(0.01)
    for page in pages[:CUT]:
        page.cut()
    while len(answered) < TAKES // 2:
        await asyncio.sleep(0.01)
    server.kill()
    await asyncio.to_thread(server.start)
    await posting
    last = time.perf_counter() + 30
    while any(len(page.saving) < TAKES for page in pages) and time.perf_counter() < last:
        await asyncio.sleep(0.05)
    took = time.perf_counter() - began
    for page in pages:
        page.leave()
    await asyncio.gather(*staying)
    return answered, pages, took


def run() -> list[Figure]:
    project = film.project("burst", shots=20)
    takes = film.takes(project, TAKES, state="rendering")
    calls = [(str(take.code), *film.callback(take)) for take in takes]
    for at in range(0, TAKES, 10):
        calls.insert(at + at // 10, calls[at + at // 10])
    cookies = film.cookies(project, VIEWERS)
    project.refresh_from_db()
    with Server("studio.asgi:application") as server:
        answered, pages, took = asyncio.run(_burst(server, project, calls, cookies))
    codes = [take.code for take in takes]
    charges = LedgerEntry.objects.filter(render_code__in=codes, kind="charge")
    charged = {str(code) for code in charges.values_list("render_code", flat=True)}
    twice = charges.values("render_code").annotate(times=Count("pk")).filter(times__gt=1).count()
    moved = Render.objects.filter(code__in=codes, state="saving", revision=4).count()
    balance = Balance.objects.get(project=project)
    off = balance.spent - (charges.aggregate(all=Sum("amount"))["all"] or 0)
    note = f"{sum(answered.values())} answers in {took:.1f} s with a kill and a restart"
    gaps = f"{sum(page.gaps for page in pages)} gaps seen and healed"
    zero = ("=", 0.0)
    return [
        Figure(
            "burst: answered 2xx and not in the ledger", len(answered.keys() - charged), "", None, zero, note
        ),
        Figure("burst: takes that did not move exactly once", TAKES - moved, "", None, zero),
        Figure("burst: takes charged twice", twice, "", None, zero),
        Figure("burst: balance beside its ledger", float(off), "$", None, zero),
        Figure(
            "burst: deliveries missing after catching up",
            sum(TAKES - len(page.saving) for page in pages),
            "",
            None,
            zero,
            gaps,
        ),
    ]
