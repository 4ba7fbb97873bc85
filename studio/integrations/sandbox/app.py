"""The sandbox as an ASGI application: the vendor's route and websocket, its files, and the control routes."""

from __future__ import annotations

import asyncio
import hmac
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from studio.integrations.sandbox import billing, engine
from studio.integrations.sandbox.clock import Clock
from studio.integrations.sandbox.control import Control
from studio.integrations.sandbox.engine import Engine
from studio.integrations.sandbox.errors import INVALID_KEY
from studio.integrations.sandbox.faults import Faults, Stage, Subject
from studio.integrations.sandbox.files import Files, Receive, Scope, Send
from studio.integrations.sandbox.images import Images
from studio.integrations.sandbox.items import Items, subject
from studio.integrations.sandbox.sockets import Sockets
from studio.integrations.sandbox.store import Store
from studio.integrations.sandbox.tasks import Desk, subject_of
from studio.integrations.sandbox.validate import TASK_TYPES, is_loopback
from studio.integrations.sandbox.webhooks import Courier
from studio.integrations.sandbox.wire import Answer, Item, Malformed, dumps, read_tasks


@dataclass(frozen=True)
class Config:
    directory: Path
    key: str
    base: str  # http://127.0.0.1:8400, without /v1
    wait: float
    workers: int
    seed: int = 0
    drawing: bool = True
    webhook_attempts: int = 8


class Sandbox:
    """Ready after `lifespan.startup`; then everything unfinished goes on by itself."""

    def __init__(self, config: Config, *, cut: Callable[[Scope], None]) -> None:
        self._config = config
        self._cut = cut  # closes the connection of a request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._live(receive, send)
        if scope["type"] == "websocket":
            dry_run = b"dryRun=1" in scope["query_string"].split(b"&")  # as the JavaScript SDK asks for it
            serve = partial(self._with_faults, base=self._base(scope), dry_run=dry_run)
            cut = partial(self._cut, scope)
            return await self._sockets.attend(scope, receive, send, serve=serve, cut=cut)
        if scope["method"] in ("GET", "HEAD") and scope["path"].startswith(("/video/", "/image/", "/media/")):
            return await self._files.serve(scope, send, cut=lambda: self._cut(scope))
        answer = await self._answer(scope, await _read(receive))
        if answer is None:
            self._cut(scope)
            return await asyncio.sleep(0)  # let the server notice that the connection is gone
        await _send(send, answer)

    # --- from start to end ----------------------------------------------------------------
    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._sockets.stop()
        await self._engine.stop()
        await self._courier.stop()
        await self._http.aclose()
        self._store.close()
        await send({"type": "lifespan.shutdown.complete"})

    def _start(self) -> None:
        config = self._config
        files = config.directory / "files"
        files.mkdir(parents=True, exist_ok=True)
        shutil.copytree(engine.TINY, files / "tiny", dirs_exist_ok=True)
        clock = Clock()
        self._faults = Faults(config.seed)
        self._store = Store(config.directory / "sandbox.sqlite3", balance=billing.OPENING_BALANCE)
        # trust_env: a proxy of the surroundings must not see what stays on this machine
        limits = httpx.Limits(max_connections=128, max_keepalive_connections=64)
        self._http = httpx.AsyncClient(trust_env=False, timeout=5, limits=limits)
        items = Items(files, self._store, self._faults)
        self._courier = Courier(
            store=self._store,
            items=items,
            faults=self._faults,
            clock=clock,
            http=self._http,
            files=files,
            base=config.base,
            attempts=config.webhook_attempts,
            seed=config.seed,
        )
        self._engine = Engine(
            store=self._store,
            courier=self._courier,
            clock=clock,
            files=files,
            wait=config.wait,
            workers=config.workers,
            seed=config.seed,
            drawing=config.drawing,
        )
        self._desk = Desk(
            store=self._store,
            images=Images(files, self._store, self._http),
            items=items,
            engine=self._engine,
            faults=self._faults,
            clock=clock,
            key=config.key,
        )
        self._sockets = Sockets(is_key=self._is_key, clock=clock)
        self._files = Files(files, self._store, self._faults, clock)
        self._control = Control(store=self._store, faults=self._faults, engine=self._engine, clock=clock)
        self._courier.resume()
        self._engine.resume()

    # --- answering ------------------------------------------------------------------------
    async def _answer(self, scope: Scope, body: bytes) -> Answer | None:
        """What to say; None to close the socket without a word."""
        method, path = scope["method"], scope["path"].rstrip("/")
        if path == "/healthz":
            return Answer(200, dumps({"ok": True, "pid": os.getpid()}))
        if path == "/v1" and method == "POST":
            return await self._v1(scope, body)
        if self._is_key(_bearer(scope)):
            answer = self._control.answer(method, path, body)
            if answer is not None:
                return answer
        elif path.startswith(("/faults", "/tasks", "/clock", "/balance")):
            return _unauthorized()
        return _fault(404, "notFound", f"There is no {method} {path}. Tasks go to POST /v1.")

    async def _v1(self, scope: Scope, body: bytes) -> Answer | None:
        entered = self._is_key(_bearer(scope))
        try:
            tasks = read_tasks(body)
        except Malformed as exc:
            return Answer(400, dumps({"errors": [exc.item]})) if entered else _unauthorized()
        if tasks[0].get("taskType") == "authentication":
            entered = entered or self._is_key(tasks[0].get("apiKey"))
            tasks = tasks[1:] or tasks
        if not entered:
            return _unauthorized()
        dry_run = dict(scope["headers"]).get(b"x-runware-dry-run") == b"1"
        return await self._with_faults(tasks, base=self._base(scope), dry_run=dry_run)

    async def _with_faults(self, tasks: list[Item], *, base: str, dry_run: bool) -> Answer | None:
        """Serve the tasks, unless or although something goes wrong with the whole POST."""
        if dry_run and self._faults.strike("dry_run_ignored", self._subjects(tasks)) is not None:
            dry_run = False
        if not dry_run:
            self._desk.note_posts(tasks)
        odd = self._faults.at(Stage.POST, self._subjects(tasks), phase=_phase(tasks))
        if refusal := _turned_away(odd):
            return refusal
        if any(not told.get("accepted", True) for told in odd.values()):
            return _garbled(odd, Answer(200, b"{}"))
        reply = await (self._desk.try_out if dry_run else self._desk.serve)(tasks, base=base)
        if "answer_slow" in odd:
            await asyncio.sleep(odd["answer_slow"]["seconds"])
        return _garbled(odd, reply.answer())

    def _subjects(self, tasks: list[Item]) -> list[Subject]:
        """Whom a POST is about; a poll is about the task it asks after."""
        found = []
        for task in tasks:
            named = subject_of(task)
            known = None if named.prompt or not self._faults.any else self._store.task(named.uuid)
            found.append(subject(known) if known else named)
        return found

    def _base(self, scope: Scope) -> str:
        """How the client calls us, so that addresses work from where it stands."""
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        return f"http://{host}" if host and is_loopback(f"http://{host}") else self._config.base

    def _is_key(self, key: object) -> bool:
        return isinstance(key, str) and hmac.compare_digest(key.encode(), self._config.key.encode())


