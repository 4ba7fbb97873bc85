"""Runs the tasks that were taken: draws, waits as long as the real one might, bills, calls back."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import uuid
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

from studio.integrations.catalogue import by_provider_id
from studio.integrations.sandbox import errors, workers
from studio.integrations.sandbox.clock import Clock
from studio.integrations.sandbox.store import Result, Store, Task
from studio.integrations.sandbox.validate import Order
from studio.integrations.sandbox.webhooks import Courier
from studio.integrations.sandbox.wire import Item

logger = logging.getLogger(__name__)

LIFETIME = 7 * 24 * 3600  # of a file without a ttl (`protocols.md` 1.12)
_TRIES = 3  # of a drawing whose worker died
_FAILURES = ("moderation", "timeout_provider", "fail")
TINY = Path(__file__).parent / "tiny"  # a real file of each format, for load tests


class Engine:
    def __init__(
        self, *, store: Store, courier: Courier, clock: Clock, files: Path,
        wait: float, workers: int, seed: int, drawing: bool,
    ) -> None:  # fmt: skip
        self._store = store
        self._courier = courier
        self._clock = clock
        self._files = files
        self._wait = wait
        self._workers = workers
        self._seed = seed
        self._drawing = drawing
        self._pool: ProcessPoolExecutor | None = None
        self._running: dict[str, asyncio.Task[None]] = {}  # by result

    # --- taking ---------------------------------------------------------------------------
    def results_for(
        self, order: Order, marks: dict[str, object], *, slower: float, now: float
    ) -> list[Result]:
        """The results a new task will have: each with a UUID and a seed of its own (9, rule 10)."""
        return [
            Result(
                uuid=self._uuid(order.uuid, position),
                task=order.uuid,
                position=position,
                seed=self._picked_seed(order, position),
                due_at=self._due(order.uuid, position, marks, slower=slower, now=now),
                state="processing",
            )
            for position in range(order.count)
        ]

    def begin(self, results: list[Result]) -> None:
        for result in results:
            self._running[result.uuid] = asyncio.create_task(self._run(result))

    def resume(self) -> None:
        """Go on with whatever was unfinished when we were stopped, and drop files past their time."""
        for draft in self._files.glob("*/os/*/ws/*/*/.*"):
            draft.unlink(missing_ok=True)  # of a worker that was killed at it
        for file in self._store.expired_files(self._clock.now()):
            if not file.startswith("tiny/"):
                (self._files / file).unlink(missing_ok=True)
        self.begin(self._store.unfinished())

    def make_due(self, task: str) -> None:
        """Let a task end as soon as it is drawn, also one that would never have."""
        self._store.make_due(task, self._clock.now())
        self._clock.wake()

    async def finished(self, results: list[Result]) -> None:
        """Return when these have ended; if we are stopped meanwhile, they go on after a restart."""
        running = [self._running[result.uuid] for result in results if result.uuid in self._running]
        await asyncio.gather(*(asyncio.shield(job) for job in running), return_exceptions=True)

    async def called_back(self, results: list[Result]) -> None:
        """Return when these have ended and every callback has been attempted once."""
        await self.finished(results)
        await self._courier.tried(self._store.waiting_deliveries(results[0].task))

    async def stop(self) -> None:
        for job in self._running.values():
            job.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        if self._pool is not None:
            for process in list(self._pool._processes.values()):
                process.kill()  # what they draw is drawn again after a restart
            await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)

    # --- running --------------------------------------------------------------------------
    async def _run(self, result: Result) -> None:
        try:
            task = self._store.task(result.task)
            if task is None:
                return
            result.error = _failure(task, result.position)
            if result.error is None:
                await self._draw(task, result)
            await self._due_time(result)
            self._finish(task, result)
        except Exception:
            logger.exception("Task %s broke off", result.task)
        finally:
            self._running.pop(result.uuid, None)

    async def _due_time(self, result: Result) -> None:
        while (due_at := self._due_now(result)) is None or due_at > self._clock.now():
            await self._clock.nudged(3600 if due_at is None else due_at - self._clock.now())

    def _due_now(self, result: Result) -> float | None:
        """As the row says now: somebody may have made it due meanwhile."""
        row = self._store.result(result.uuid)
        return row.due_at if row else 0

    async def _draw(self, task: Task, result: Result) -> None:
        order = task.order
        path = _path(order, result, self._seed)
        if not self._drawing:
            result.path, result.file = path, f"tiny/tiny.{order.format.lower()}"
            return
        result.path, result.file = path, path.lstrip("/")
        target = self._files / result.file
        if target.exists():
            return
        inputs = (order.first_frame,) if order.first_frame else order.references
        wanted = workers.Drawing(
            target=str(target),
            inputs=tuple(str(self._files / file) for file in inputs),
            video=order.is_video,
            prompt=order.prompt,
            seed=result.seed,
            width=order.width,
            height=order.height,
            seconds=order.seconds,
            format=order.format,
            quality=order.quality,
        )
        try:
            await self._in_worker(wanted)
        except Exception as exc:
            logger.exception("Task %s could not be drawn", result.task)
            result.error = {"code": "inferenceError", "message": f"The drawing failed: {exc}"}

    async def _in_worker(self, drawing: workers.Drawing) -> None:
        for attempt in range(1, _TRIES + 1):
            pool = self._pool = self._pool or ProcessPoolExecutor(
                self._workers, mp_context=get_context("spawn"), initializer=workers.start
            )
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, workers.draw, drawing)
            except BrokenProcessPool:
                if self._pool is pool:  # the first to notice gets a new one for all
                    self._pool = None
                if attempt == _TRIES:
                    raise

    def _finish(self, task: Task, result: Result) -> None:
        marks = task.marks
        result.finished_at = self._clock.now()
        result.expires_at = result.finished_at + (task.order.ttl or LIFETIME)
        billed = task.estimate * Decimal(str(marks.get("price_factor", {}).get("value", 1)))
        if result.error is None:
            result.state, result.billed = "success", billed
            result.cost = _told_cost(task, billed)
        else:
            result.state, result.path, result.file = "error", None, None
            charged = any(marks.get(name, {}).get("charged") for name in _FAILURES)
            result.billed = billed if charged else Decimal(0)
        with self._store.together():
            self._store.finish(result)
            planned = self._courier.plan(task, result)
        self._courier.send(planned)

    # --- what is picked, always the same under one seed -----------------------------------
    def _number(self, *parts: object) -> int:
        text = ":".join(str(part) for part in (self._seed, *parts))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16])

    def _uuid(self, task: str, position: int) -> str:
        return str(uuid.UUID(int=self._number("uuid", task, position), version=4))

    def _picked_seed(self, order: Order, position: int) -> int:
        model = by_provider_id(order.model_id)
        largest = model.max_seed if model else 2**32 - 1
        first = self._number("seed", order.uuid) if order.seed is None else order.seed
        return (first + position) % (largest + 1)

    def _due(
        self, task: str, position: int, marks: dict[str, object], *, slower: float, now: float
    ) -> float | None:
        if "never_ends" in marks:
            return None
        if "webhook_before_ack" in marks:
            return now
        chance = 0.75 + 0.5 * (self._number("wait", task, position) % 1000) / 1000
        return now + self._wait * chance + slower


def _path(order: Order, result: Result, seed: int) -> str:
    """The address of a file, made like the vendor's (`protocols.md` 1.12)."""
    node = hashlib.sha256(f"{seed}:{result.uuid}".encode()).digest()
    kind, folder = ("video", "5/vi") if order.is_video else ("image", "2/ii")
    return (
        f"/{kind}/os/a{node[0] % 32:02d}d{node[1] % 32:02d}/ws/{folder}/{result.uuid}.{order.format.lower()}"
    )


def _failure(task: Task, position: int) -> Item | None:
    """How this result was marked to fail when its task was taken, if it was."""
    for name in _FAILURES:
        mark = task.marks.get(name)
        if mark is not None and (mark["results"] is None or position in mark["results"]):
            if name == "fail":
                return {"code": mark["code"], "message": mark["message"]}
            return errors.moderated() if name == "moderation" else errors.provider_timed_out()
    return None


def _told_cost(task: Task, billed: Decimal) -> str | None:
    if "cost_missing" in task.marks or not task.order.include_cost:
        return None
    if "cost_value" in task.marks:
        return str(task.marks["cost_value"]["value"])
    return f"{billed:f}"
