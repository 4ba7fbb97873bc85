"""Calling back (`protocols.md` 1.8 and 9, rules 15 to 18), and PUTting files to `uploadEndpoint` (1.9)."""

from __future__ import annotations

import asyncio
import logging
import random
from pathlib import Path

import httpx

from studio.integrations.sandbox.clock import Clock
from studio.integrations.sandbox.faults import Faults, Stage
from studio.integrations.sandbox.items import Items, subject
from studio.integrations.sandbox.store import Delivery, Result, Store, Task
from studio.integrations.sandbox.wire import dumps

logger = logging.getLogger(__name__)

TIME_ALLOWED = 5.0
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 8.0
_AT_ONCE = 64
_BODY_FAULTS = ("data", "list", "html", "status", "wrong_task", "error_singular")


class Courier:
    """Delivers what is due, and remembers across restarts what is not delivered yet."""

    def __init__(
        self, *, store: Store, items: Items, faults: Faults, clock: Clock, http: httpx.AsyncClient,
        files: Path, base: str, attempts: int, seed: int,
    ) -> None:  # fmt: skip
        self._store = store
        self._items = items
        self._faults = faults
        self._clock = clock
        self._http = http
        self._files = files
        self._base = base
        self._attempts = attempts
        self._seed = seed
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._running: dict[int, asyncio.Task[None]] = {}
        self._tried: dict[int, asyncio.Event] = {}
        self._held: list[int] = []

    def resume(self) -> None:
        self.send(self._store.waiting_deliveries())

    def plan(self, task: Task, result: Result) -> list[int]:
        """Write down what is to be delivered for a finished result; part of its transaction."""
        planned: list[int] = []
        if task.order.webhook is not None:
            planned += self._plan_calls(task, result, task.order.webhook)
        if task.order.upload_endpoint is not None and result.state == "success":
            address = task.order.upload_endpoint
            planned.append(
                self._store.add_delivery(
                    result=result, kind="put", url=address, shape={"after": planned}, due_at=self._clock.now()
                )
            )
        return planned

    def send(self, deliveries: list[int]) -> None:
        """Start delivering; each goes on by itself until it is taken or given up."""
        for number in deliveries:
            self._tried[number] = asyncio.Event()
        for number in deliveries:
            self._running[number] = asyncio.create_task(self._deliver(number))

    async def tried(self, deliveries: list[int]) -> None:
        """Return when each has been attempted at least once."""
        await asyncio.gather(*(self._tried[number].wait() for number in deliveries if number in self._tried))

    async def stop(self) -> None:
        for job in self._running.values():
            job.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _plan_calls(self, task: Task, result: Result, address: str) -> list[int]:
        odd = self._faults.at(Stage.WEBHOOK, [subject(task)])
        if "webhook_never" in odd:
            return []
        if "webhook_partial" in odd and odd["webhook_partial"]["position"] != result.position:
            return []
        names = [f"webhook_{name}" for name in _BODY_FAULTS]
        shape = {name: odd[name] for name in names if name in odd}
        due_at = self._clock.now() + odd.get("webhook_late", {}).get("seconds", 0)
        shapes = [shape] * int(odd.get("webhook_twice", {}).get("value", 1))
        if "webhook_progress" in odd:
            shapes.insert(0, {"webhook_progress": odd["webhook_progress"]})
        if "webhook_out_of_order" in odd:
            due_at += odd["webhook_out_of_order"]["seconds"]
        planned = [
            self._store.add_delivery(result=result, kind="post", url=address, shape=each, due_at=due_at)
            for each in shapes
        ]
        if "webhook_out_of_order" in odd:
            self._hold(planned, wanted=int(odd["webhook_out_of_order"]["hold"]))
        return planned

    def _hold(self, planned: list[int], *, wanted: int) -> None:
        """Keep callbacks back until there are enough to send the last one first."""
        self._held += planned
        if len(self._held) >= wanted:
            for place, number in enumerate(reversed(self._held)):
                self._store.put_off(number, self._clock.now() + 0.05 * place)
            self._held.clear()
            self._clock.wake()

    async def _deliver(self, number: int) -> None:
        try:
            while (delivery := self._store.delivery(number)) is not None:
                left = delivery.due_at - self._clock.now()
                if left > 0:
                    await self._clock.nudged(left)  # it may have been put off, or forward
                    continue
                for earlier in delivery.shape.get("after", ()):
                    if earlier in self._tried:
                        await self._tried[earlier].wait()
                async with self._at_once:
                    taken = await self._attempt(delivery)
                self._settle(delivery, taken=taken)
                self._tried[number].set()
        except Exception:
            logger.exception("Delivery %s broke off", number)
        finally:
            self._tried.pop(number, asyncio.Event()).set()
            self._running.pop(number, None)

    def _settle(self, delivery: Delivery, *, taken: bool) -> None:
        done = delivery.attempts + 1
        given_up = done >= self._attempts
        chance = random.Random(f"{self._seed}:{delivery.result}:{done}").uniform(0.8, 1.2)  # noqa: S311
        pause = min(_FIRST_PAUSE * 2 ** (done - 1), _LONGEST_PAUSE) * chance
        state = "delivered" if taken else "given up" if given_up else "waiting"
        self._store.delivery_tried(delivery.id, state=state, due_at=self._clock.now() + pause)

    async def _attempt(self, delivery: Delivery) -> bool:
        """Whether the receiver took it: any 2xx within 5 seconds."""
        request = self._request(delivery)
        if request is None:
            return True
        try:
            async with asyncio.timeout(TIME_ALLOWED):
                response = await self._http.send(request)
        except (httpx.HTTPError, TimeoutError):
            return False
        return response.is_success

    def _request(self, delivery: Delivery) -> httpx.Request | None:
        task, result = self._store.task(delivery.task), self._store.result(delivery.result)
        if task is None or result is None:
            return None
        if delivery.kind == "put":
            content = (self._files / (result.file or "")).read_bytes()
            headers = {"Content-Type": "application/octet-stream"}
            return self._http.build_request("PUT", delivery.url, content=content, headers=headers)
        if "webhook_html" in delivery.shape:
            content, kind = b"<!doctype html><title>502 Bad Gateway</title>", "text/html"
        else:
            content = dumps(self._items.callback(task, result, delivery.shape, base=self._base))
            kind = "application/json"
        request = self._http.build_request(
            "POST", delivery.url, content=content, headers={"Content-Type": kind}
        )
        # exactly as given, query string included, whatever httpx would rather escape (rule 16)
        request.extensions["target"] = _target(delivery.url)
        return request


def _target(address: str) -> bytes:
    rest = address.partition("://")[2].partition("#")[0]
    starts = [place for mark in "/?" if (place := rest.find(mark)) >= 0]
    target = rest[min(starts) :] if starts else "/"
    return (target if target.startswith("/") else f"/{target}").encode("ascii", "replace")