def _phase(tasks: list[Item]) -> str:
    kinds = {task.get("taskType") for task in tasks if isinstance(task.get("taskType"), str)}
    if kinds & set(TASK_TYPES.values()):
        return "submit"
    return "poll" if "getResponse" in kinds else "other"


def _turned_away(odd: dict[str, Any]) -> Answer | None:
    """An answer that says nothing was taken (`protocols.md` 1.7, 1.14)."""
    if "invalid_key" in odd:
        return _unauthorized()
    known = {
        "http_429": (429, "rateLimitExceeded", "The queue for this model is full."),
        "http_503": (503, "serviceUnavailable", "The service is temporarily unavailable."),
        "http_504": (504, "providerGatewayTimeout", "The task waited too long in the queue."),
    }
    for name, (status, code, says) in known.items():
        if name in odd:
            pause = odd[name]["retry_after"]
            return _fault(status, code, says, headers=() if pause is None else (("retry-after", str(pause)),))
    if "error_singular" in odd:
        told = odd["error_singular"]
        error = {"error": {"code": told["code"], "message": "It failed before any task was looked at."}}
        return Answer(told["status"], dumps(error))
    return None


def _garbled(odd: dict[str, Any], answer: Answer) -> Answer | None:
    """The answer as it arrives: lost, cut, empty, or a proxy's page."""
    if "answer_lost" in odd:
        return None
    if "truncated_json" in odd:
        return Answer(answer.status, answer.body[: len(answer.body) // 2])
    if "empty_body" in odd:
        return Answer(odd["empty_body"]["status"], b"")
    if "html" in odd:
        page = b"<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
        return Answer(odd["html"]["status"], page, "text/html")
    if "http_500" in odd:
        return _fault(500, "internalServerError", "Something went wrong on our side.")
    return answer


def _fault(status: int, code: str, says: str, *, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """An error about the whole array: its item has no taskUUID (1.3)."""
    return Answer(status, dumps({"errors": [{"code": code, "message": says}]}), headers=headers)


def _unauthorized() -> Answer:
    return Answer(401, dumps({"errors": [INVALID_KEY]}))


def _bearer(scope: Scope) -> str:
    value = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    scheme, _, key = value.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


async def _read(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _send(send: Send, answer: Answer) -> None:
    headers = (
        ("content-type", answer.content_type),
        ("content-length", str(len(answer.body))),
        *answer.headers,
    )
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": answer.body})
