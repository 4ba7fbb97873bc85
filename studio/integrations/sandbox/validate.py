"""Read one inference task as the catalogue's record of its model allows it (`protocols.md` 2 to 4)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from studio.integrations.catalogue import Kind, Model, Need, by_provider_id, utf16_length
from studio.integrations.sandbox.errors import (
    Refusal,
    invalid_parameter,
    missing_parameter,
    unsupported_parameter,
    unsupported_size,
)
from studio.integrations.sandbox.wire import Item

TASK_TYPES = {Kind.VIDEO: "videoInference", Kind.STILL: "imageInference"}
_OUTPUT_TYPES = {Kind.VIDEO: ("URL",), Kind.STILL: ("URL", "base64Data", "dataURI")}
_DELIVERIES = {Kind.VIDEO: ("async",), Kind.STILL: ("sync", "async")}  # the first is the default
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SHORTEST_TTL = 60


@dataclass(frozen=True)
class Order:
    """One task, understood. Pictures are still as sent: UUID, address, data URI or base64."""

    uuid: str
    task_type: str
    model_id: str
    prompt: str
    width: int
    height: int
    seconds: int | None
    format: str
    quality: int
    seed: int | None
    count: int
    output_type: str
    delivery: str
    include_cost: bool
    webhook: str | None
    upload_endpoint: str | None
    ttl: int | None
    first_frame: str | None
    references: tuple[str, ...]

    @property
    def is_video(self) -> bool:
        return self.task_type == TASK_TYPES[Kind.VIDEO]

    @property
    def waits(self) -> bool:
        """Whether the POST holds its answer until the results are there (1.4)."""
        return self.delivery == "sync" and self.webhook is None


def is_uuid(text: object) -> bool:
    """Whether this is a UUID. The version nibble is not enforced (`protocols.md` 1.1)."""
    return isinstance(text, str) and bool(_UUID.fullmatch(text))


def _is_text(text: str) -> bool:
    """Whether this can be written down: JSON allows half an emoji, nobody else does."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def is_loopback(address: str) -> bool:
    """Whether an http address stays on this machine; the sandbox calls nobody else."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or parts.username is not None or not address.isascii():
            return False
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def task_uuid(task: Item) -> str:
    """The task's own name.

    Raises:
        Refusal: it has none, or it is not a UUID.
    """
    if "taskUUID" not in task:
        raise missing_parameter("taskUUID", type="string")
    if not is_uuid(task["taskUUID"]):
        raise Refusal("invalidTaskUUID", "'taskUUID' must be a UUID.", parameter="taskUUID", type="string")
    return str(task["taskUUID"])


def read(task: Item) -> Order:
    """Understand a task, or raise the first reason why not.

    Raises:
        Refusal: the task breaks a rule of its model.
    """
    uuid = task_uuid(task)
    if "model" not in task:
        raise missing_parameter("model", type="string")
    model = by_provider_id(task["model"]) if isinstance(task["model"], str) else None
    if model is None:
        raise Refusal("invalidModel", f"Unknown model {task['model']!r}.", parameter="model", type="string")
    if task["taskType"] != TASK_TYPES[model.kind]:
        raise invalid_parameter(
            "invalidTaskType",
            "taskType",
            f"Model {model.provider_id} does not do {task['taskType']}",
            model=model,
            allowedValues=[TASK_TYPES[model.kind]],
        )
    return _Reader(task, model).order(uuid)


class _Reader:
    """Takes a task apart, parameter by parameter."""

    def __init__(self, task: Item, model: Model) -> None:
        self.task = task
        self.model = model

    def order(self, uuid: str) -> Order:
        model, task = self.model, self.task
        self._no_strangers(task, self._parameters(), "")
        first_frame, references = self._inputs()
        width, height = self._size()
        output_type = self._choice(task, "outputType", _OUTPUT_TYPES[model.kind])
        self._provider_settings()
        self._safety()
        return Order(
            uuid=uuid,
            task_type=task["taskType"],
            model_id=model.provider_id,
            prompt=self._prompt(has_frame=first_frame is not None),
            width=width,
            height=height,
            seconds=self._seconds(),
            format=self._choice(task, "outputFormat", model.formats),
            quality=self._integer("outputQuality", *model.quality) or model.default_quality,
            seed=self._integer("seed", 0, model.max_seed) if model.has_seed else None,
            count=self._integer("numberResults", 1, model.max_wire_results) or 1,
            output_type=output_type,
            delivery=self._choice(task, "deliveryMethod", _DELIVERIES[model.kind]),
            include_cost=self._boolean(task, "includeCost"),
            webhook=self._address("webhookURL"),
            upload_endpoint=self._address("uploadEndpoint"),
            ttl=self._ttl(output_type),
            first_frame=first_frame,
            references=references,
        )

    def _parameters(self) -> set[str]:
        names = {"taskType", "taskUUID", "model", "positivePrompt", "width", "height", "providerSettings"}
        names |= {"outputType", "outputFormat", "outputQuality", "deliveryMethod", "webhookURL", "safety"}
        names |= {"uploadEndpoint", "ttl", "includeCost", "numberResults"}
        names |= {"routing", "advancedFeatures"}  # in the SDK's types alone; ignored (1.1)
        names |= {"inputs"} if self._input_names() else set()
        names |= {"seed"} if self.model.has_seed else set()
        names |= {"duration"} if self.model.durations else set()
        names |= {"referenceImages"} if self.model.references else set()
        return names

    def _input_names(self) -> set[str]:
        names = {"referenceImages"} if self.model.references else set()
        return names if self.model.first_frame is Need.REFUSED else names | {"frameImages"}

    def _no_strangers(self, holder: Item, allowed: set[str], path: str) -> None:
        for name in holder:
            if name not in allowed:
                raise unsupported_parameter(path + name, allowed=allowed, model=self.model)

    def _inputs(self) -> tuple[str | None, tuple[str, ...]]:
        inputs = self._object(self.task, "inputs", "inputs")
        self._no_strangers(inputs, self._input_names(), "inputs.")
        if "referenceImages" in inputs and "referenceImages" in self.task:
            raise self._wrong(
                "incompatibleParameters",
                ["inputs.referenceImages", "referenceImages"],
                "Send reference images in one place",
            )
        # the table nests them, the page's own examples do not (`protocols.md` 4, quirk 1)
        holder, path = (inputs, "inputs.") if "referenceImages" in inputs else (self.task, "")
        references = holder.get("referenceImages")
        return (
            self._first_frame(inputs.get("frameImages")),
            () if references is None else self._references(references, f"{path}referenceImages"),
        )

    def _first_frame(self, frames: object) -> str | None:
        path = "inputs.frameImages"
        if frames is None:
            if self.model.first_frame is Need.NEEDED:
                raise missing_parameter(path, model=self.model, type="array")
            return None
        if not isinstance(frames, list):
            raise self._wrong("invalidFrameImages", path, f"'{path}' must be an array", type="array")
        if len(frames) != 1:
            raise self._wrong(
                "invalidFrameImagesLength", path, f"'{path}' takes one image", type="array", min=1, max=1
            )
        frame = frames[0]
        if isinstance(frame, dict):
            self._no_strangers(frame, {"image", "frame"}, f"{path}.0.")
            where = frame.get("frame", "first")
            if where != "first" and not (where == 0 and type(where) is int):
                raise self._wrong(
                    "unsupportedFrame",
                    f"{path}.0.frame",
                    "Only the first frame can be given",
                    allowedValues=["first", 0],
                )
            if "image" not in frame:
                raise missing_parameter(f"{path}.0.image", model=self.model, type="string")
            frame = frame["image"]
        if not isinstance(frame, str):
            raise self._wrong("invalidFrameImages", f"{path}.0", "An image is a string", type="string")
        return frame

    def _references(self, images: object, path: str) -> tuple[str, ...]:
        if not isinstance(images, list) or not all(isinstance(image, str) for image in images):
            raise self._wrong("invalidReferenceImages", path, "Expected an array of strings", type="array")
        if not 1 <= len(images) <= self.model.references:
            raise self._wrong(
                "invalidReferenceImagesLength",
                path,
                f"Between 1 and {self.model.references} images",
                type="array",
                min=1,
                max=self.model.references,
            )
        return tuple(images)

    def _prompt(self, *, has_frame: bool) -> str:
        prompt, name = self.task.get("positivePrompt"), "positivePrompt"
        if prompt is None:
            excused = has_frame and self.model.prompt_may_be_absent_with_frame
            if self.model.prompt is Need.NEEDED and not excused:
                raise missing_parameter(name, model=self.model, type="string")
            return ""
        if not isinstance(prompt, str) or not _is_text(prompt):
            raise self._wrong("invalidPositivePrompt", name, f"'{name}' must be a string", type="string")
        if not 1 <= utf16_length(prompt) <= self.model.prompt_units:
            raise self._wrong(
                "invalidPositivePromptLength",
                name,
                f"Invalid length of '{name}': between 1 and {self.model.prompt_units} characters",
                type="string",
                min=1,
                max=self.model.prompt_units,
            )
        return prompt

    def _size(self) -> tuple[int, int]:
        missing = [name for name in ("width", "height") if name not in self.task]
        if len(missing) == 2 and not self.model.size_needed:
            first = self.model.presets[0]  # which one the vendor takes is not documented
            return first.width, first.height
        if missing:
            raise missing_parameter(missing[0], model=self.model, type="integer")
        for name in ("width", "height"):
            if type(self.task[name]) is not int:
                raise self._wrong(f"invalid{name.title()}", name, "Expected an integer", type="integer")
        width, height = self.task["width"], self.task["height"]
        if self.model.preset_of_size(width, height) is None:
            raise unsupported_size(width, height, model=self.model)
        return width, height

    def _seconds(self) -> int | None:
        allowed = self.model.durations
        if not allowed:
            return None
        seconds = self.task.get("duration")
        if seconds is None:
            return self.model.default_wire_seconds or self.model.default_seconds
        kind = "float" if self.model.fractional_seconds else "integer"
        fits = (int, float) if self.model.fractional_seconds else (int,)
        if type(seconds) not in fits:
            raise self._wrong("invalidDuration", "duration", "Expected a number", type=kind)
        if seconds not in allowed:
            unbroken = allowed == tuple(range(allowed[0], allowed[-1] + 1))
            limits: Item = (
                {"min": allowed[0], "max": allowed[-1]} if unbroken else {"allowedValues": list(allowed)}
            )
            raise self._wrong(
                "unsupportedDuration", "duration", "Unsupported value for 'duration'", type=kind, **limits
            )
        return int(seconds)

    def _provider_settings(self) -> None:
        maker = self.model.provider_id.split(":")[0]
        path = "providerSettings"
        settings = self._object(self.task, path, path)
        for name in settings:
            if name != maker:
                raise self._wrong("unknownProviderSettingsProvider", f"{path}.{name}", "Unknown provider")
        settings = self._object(settings, maker, f"{path}.{maker}")
        self._no_strangers(settings, {"contentModeration"}, f"{path}.{maker}.")
        path = f"{path}.{maker}.contentModeration"
        moderation = self._object(settings, "contentModeration", path)
        self._no_strangers(moderation, {"publicFigureThreshold"}, f"{path}.")
        self._choice(moderation, "publicFigureThreshold", self.model.thresholds, path=f"{path}.")

    def _safety(self) -> None:
        safety = self._object(self.task, "safety", "safety")
        self._no_strangers(safety, {"checkContent", "mode"}, "safety.")
        self._boolean(safety, "checkContent", path="safety.")
        self._choice(safety, "mode", [mode.value for mode in self.model.safety_modes], path="safety.")

    def _ttl(self, output_type: str) -> int | None:
        ttl = self._integer("ttl", _SHORTEST_TTL, None)
        if ttl is not None and output_type != "URL":
            raise self._wrong(
                "incompatibleParameters", ["ttl", "outputType"], "'ttl' needs 'outputType' to be URL"
            )
        return ttl

    def _address(self, name: str) -> str | None:
        address = self.task.get(name)
        if address is None:
            return None
        if not isinstance(address, str) or not is_loopback(address):
            raise self._wrong(
                f"invalid{name[0].upper()}{name[1:]}",
                name,
                "The sandbox calls http addresses of this machine alone",
                type="string",
            )
        return address

    def _integer(self, name: str, least: int, most: int | None) -> int | None:
        value = self.task.get(name)
        if value is None:
            return None
        if type(value) is not int or value < least or (most is not None and value > most):
            limits: Item = {"min": least} if most is None else {"min": least, "max": most}
            says = f"Invalid value for '{name}'"
            raise self._wrong(f"invalid{name[0].upper()}{name[1:]}", name, says, type="integer", **limits)
        return value

    def _boolean(self, holder: Item, name: str, *, path: str = "") -> bool:
        value = holder.get(name, False)
        if not isinstance(value, bool):
            code = f"invalid{name[0].upper()}{name[1:]}"
            raise self._wrong(code, path + name, "Expected true or false", type="boolean")
        return value

    def _choice(self, holder: Item, name: str, allowed: Sequence[str], *, path: str = "") -> str:
        value = holder.get(name, allowed[0])
        if value not in allowed:
            raise self._wrong(
                f"unsupported{name[0].upper()}{name[1:]}",
                path + name,
                f"Unsupported value for '{path}{name}'",
                type="string",
                allowedValues=list(allowed),
            )
        return str(value)

    def _object(self, holder: Item, name: str, path: str) -> Item:
        value = holder.get(name, {})
        if not isinstance(value, dict):
            code = f"invalid{name[0].upper()}{name[1:]}"
            raise self._wrong(code, path, f"'{path}' must be an object", type="object")
        return value

    def _wrong(self, code: str, parameter: str | list[str], says: str, **fields: Any) -> Refusal:
        return invalid_parameter(code, parameter, says, model=self.model, **fields)
