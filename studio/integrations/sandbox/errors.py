"""Refusals, with the fields and codes of `protocols.md` 1.7."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from studio.integrations.catalogue import Model
from studio.integrations.sandbox.wire import Item

_DOCS = "https://runware.ai/docs"


class Refusal(Exception):
    """A task is not taken. Turn it into an item of `errors`; the other tasks go on."""

    def __init__(self, code: str, message: str, *, status: int = 400, **fields: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.fields = {name: value for name, value in fields.items() if value is not None}

    def item(self, task: object) -> Item:
        """The error item, echoing whose it is (`protocols.md` 9, rule 4)."""
        item: Item = {"code": self.code, "message": self.message, **self.fields}
        if isinstance(task, dict):
            item |= {name: task[name] for name in ("taskType", "taskUUID") if name in task}
        return item


def invalid_parameter(
    code: str, parameter: str | list[str], says: str, *, model: Model | None = None, **fields: Any
) -> Refusal:
    """A refusal that names the parameter and the page that explains it."""
    first = parameter if isinstance(parameter, str) else parameter[0]
    return Refusal(
        code,
        f"{says} (parameter: {first})" if isinstance(parameter, str) else f"{says} ({', '.join(parameter)})",
        parameter=parameter,
        documentation=page(model, first),
        **fields,
    )


def missing_parameter(parameter: str, *, model: Model | None = None, **fields: Any) -> Refusal:
    """A refusal of a task that lacks a parameter it needs (`protocols.md` 13)."""
    return Refusal(
        "missingParameter",
        f"Missing required parameter: '{parameter}'. The task cannot be understood without it.",
        parameter=parameter,
        documentation=page(model, parameter),
        **fields,
    )


def unsupported_parameter(parameter: str, *, allowed: Collection[str], model: Model) -> Refusal:
    """A refusal of a key that has no meaning where it stands, with those that have."""
    names = sorted(allowed)
    says = f"Unsupported use of '{parameter}' parameter. {model.name} has no such parameter here."
    if names:
        says += f" Allowed values are: {_quoted(names)}."
    return Refusal(
        "unsupportedParameter",
        says,
        parameter=parameter,
        allowedValues=names or None,
        documentation=page(model, parameter),
    )


def unsupported_size(width: int, height: int, *, model: Model) -> Refusal:
    """A refusal of a pair of dimensions, with the pairs of the model."""
    sizes = [preset.key for preset in model.presets]
    return Refusal(
        "unsupportedParameter",
        f"Unsupported use of width/height parameters. {model.name} does not make {width}x{height}. "
        f"Supported values are: {_quoted(sizes)}.",
        parameter=["width", "height"],
        type="integer",
        allowedValues=sizes,
        documentation=page(model, "width"),
    )


def _quoted(names: Collection[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def page(model: Model | None, parameter: str = "") -> str:
    """The documentation address an error points to, built the way the vendor's are."""
    if model is None:
        return f"{_DOCS}/platform/errors"
    maker = model.provider_id.split(":")[0]
    anchor = f"#request-{parameter.replace('.', '-').lower()}" if parameter else ""
    return f"{_DOCS}/models/{maker}-{model.key.replace('.', '-')}{anchor}"


def conflict(task: Item) -> Refusal:
    """`protocols.md` 1.6: the UUID is taken; nothing is started, nothing is charged."""
    return Refusal(
        "conflictTaskUUID",
        f"A task with taskUUID {task.get('taskUUID')} already exists. Use a new UUID for a new task.",
        parameter="taskUUID",
        context={name: task.get(name) for name in ("taskType", "taskUUID", "deliveryMethod")},
    )


INVALID_KEY: Item = {
    "code": "invalidApiKey",
    "message": "Invalid API key. Get one in your account, and send it as a bearer token.",
    "parameter": "apiKey",
    "taskType": "authentication",
}


def moderated() -> Item:
    """What a poll says when the upstream provider's moderation said no (captured shape, 1.7)."""
    return {
        "code": "invalidProviderContent",
        "message": "Invalid content detected. The request was flagged and rejected by the provider's "
        "content moderation system.",
        "responseContent": "Your content was flagged by the provider. This request was not charged.",
    }


def provider_timed_out() -> Item:
    return {
        "code": "timeoutProvider",
        "message": "The external provider did not respond within the timeout window.",
        "documentation": page(None),
    }
