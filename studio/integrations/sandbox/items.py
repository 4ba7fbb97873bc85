"""What is said about a result, by whichever road: poll, callback, or the held answer of a sync task."""

from __future__ import annotations

import base64
import uuid
from pathlib import Path
from typing import Any

from studio.integrations.sandbox.faults import Faults, Stage, Subject
from studio.integrations.sandbox.store import Result, Store, Task
from studio.integrations.sandbox.wire import Item, Raw


class Items:
    def __init__(self, files: Path, store: Store, faults: Faults) -> None:
        self._files = files
        self._store = store
        self._faults = faults

    def finished(self, task: Task, result: Result, *, base: str) -> Item:
        """A success, with a fresh address on the server that is asked (`protocols.md` 1.5, 9.10)."""
        noun = _noun(task)
        odd = self._faults.at(Stage.ITEM, [subject(task)])
        host = odd["result_foreign_host"]["value"] if "result_foreign_host" in odd else base
        item: Item = {**_echo(task), "status": "success", f"{noun}UUID": result.uuid}
        if "status_missing" in odd:
            del item["status"]
        if task.order.output_type == "URL":
            item[f"{noun}URL"] = f"{host}{result.path}"
        else:
            content = base64.b64encode((self._files / (result.file or "")).read_bytes()).decode()
            if task.order.output_type == "dataURI":
                content = f"data:image/{task.order.format.lower().replace('jpg', 'jpeg')};base64,{content}"
            item[f"{noun}{task.order.output_type[0].upper()}{task.order.output_type[1:]}"] = content
        item["seed"] = result.seed
        if "nsfw" in task.marks:
            item["NSFWContent"] = True
        if result.cost is not None:
            item["cost"] = Raw(result.cost)
        return item

    def failed(self, task: Task, result: Result) -> Item:
        return {**(result.error or {}), **_echo(task), "status": "error"}

    def running(self, task: Task, result: Result, odd: dict[str, Any]) -> Item:
        item: Item = {**_echo(task), "status": "processing"}
        if "poll_word" in odd:
            item["status"] = odd["poll_word"]["value"]
        if "poll_progress" in odd:
            item["progress"] = odd["poll_progress"]["value"]
        if "uuid_while_processing" in odd:
            item[f"{_noun(task)}UUID"] = result.uuid
        return item

    def poll(self, task_uuid: str, *, base: str) -> tuple[list[Item], list[Item], int | None]:
        """Data, errors and the status wished for: an item per result, in a stable order, every time.

        An unknown UUID has nothing to say: `{"data": []}` (`protocols.md` 9, rules 11 to 13).
        """
        task = self._store.task(task_uuid)
        odd = self._faults.at(Stage.POLL, [subject(task) if task else Subject(task_uuid)])
        if "poll_empty" in odd:
            return [], [], None
        if "poll_not_found" in odd:
            told = odd["poll_not_found"]
            error = {"code": told["code"], "message": "The task was not found.", "taskUUID": task_uuid}
            return [], [{**error, "taskType": "getResponse"}], told["status"]
        if task is None:
            return [], [], None
        data: list[Item] = []
        errors: list[Item] = []
        for result in self._store.results_of(task_uuid):
            if result.state == "processing" or "poll_processing" in odd:
                data.append(self.running(task, result, odd))
            elif result.state == "success":
                data.append(self.finished(task, result, base=base))
            elif "poll_error_in_data" in odd:
                data.append({**_echo(task), "status": "error", "error": result.error})
            else:
                errors.append(self.failed(task, result))
        return data, errors, 200 if "poll_failed_as_200" in odd else None

    def callback(self, task: Task, result: Result, shape: dict[str, Any], *, base: str) -> object:
        """The body of one callback: the flat item unless a fault says otherwise (1.8, 13)."""
        if "webhook_progress" in shape:
            return {**_echo(task), "status": "processing", "progress": shape["webhook_progress"]["value"]}
        success = result.state == "success"
        item = self.finished(task, result, base=base) if success else self.failed(task, result)
        if "webhook_status" not in shape:
            item.pop("status", None)
        if "webhook_wrong_task" in shape:
            stranger = shape["webhook_wrong_task"]["value"]
            item["taskUUID"] = stranger or str(uuid.uuid5(uuid.NAMESPACE_OID, result.uuid))
        if "webhook_list" in shape:
            return [item]
        if "webhook_error_singular" in shape and not success:
            return {"error": item}
        if "webhook_data" in shape:
            return {"data" if success else "errors": [item]}
        return item

    def last_answer(self, task_uuid: str, *, base: str) -> Item | None:
        """The pair `getTaskDetails` keeps: the request, and the last thing its UUID was told (1.5)."""
        archived = self._store.archived(task_uuid)
        if archived is None:
            return None
        request, refusal = archived
        data: list[Item] = []
        errors = [refusal] if refusal else []
        task = self._store.task(task_uuid)
        if task and not refusal:
            results = self._store.results_of(task_uuid)
            data = [self.finished(task, r, base=base) for r in results if r.state == "success"]
            errors = [self.failed(task, result) for result in results if result.state == "error"]
            data = data or [] if errors else data or [_echo(task)]
        response: Item = {"data": data} | ({"errors": errors} if errors else {})
        return {
            "taskType": "getTaskDetails",
            "taskUUID": task_uuid,
            "request": [request],
            "response": response,
        }


def subject(task: Task) -> Subject:
    return Subject(task.order.uuid, task.order.prompt)


def _echo(task: Task) -> Item:
    return {"taskType": task.order.task_type, "taskUUID": task.order.uuid}


def _noun(task: Task) -> str:
    return "video" if task.order.is_video else "image"
