"""One POST: an array of task objects in, one envelope out (`protocols.md` 1.3 to 1.6, 1.10, 1.11)."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from studio.integrations.sandbox import billing, errors, validate
from studio.integrations.sandbox.clock import Clock
from studio.integrations.sandbox.engine import Engine
from studio.integrations.sandbox.errors import Refusal
from studio.integrations.sandbox.faults import Faults, Stage, Subject
from studio.integrations.sandbox.images import Images, Unusable
from studio.integrations.sandbox.items import Items
from studio.integrations.sandbox.store import Result, Store, Taken, Task
from studio.integrations.sandbox.wire import Answer, Item, envelope

_BEFORE_ACK_SECONDS = 10
_QUESTIONS = (
    "authentication",
    "ping",
    "getResponse",
    "getTaskDetails",
    "accountManagement",
)  # change nothing


@dataclass
class Reply:
    """What has been gathered for the answer so far."""

    data: list[Item] = field(default_factory=list)
    errors: list[Item] = field(default_factory=list)
    status: int | None = None  # wished for by whoever failed first
    empty_errors: bool = False
    data_is_object: bool = False

    def refuse(self, refusal: Refusal, task: Item) -> Item:
        item = refusal.item(task)
        self.errors.append(item)
        self.status = self.status or refusal.status
        return item

    def answer(self) -> Answer:
        return envelope(
            self.data,
            self.errors,
            status=self.status,
            empty_errors=self.empty_errors,
            as_object=self.data_is_object,
        )


@dataclass
class Taking:
    """An inference task on its way in."""

    task: Item
    kept: Task
    results: list[Result]
    hidden: bool  # a fault: in neither data nor errors


@dataclass
class Desk:
    store: Store
    images: Images
    items: Items
    engine: Engine
    faults: Faults
    clock: Clock
    key: str

    async def serve(self, tasks: list[Item], *, base: str) -> Reply:
        """Carry out every task by itself; one that fails does not hinder the others."""
        reply = Reply()
        if self.faults.strike("errors_empty", [subject_of(task) for task in tasks]) is not None:
            reply.empty_errors = True
        inference = [task for task in tasks if task.get("taskType") in validate.TASK_TYPES.values()]
        taken = await self._take(inference, reply) if inference else []
        for task in tasks:
            if task.get("taskType") not in validate.TASK_TYPES.values():
                await self._utility(task, reply, base=base)
        await self._acknowledge(taken, reply, base=base)
        return reply

    async def try_out(self, tasks: list[Item], *, base: str) -> Reply:
        """Check every task and say what it would cost; nothing is made, kept or paid (`protocols.md` 13).

        What the vendor answers to a dry run is not documented: here it is the acknowledgement, with a cost.
        """
        reply = Reply()
        for task in tasks:
            if task.get("taskType") in _QUESTIONS:
                await self._utility(task, reply, base=base)
                continue
            try:
                reply.data.append(await self._priced(task))
            except Refusal as refusal:
                reply.refuse(refusal, task)
        return reply

    async def _priced(self, task: Item) -> Item:
        validate.task_uuid(task)
        told: Item = {name: task[name] for name in ("taskType", "taskUUID") if name in task}
        if task.get("taskType") in validate.TASK_TYPES.values():
            order, _ = await self._read(task)
            if order is not None:
                told["cost"] = billing.price(order) * order.count
        return told

    def note_posts(self, tasks: list[Item]) -> None:
        """Count every arrival of an inference task, whatever becomes of it."""
        with self.store.together():
            for task in tasks:
                if task.get("taskType") in validate.TASK_TYPES.values() and validate.is_uuid(
                    task.get("taskUUID")
                ):
                    self.store.note_post(task["taskUUID"], _shortened(task))

    # --- inference ------------------------------------------------------------------------
    async def _take(self, tasks: list[Item], reply: Reply) -> list[Taking]:
        read: list[tuple[Item, validate.Order, bool]] = []
        for task in tasks:
            try:
                order, hidden = await self._read(task)
            except Refusal as refusal:
                self._refused(task, reply.refuse(refusal, task))
                continue
            if order is not None:
                read.append((task, order, hidden))
        taken: list[Taking] = []
        with self.store.together():
            funds = billing.Funds(self.store)
            for task, order, hidden in read:
                try:
                    taken.append(self._keep(task, order, hidden, funds))
                except Refusal as refusal:
                    self._refused(task, reply.refuse(refusal, task))
        for taking in taken:
            self.engine.begin(taking.results)
        return taken

    async def _read(self, task: Item) -> tuple[validate.Order | None, bool]:
        """Understand one task and fetch its pictures; None when a fault swallows it."""
        about = [subject_of(task)]
        if self.store.knows(validate.task_uuid(task)):
            raise errors.conflict(task)
        odd = self.faults.at(Stage.SUBMIT, about)
        for name, told in odd.items():
            if name in _REFUSALS:
                raise _refusal(name, told)
        if "dropped" in odd and not odd["dropped"]["accepted"]:
            return None, True
        order = validate.read(task)
        frame = order.first_frame
        if frame is not None:
            frame = await self.images.take(frame, "inputs.frameImages")
        references = [await self.images.take(text, "inputs.referenceImages") for text in order.references]
        return replace(order, first_frame=frame, references=tuple(references)), "dropped" in odd

    def _keep(self, task: Item, order: validate.Order, hidden: bool, funds: billing.Funds) -> Taking:
        if self.store.knows(order.uuid):  # twice in one array, or two POSTs at once
            raise errors.conflict(task)
        funds.reserve(order)
        now = self.clock.now()
        marks: dict[str, Any] = self.faults.at(Stage.RUN, [subject_of(task)])
        slower = float(marks.get("slow_task", {}).get("seconds", 0))
        kept = Task(order=order, marks=marks, estimate=billing.price(order), accepted_at=now)
        results = self.engine.results_for(order, marks, slower=slower, now=now)
        try:
            self.store.add_task(kept, results)
        except Taken:
            raise errors.conflict(task) from None
        self.store.note_answer(order.uuid, None)
        return Taking(task, kept, results, hidden)

    async def _acknowledge(self, taken: list[Taking], reply: Reply, *, base: str) -> None:
        """One item per task with two fields; for a sync task, or by a fault, its results (1.4)."""
        for taking in taken:
            if "webhook_before_ack" in taking.kept.marks:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.engine.called_back(taking.results), _BEFORE_ACK_SECONDS)
            early = self.faults.strike("ack_with_result", [subject_of(taking.task)]) is not None
            if taking.hidden:
                continue
            if taking.kept.order.waits or early:
                await self.engine.finished(taking.results)
                data, failed, _ = self.items.poll(taking.kept.order.uuid, base=base)
                for item in data:
                    item.pop("status", None)
                reply.data += data
                reply.errors += failed
            else:
                reply.data.append({name: taking.task[name] for name in ("taskType", "taskUUID")})

    def _refused(self, task: Item, told: Item) -> None:
        if validate.is_uuid(task.get("taskUUID")):
            self.store.note_answer(task["taskUUID"], told)

    # --- everything else ------------------------------------------------------------------
    async def _utility(self, task: Item, reply: Reply, *, base: str) -> None:
        """Answer one task that makes nothing: a poll, an upload, a question."""
        try:
            match task.get("taskType"):
                case "authentication":
                    reply.data.append(
                        {"taskType": "authentication", "connectionSessionUUID": str(uuid.uuid4())}
                    )
                case "ping":
                    reply.data.append({"taskType": "ping", "pong": True})
                case "getResponse":
                    data, failed, status = self.items.poll(validate.task_uuid(task), base=base)
                    reply.data += data
                    reply.errors += failed
                    reply.status = reply.status or status
                case "getTaskDetails":
                    reply.data.append(self._details(task, base=base))
                case "accountManagement":
                    reply.data.append(self._account(task))
                case "imageUpload":
                    await self._image_upload(task, reply, base=base)
                case "mediaStorage":
                    reply.data.append(await self._media_storage(task, base=base))
                case None:
                    raise errors.missing_parameter("taskType", type="string")
                case other:
                    raise Refusal(
                        "invalidTaskType",
                        f"Unknown 'taskType' {other!r}.",
                        parameter="taskType",
                        type="string",
                    )
        except Refusal as refusal:
            reply.refuse(refusal, task)

    def _details(self, task: Item, *, base: str) -> Item:
        wanted = validate.task_uuid(task)
        found = self.items.last_answer(wanted, base=base)
        if found is None:
            raise Refusal("taskNotFound", f"There is no task {wanted}.", parameter="taskUUID", status=404)
        return found

    def _account(self, task: Item) -> Item:
        validate.task_uuid(task)
        bare = self.faults.strike("balance_number", [subject_of(task)]) is not None
        return billing.account(
            self.store, task=task, key=self.key, now=self.clock.now(), balance_is_number=bare
        )

    async def _image_upload(self, task: Item, reply: Reply, *, base: str) -> None:
        validate.task_uuid(task)
        _text(task, "image")
        try:
            file = await self.images.upload(task["image"])
        except Unusable as exc:
            raise Refusal("invalidImage", str(exc), parameter="image", type="string") from exc
        name = str(uuid.uuid4())
        path = f"/image/ii/{name}.{file.rpartition('.')[2]}"
        self.store.add_upload(name, path, file)
        item: Item = {"taskType": "imageUpload", "taskUUID": task["taskUUID"], "imageUUID": name}
        if self.faults.strike("upload_object", [subject_of(task)]) is not None:
            reply.data_is_object = True
        else:
            item["imageURL"] = f"{base}{path}"
        reply.data.append(item)

    async def _media_storage(self, task: Item, *, base: str) -> Item:
        validate.task_uuid(task)
        _text(task, "media")
        done: Item = {name: task[name] for name in ("taskType", "taskUUID", "operation") if name in task}
        match task.get("operation"):
            case "upload":
                try:
                    file = await self.images.media(task["media"])
                except Unusable as exc:
                    raise Refusal("invalidMedia", str(exc), parameter="media", type="string") from exc
                name = str(uuid.uuid4())
                path = f"/media/ms/{name}.{file.rpartition('.')[2]}"
                self.store.add_upload(name, path, file)
                return {**done, "mediaUUID": name, "mediaURL": f"{base}{path}"}
            case "delete":
                if not validate.is_uuid(task["media"]) or not self.store.delete_upload(task["media"]):
                    raise Refusal("invalidMedia", "There is no media with that UUID.", parameter="media")
                return {**done, "mediaUUID": task["media"]}
            case None:
                raise errors.missing_parameter("operation", type="string")
            case other:
                raise Refusal(
                    "unsupportedOperation",
                    f"Unsupported value for 'operation': {other!r}",
                    parameter="operation",
                    type="string",
                    allowedValues=["upload", "delete"],
                )


def subject_of(task: Item) -> Subject:
    prompt = task.get("positivePrompt")
    return Subject(str(task.get("taskUUID", "")), prompt if isinstance(prompt, str) else "")


_REFUSALS = ("insufficient_credits", "concurrent_limit", "refuse_moderation", "unknown_code", "refuse")


def _refusal(name: str, told: dict[str, Any]) -> Refusal:
    """The refusal a fault asks for."""
    status = int(told["status"])
    match name:
        case "insufficient_credits":
            return billing.no_credits(status)
        case "concurrent_limit":
            return billing.credits_reserved(status)
        case "refuse_moderation":
            item = errors.moderated()
            return Refusal(item.pop("code"), item.pop("message"), status=status, **item)
        case "unknown_code":
            return Refusal(told["code"], "Something this client has never heard of.", status=status)
    return Refusal(told["code"], told["message"], status=status, parameter=told["parameter"])


def _text(task: Item, name: str) -> None:
    if name not in task:
        raise errors.missing_parameter(name, type="string")
    if not isinstance(task[name], str) or not task[name]:
        says = f"'{name}' must be a string that is not empty."
        raise Refusal(f"invalid{name.title()}", says, parameter=name, type="string")


def _shortened(thing: Any) -> Any:
    """A request as it is kept: pictures are cut short."""
    if isinstance(thing, dict):
        return {name: _shortened(value) for name, value in thing.items()}
    if isinstance(thing, list):
        return [_shortened(value) for value in thing]
    if isinstance(thing, str) and len(thing) > 4000:
        return f"{thing[:80]}…"
    return thing
