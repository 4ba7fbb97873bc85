"""What tests and the load bench ask of the sandbox, beside the emulated API. Every route needs the key.

GET|POST|DELETE /faults        what goes wrong; see `faults.py`
GET             /tasks         every task ever posted: state, posts, bill, deliveries
POST            /tasks/<uuid>/finish      let it end now
POST            /clock         {"advance": seconds}
GET|PUT         /balance       {"amount": "12.50"}
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from studio.integrations.sandbox.clock import Clock
from studio.integrations.sandbox.engine import Engine
from studio.integrations.sandbox.faults import BadFault, Faults
from studio.integrations.sandbox.store import Result, Store, Task
from studio.integrations.sandbox.wire import Answer, Item, dumps


class Control:
    def __init__(self, *, store: Store, faults: Faults, engine: Engine, clock: Clock) -> None:
        self._store = store
        self._faults = faults
        self._engine = engine
        self._clock = clock

    def answer(self, method: str, path: str, body: bytes) -> Answer | None:
        """Answer a control call, or None when there is no such route."""
        routes: dict[tuple[str, str], Callable[[bytes], object]] = {
            ("GET", "/faults"): lambda _: self._faults.listing(),
            ("POST", "/faults"): self._add_faults,
            ("DELETE", "/faults"): self._clear_faults,
            ("GET", "/tasks"): lambda _: self._tasks(),
            ("POST", "/clock"): self._advance,
            ("GET", "/balance"): lambda _: {"amount": self._store.balance()},
            ("PUT", "/balance"): self._set_balance,
        }
        route = routes.get((method, path))
        parts = path.strip("/").split("/")
        if method == "POST" and len(parts) == 3 and parts[0] == "tasks" and parts[2] == "finish":
            route = lambda _: self._finish(parts[1])  # noqa: E731
        if route is None:
            return None
        try:
            return Answer(200, dumps(route(body)))
        except BadFault as exc:
            return Answer(400, dumps({"detail": str(exc)}))
        except (ValueError, KeyError, TypeError, InvalidOperation) as exc:
            return Answer(400, dumps({"detail": f"The body does not read: {exc}"}))

    def _add_faults(self, body: bytes) -> object:
        self._faults.add(json.loads(body))
        return self._faults.listing()

    def _clear_faults(self, _: bytes) -> object:
        self._faults.clear()
        return []

    def _advance(self, body: bytes) -> object:
        self._clock.advance(float(json.loads(body)["advance"]))
        return {"now": self._clock.now()}

    def _set_balance(self, body: bytes) -> object:
        self._store.set_balance(Decimal(str(json.loads(body, parse_float=Decimal)["amount"])))
        return {"amount": self._store.balance()}

    def _finish(self, uuid: str) -> object:
        self._engine.make_due(uuid)
        return {"taskUUID": uuid}

    def _tasks(self) -> list[Item]:
        kept = {task.order.uuid: task for task in self._store.tasks()}
        results: dict[str, list[Result]] = {}
        for result in self._store.results():
            results.setdefault(result.task, []).append(result)
        deliveries = self._store.deliveries_by_task()
        return [
            {
                "taskUUID": uuid,
                "posts": posts,
                "lastRefusal": refusal and refusal.get("code"),
                **_told(kept.get(uuid), results.get(uuid, [])),
                "deliveries": deliveries.get(uuid, []),
            }
            for uuid, posts, refusal in self._store.posts()
        ]


def _told(task: Task | None, results: list[Result]) -> dict[str, Any]:
    if task is None:
        return {"state": "refused", "billed": Decimal(0), "results": []}
    states = {result.state for result in results}
    return {
        "state": "processing" if "processing" in states else "success" if "success" in states else "error",
        "taskType": task.order.task_type,
        "model": task.order.model_id,
        "prompt": task.order.prompt,
        "acceptedAt": task.accepted_at,
        "billed": sum((result.billed for result in results), Decimal(0)),
        "results": [
            {
                "UUID": result.uuid,
                "state": result.state,
                "seed": result.seed,
                "billed": result.billed,
                "path": result.path,
                "code": result.error and result.error.get("code"),
            }
            for result in results
        ],
    }
