"""Everything that can be made to go wrong (`protocols.md` 9, rules 12 to 18 and 21).

A fault is added by `POST /faults` as {"fault", "match", "probability", "times", ...its own
parameters}. Each has a random stream of its own, seeded by the sandbox seed and its place in
the list, so the same calls in the same order meet the same faults.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Stage(StrEnum):
    POST = "post"  # on a whole POST; takes "phase": submit (default), poll, other or any
    SUBMIT = "submit"  # on one task, before it is taken
    RUN = "run"  # drawn when the task is taken, and kept with it
    POLL = "poll"
    ITEM = "item"  # whenever a finished item is written, by whichever road
    WEBHOOK = "webhook"
    FILE = "file"
    SHAPE = "shape"  # how other answers look


@dataclass(frozen=True)
class Kind:
    name: str
    stage: Stage
    says: str
    parameters: Mapping[str, Any]


KINDS: dict[str, Kind] = {}


def _kind(name: str, stage: Stage, says: str, **parameters: Any) -> None:
    if stage is Stage.POST:
        parameters = {"phase": "submit", **parameters}
    KINDS[name] = Kind(name, stage, says, parameters)


_kind("answer_lost", Stage.POST, "Take the tasks, then close the socket without an answer.", accepted=True)
_kind("answer_slow", Stage.POST, "Take the tasks, then answer after `seconds`.", seconds=5.0, accepted=True)
_kind("http_429", Stage.POST, "Queue full; with a Retry-After header if `retry_after`.", retry_after=None)
_kind("http_503", Stage.POST, "Temporarily unavailable; nothing is taken.", retry_after=None)
_kind("http_504", Stage.POST, "Exceeded the maximum queue wait; nothing is taken.", retry_after=None)
_kind("http_500", Stage.POST, "Internal error as JSON; nothing is taken unless `accepted`.", accepted=False)
_kind("html", Stage.POST, "A proxy's HTML page instead of JSON.", status=502, accepted=False)
_kind("truncated_json", Stage.POST, "Take the tasks, then answer half of the JSON.", accepted=True)
_kind("empty_body", Stage.POST, "Take the tasks, then answer with no body.", status=200, accepted=True)
_kind("invalid_key", Stage.POST, "401 as if the key had been revoked.")
_kind("error_singular", Stage.POST, "Answer {'error': {code, message}} with `code`.", code="internalServerError", status=500)  # fmt: skip

_kind("insufficient_credits", Stage.SUBMIT, "No money; `status` 400, 402 or 200.", status=400)
_kind("concurrent_limit", Stage.SUBMIT, "Credits are reserved for tasks in progress.", status=400)
_kind("refuse_moderation", Stage.SUBMIT, "Moderation before the task is taken.", status=400)
_kind("unknown_code", Stage.SUBMIT, "An error code nobody has seen before.", code="quantumFluxMisaligned", status=400)  # fmt: skip
_kind("refuse", Stage.SUBMIT, "Refuse with any `code`, `message`, `parameter` and `status`.", code="validationFailed", message="Refused on demand.", parameter=None, status=400)  # fmt: skip
_kind("dropped", Stage.SUBMIT, "The task appears in neither data nor errors; taken if `accepted`.", accepted=True)  # fmt: skip

_kind("moderation", Stage.RUN, "Taken, then invalidProviderContent; `results` are the positions (null: all).", results=None, charged=False)  # fmt: skip
_kind("timeout_provider", Stage.RUN, "Taken, then timeoutProvider.", results=None, charged=False)
_kind("fail", Stage.RUN, "Taken, then fails with any `code` and `message`.", code="inferenceError", message="Failed on demand.", results=None, charged=False)  # fmt: skip
_kind("never_ends", Stage.RUN, "Says processing until somebody POSTs /tasks/<uuid>/finish.")
_kind("slow_task", Stage.RUN, "Takes `seconds` longer.", seconds=5.0)
_kind("nsfw", Stage.RUN, "NSFWContent is true on a success.")
_kind("cost_missing", Stage.RUN, "No cost in the result.")
_kind("cost_value", Stage.RUN, "The cost told is this JSON text; the bill stays right.", value="NaN")
_kind("price_factor", Stage.RUN, "Bill and tell the price times `value`.", value="10")
_kind("webhook_before_ack", Stage.RUN, "Finish and call back before the POST is answered.")

_kind("poll_failed_as_200", Stage.POLL, "Failures come with HTTP 200.")
_kind("poll_error_in_data", Stage.POLL, "Failures come as {'status': 'error', 'error': {...}} inside data.")
_kind("poll_not_found", Stage.POLL, "taskNotFound, whether or not the task is known.", status=400, code="taskNotFound")  # fmt: skip
_kind("poll_empty", Stage.POLL, "{'data': []}, as if the task were not visible yet.")
_kind("poll_word", Stage.POLL, "Another word for processing.", value="queued")
_kind("poll_progress", Stage.POLL, "Running items carry a `progress`.", value=50)
_kind("poll_processing", Stage.POLL, "A finished task still says processing.")
_kind("uuid_while_processing", Stage.POLL, "Running items already carry videoUUID or imageUUID.")

_kind("result_foreign_host", Stage.ITEM, "The result's address is on another host.", value="http://files.example.invalid")  # fmt: skip
_kind("status_missing", Stage.ITEM, "A finished item has no status.")

_kind("webhook_never", Stage.WEBHOOK, "No callback at all.")
_kind("webhook_twice", Stage.WEBHOOK, "The same callback `value` times.", value=2)
_kind("webhook_late", Stage.WEBHOOK, "The callback comes `seconds` late.", seconds=2.0)
_kind("webhook_out_of_order", Stage.WEBHOOK, "Hold `hold` callbacks, then send them last one first; after `seconds` anyway.", hold=2, seconds=2.0)  # fmt: skip
_kind("webhook_wrong_task", Stage.WEBHOOK, "The callback names another task (`value`, else an invented one).", value=None)  # fmt: skip
_kind("webhook_data", Stage.WEBHOOK, "The body is the envelope of a poll: {'data': [item]} or {'errors': [item]}.")  # fmt: skip
_kind("webhook_list", Stage.WEBHOOK, "The body is a list of items.")
_kind("webhook_html", Stage.WEBHOOK, "The body is HTML.")
_kind("webhook_status", Stage.WEBHOOK, "The item carries its status.")
_kind("webhook_error_singular", Stage.WEBHOOK, "A failure comes as {'error': {...}}.")
_kind("webhook_progress", Stage.WEBHOOK, "A processing callback comes first.", value=50)
_kind("webhook_partial", Stage.WEBHOOK, "Only the result at `position` is called back.", position=0)

_kind("result_404", Stage.FILE, "The file is not there; with `times`: not yet there.", status=404)
_kind("result_truncated", Stage.FILE, "Half of the file; Content-Length says all of it if `declared`.", declared=True)  # fmt: skip
_kind("result_wrong_type", Stage.FILE, "200 and an HTML page.", content_type="text/html")
_kind("result_is", Stage.FILE, "The file is another one, at this `path` of this machine.", path="")
_kind("result_slow", Stage.FILE, "The file starts after `seconds`.", seconds=2.0)
_kind("result_without_length", Stage.FILE, "No Content-Length, no ranges.")

_kind("balance_number", Stage.SHAPE, "The balance is a bare number, as on the docs page.")
_kind("upload_object", Stage.SHAPE, "imageUpload answers with an object in data, and no imageURL.")
_kind("errors_empty", Stage.SHAPE, "An empty errors list beside the data.")
_kind("ack_with_result", Stage.SHAPE, "The acknowledgement already carries the finished items.")
_kind("dry_run_ignored", Stage.SHAPE, "A dry run is none: the task is made and paid.")

_COMMON = {"fault", "match", "probability", "times", "phase"}


class Subject(NamedTuple):
    """Whom a fault may be about."""

    uuid: str
    prompt: str = ""


class BadFault(ValueError):
    """The control call asks for something there is none of; say the sentence to the caller."""


@dataclass
class Fault:
    name: str
    match: str
    probability: float
    times: int | None
    phase: str | None
    parameters: dict[str, Any]
    stream: random.Random
    met: int = 0
    fired: int = 0

    def concerns(self, subjects: Iterable[Subject]) -> bool:
        if self.match == "*":
            return True
        if self.match.startswith("prompt:"):
            wanted = self.match.removeprefix("prompt:")
            return any(wanted in subject.prompt for subject in subjects)
        return any(self.match == subject.uuid for subject in subjects)

    def strikes(self) -> bool:
        if self.times is not None and self.fired >= self.times:
            return False
        self.met += 1
        if self.stream.random() >= self.probability:
            return False
        self.fired += 1
        return True


@dataclass
class Faults:
    """The faults switched on now. They are forgotten when the sandbox ends."""

    seed: int
    _active: list[Fault] = field(default_factory=list)

    def add(self, wishes: object) -> None:
        """Switch these on, beside those that are.

        Raises:
            BadFault: one of them does not exist or does not read; none was added.
        """
        if not isinstance(wishes, list):
            raise BadFault("The body must be a JSON list of faults.")
        first = len(self._active)
        self._active += [self._read(wish, first + place) for place, wish in enumerate(wishes)]

    @property
    def any(self) -> bool:
        return bool(self._active)

    def clear(self) -> None:
        self._active.clear()

    def listing(self) -> list[dict[str, Any]]:
        return [
            {
                "fault": fault.name,
                "match": fault.match,
                "probability": fault.probability,
                "times": fault.times,
                "phase": fault.phase,
                **fault.parameters,
                "met": fault.met,
                "fired": fault.fired,
            }
            for fault in self._active
        ]

    def strike(
        self, name: str, subjects: Sequence[Subject], *, phase: str | None = None
    ) -> dict[str, Any] | None:
        """The parameters of the first fault of this name that happens now, or None."""
        for fault in self._active:
            if (
                fault.name == name
                and fault.phase in (None, "any", phase)
                and fault.concerns(subjects)
                and fault.strikes()
            ):
                return fault.parameters
        return None

    def at(self, stage: Stage, subjects: Sequence[Subject], *, phase: str | None = None) -> dict[str, Any]:
        """All that happen at this stage: name → parameters."""
        names = dict.fromkeys(fault.name for fault in self._active if KINDS[fault.name].stage is stage)
        struck = ((name, self.strike(name, subjects, phase=phase)) for name in names)
        return {name: parameters for name, parameters in struck if parameters is not None}

    def _read(self, wish: object, number: int) -> Fault:
        if not isinstance(wish, dict) or wish.get("fault") not in KINDS:
            name = wish.get("fault") if isinstance(wish, dict) else wish
            raise BadFault(f"There is no fault {name!r}. There are: {', '.join(KINDS)}.")
        kind = KINDS[wish["fault"]]
        unknown = set(wish) - _COMMON - set(kind.parameters)
        if unknown:
            raise BadFault(f"{kind.name} has no parameter {', '.join(sorted(unknown))}.")
        given = {**kind.parameters, **{name: wish[name] for name in kind.parameters if name in wish}}
        phase = given.pop("phase", None)
        try:
            return Fault(
                name=kind.name,
                match=str(wish.get("match", "*")),
                probability=float(wish.get("probability", 1)),
                times=None if wish.get("times") is None else int(wish["times"]),
                phase=phase,
                parameters=given,
                stream=random.Random(f"{self.seed}:{number}:{kind.name}"),  # noqa: S311 repeatable
            )
        except (TypeError, ValueError) as exc:
            raise BadFault(f"{kind.name}: {exc}") from exc
