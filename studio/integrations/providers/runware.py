"""Runware over HTTP. Their vocabulary stays here.

One URL takes arrays of task objects; every answer is read item by item, whatever the HTTP
status was (`protocols.md` 1.1 to 1.11).

Not used, by decision:

- `ttl`: a file is fetched as soon as it is there, and what they keep by default is longer than any pause of ours.
- `uploadEndpoint`: it needs an address of ours at which strangers may write files.
- `numberResults` above 1: each take has a task, a seed and a bill of its own, so that one that fails takes no other
  with it and is asked for, charged and ordered again by itself.
- Stills delivered synchronously: a request that waits for a minute can be lost with what it brings.
"""

from __future__ import annotations

import base64
import logging
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from studio.integrations.providers import bodies, fetching, wire
from studio.integrations.providers.base import (
    Accepted,
    Answer,
    Frame,
    Later,
    Missing,
    NoAnswer,
    NotConnected,
    Order,
    Outcome,
    Refused,
    Result,
    Unknown,
    UploadRefused,
)
from studio.integrations.providers.failures import FailureReason
from studio.integrations.providers.wire import Said, Task

logger = logging.getLogger(__name__)

# How long until the same order is sent again, by why it was not taken; seconds.
_PATIENCE = {
    FailureReason.RATE: 15.0,
    FailureReason.RESERVED: 120.0,
    FailureReason.QUOTA: 120.0,
    FailureReason.AUTH: 300.0,
}
_SHORTEST_KEY = 8  # characters; a shorter one would blot out ordinary words
_BUSY_STATUS = {
    429: FailureReason.RATE,
    402: FailureReason.QUOTA,
    401: FailureReason.AUTH,
    403: FailureReason.AUTH,
}
_NO_SUCH_ADDRESS = {404, 405, 410}
# With a 5xx these tell of the server, or of something in between, and prove nothing about a task.
# Who refuses so has passed the task on: it may have been charged, unless they say otherwise.
_SEEN_FURTHER_ON = {FailureReason.SAFETY, FailureReason.PROVIDER, FailureReason.TIMEOUT}
_DOUBTFUL = {FailureReason.TIMEOUT, FailureReason.PROVIDER, FailureReason.UNKNOWN}


@dataclass(frozen=True)
class Account:
    """What the account task says. `balance` in USD does not show what running tasks reserve."""

    name: str
    balance: Decimal | None
    used_ever: Decimal | None = None  # since it was opened
    used_lately: Decimal | None = None  # in the last thirty days


class Runware:
    """A client for Runware, or for a sandbox that speaks as Runware does.

    Args:
        url: the one address of the API.
        key: the API key.
        result_hosts: hosts, with their subdomains, that results may be fetched from over HTTPS.
        origin: for a sandbox, the one origin that may also be fetched from over plain HTTP.
    """

    name = "runware"
    resends_safely = True  # a taskUUID is refused the second time

    def __init__(
        self,
        *,
        url: str,
        key: str,
        result_hosts: Sequence[str] = (),
        origin: str = "",
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = url
        self._key = key
        self._result_hosts = tuple(host.lower() for host in result_hosts)
        self._origin = origin
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {key}", "User-Agent": "rushes"},
            timeout=httpx.Timeout(timeout, connect=10.0),
            transport=transport,
            verify=fetching.trusted(),
            trust_env=not origin,  # a proxy has no business between us and a loopback sandbox
        )

    def close(self) -> None:
        self._http.close()

    def without_key(self, text: str) -> str:
        """The text, with our key blotted out should they have said it back."""
        return text.replace(self._key, "[…]") if len(self._key) >= _SHORTEST_KEY else text

    def post(self, tasks: Sequence[Task], *, dry_run: bool = False) -> Said:
        """Send tasks as they are; return the answer as it came.

        Args:
            dry_run: ask that they are checked and priced and not made. That they heed it is not proved.

        Raises:
            NotConnected: nothing was sent.
            NoAnswer: it may have arrived.
        """
        try:
            headers = {"X-Runware-Dry-Run": "1"} if dry_run else {}
            return Said.by(self._http.post(self.url, json=tasks, headers=headers))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.InvalidURL) as exc:
            raise NotConnected(type(exc).__name__) from exc
        except httpx.HTTPError as exc:
            raise NoAnswer(type(exc).__name__) from exc

    # --- orders ---------------------------------------------------------------------------

    def submit(self, orders: Sequence[Order]) -> dict[UUID, Answer]:
        """Post all orders in one array; return an answer for each, by code."""
        codes = [order.code for order in orders]
        try:
            said = self.post([self.task(order) for order in orders])
        except NotConnected:
            sentence = f"Its address: {urlsplit(self.url).hostname}."
            late = Later(15.0, "notConnected", FailureReason.SERVER, sentence)
            return dict.fromkeys(codes, late)
        except NoAnswer as exc:  # sent, at least in part
            return dict.fromkeys(codes, Unknown(str(exc)))
        return self.answers(codes, said)

    def task(self, order: Order) -> Task:
        """The task object of an order (`protocols.md` 2 to 4)."""
        task: Task = {
            "taskType": "imageInference" if order.still else "videoInference",
            "taskUUID": str(order.code),
            "model": order.model_id,
            "width": order.width,
            "height": order.height,
            "outputType": "URL",
            "outputFormat": order.format,
            "outputQuality": order.quality,
            "deliveryMethod": "async",
            "includeCost": True,
            "numberResults": 1,
            "providerSettings": {"runway": {"contentModeration": {"publicFigureThreshold": order.threshold}}},
            "safety": {"mode": order.safety},
        }
        if order.prompt:
            task["positivePrompt"] = order.prompt
        if order.seconds is not None:
            task["duration"] = order.seconds
        if order.seed is not None:
            task["seed"] = order.seed
        inputs = _inputs(order.frames)
        if inputs:
            task["inputs"] = inputs
        if order.webhook_url:
            task["webhookURL"] = order.webhook_url
        return task

    def answers(self, codes: Sequence[UUID], said: Said) -> dict[UUID, Answer]:
        """What was answered to each of the orders that were posted together."""
        found = said.items or bodies.Envelope()
        answers: dict[UUID, Answer] = {}
        for item in found.data:
            code = bodies.code_of(item)
            if code:
                told = bodies.outcome_of(item, failed=False)
                answers[code] = Accepted(outcome=told if isinstance(told, Result) else None)
        for item in found.errors:
            answer = _answer_to_error(item, said)
            code = bodies.code_of(item)
            # an error that names no task concerns the whole array
            for each in [code] if code else codes:
                answers.setdefault(each, answer)
        busy = None if answers else _by_status(said) or self._elsewhere(said)
        unsaid = busy or _unknown(said, f"HTTP {said.status}, not in the answer")
        return {code: answers.get(code, unsaid) for code in codes}

    def _elsewhere(self, said: Said) -> Later | None:
        """For the page of a server that knows nothing of such an address, and so has taken nothing."""
        if said.status not in _NO_SUCH_ADDRESS or not said.body.lstrip().startswith(b"<"):
            return None
        sentence = f"{said.status} is answered at {self.url}: RUNWARE_URL may be wrong."
        return Later(30.0, "wrongAddress", FailureReason.WRONG_ADDRESS, sentence)

    # --- questions ------------------------------------------------------------------------

    def ask(self, codes: Iterable[UUID]) -> list[Outcome]:
        """How these tasks stand, in one call; `Missing` for each that they do not know.

        One that could not be looked up just now is left out.

        Raises:
            NoAnswer: ask again later; it means nothing about the tasks.
        """
        wanted = list(codes)
        known, unsure = self.outcomes(wanted, self.post([wire.poll(code) for code in wanted]))
        if len(wanted) > 1 and unsure:  # of which of them it speaks is found out by asking about fewer
            middle = (len(unsure) + 1) // 2
            for part in filter(None, (unsure[:middle], unsure[middle:])):
                with suppress(NoAnswer):
                    known += self.ask(part)
        elif unsure and not known:
            raise NoAnswer("nothing was told of it")
        return known

    def outcomes(self, wanted: Sequence[UUID], said: Said) -> tuple[list[Outcome], list[UUID]]:
        """What an answer tells of the tasks that were asked about, and the tasks of which it may tell more.

        An error that names no task may be about any that it does not tell of.

        Raises:
            NoAnswer: it tells of the asking, not of the tasks.
        """
        body = _items(said)
        told = [bodies.outcome_of(item, failed=False) for item in body.data]
        told += [bodies.outcome_of(item, failed=True) for item in body.errors]
        ended = {outcome.code for outcome in told if isinstance(outcome, Result)}
        unanswered = {bodies.code_of(item) for item in body.errors if _is_of_the_asking(item)} - ended
        known = [outcome for outcome in told if outcome and outcome.code in {*wanted} - unanswered]
        silent = [code for code in wanted if code not in unanswered | {outcome.code for outcome in known}]
        strays = [item for item in body.errors if bodies.code_of(item) is None]
        busy = said.is_server_error or said.status in _BUSY_STATUS
        if not strays and busy and not any(told):
            raise NoAnswer(f"http{said.status}")
        if not strays:
            return known + [Missing(code) for code in silent], []
        if not known and (busy or any(_is_of_the_asking(item) for item in strays)):
            raise NoAnswer(strays[0].get("code", "error"))
        return known, silent

    def account(self) -> Account:
        """Whose account the key opens and what is left on it.

        Raises:
            NoAnswer: not reachable, or the key is not known.
        """
        body = _items(self.post([wire.account()]))
        if body.errors or not body.data:
            raise NoAnswer(_first_message(body))
        details = body.data[0]
        return Account(
            name=bodies.text(details.get("organizationName")),
            balance=bodies.balance_of(details),
            used_ever=bodies.used_of(details, "total"),
            used_lately=bodies.used_of(details, "last30Days"),
        )

    def upload(self, content: bytes, *, mime: str) -> str:
        """Store an image there; return its UUID, good until 30 days after its last use.

        Raises:
            NoAnswer: not reachable.
            UploadRefused: the provider does not take this image.
        """
        task = {
            "taskType": "mediaStorage",
            "taskUUID": str(uuid.uuid4()),
            "operation": "upload",
            "media": data_uri(content, mime=mime),
        }
        body = _items(self.post([task]))
        for item in body.data:
            if isinstance(item.get("mediaUUID"), str):
                return str(item["mediaUUID"])
        raise UploadRefused(_first_message(body))

    # --- callbacks and files --------------------------------------------------------------

    def read_webhook(self, body: bytes) -> list[Outcome]:
        """Every outcome a callback tells of, in any of its shapes (`protocols.md` 1.8).

        Raises:
            bodies.Unreadable: nothing can be made of it; ask instead.
        """
        return bodies.outcomes(body)

    def may_fetch(self, url: str) -> bool:
        """Whether a result may be fetched from here: our list of hosts over HTTPS, or the sandbox."""
        try:
            parts = urlsplit(url)
            port, host = parts.port, (parts.hostname or "").lower()
        except ValueError:
            return False
        if parts.username or parts.password:
            return False
        if self._origin:
            return f"{parts.scheme}://{parts.netloc}" == self._origin
        listed = any(host == name or host.endswith(f".{name}") for name in self._result_hosts)
        return parts.scheme == "https" and port in (None, 443) and listed

    def fetch(
        self,
        url: str,
        file: IO[bytes],
        *,
        limit: int,
        seconds: float,
        visit: Callable[[str], None] = lambda url: None,
    ) -> fetching.Fetched:
        """Bring a result home. Only the sandbox, which runs beside us, may be at a private address.

        Args:
            visit: told every address on the way, once it is allowed.

        Raises:
            fetching.NotListed: on a host that is not on our list.
            fetching.Unfetched: not this time; the message says why.
        """
        if url.lstrip()[:5].lower() == "data:":  # the file itself came in the answer
            return fetching.decode(url, file, limit=limit)
        try:
            read = str(httpx.URL(url.strip()))  # what is checked is what will be called
        except httpx.InvalidURL as exc:
            raise fetching.Unfetched("What was given for the file is no address.") from exc
        self._check(read)

        def check(address: str) -> None:
            self._check(address)
            visit(address)

        beside_us = httpx.HTTPTransport(verify=fetching.trusted()) if self._origin else None
        return fetching.download(read, file, limit=limit, seconds=seconds, transport=beside_us, check=check)

    def _check(self, url: str) -> None:
        """Raise for an address of a result, or of where it leads, that may not be fetched from."""
        if self.may_fetch(url):
            return
        read = httpx.URL(url)
        if (
            read.scheme == "https"
            and read.port is None
            and read.host
            and not read.userinfo
            and not self._origin
        ):
            raise fetching.NotListed(read.host.lower())
        raise fetching.Unfetched("The file is at an address that is not fetched from.")


def _inputs(frames: Sequence[Frame]) -> dict[str, Any]:
    """A first frame with its place; references as strings alone, nested (`protocols.md` 4, quirks 1 and 4)."""
    firsts = [frame for frame in frames if frame.position != "reference"]
    references = [frame.image for frame in frames if frame.position == "reference"]
    inputs: dict[str, Any] = {}
    if firsts:
        inputs["frameImages"] = [{"image": frame.image, "frame": frame.position} for frame in firsts]
    if references:
        inputs["referenceImages"] = references
    return inputs


def data_uri(content: bytes, *, mime: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def _answer_to_error(item: dict[str, Any], said: Said) -> Answer:
    code = bodies.code_of(item)
    error = bodies.failure(code or UUID(int=0), item)
    if error.reason is FailureReason.CONFLICT:
        return Accepted()  # the proof that the first one was taken (`protocols.md` 1.6)
    if said.status == 403 and code is not None and _is_about_model(item):
        return Refused("modelNotOpen", FailureReason.MODEL, error.message, error.error)
    if error.reason in _PATIENCE:
        seconds = said.retry_after or _PATIENCE[error.reason]
        return Later(seconds, error.error, error.reason, error.message)
    if error.reason is FailureReason.SERVER or (said.is_server_error and error.reason in _DOUBTFUL):
        return _unknown(said, error.error)
    busy = _by_status(said)
    if error.reason is FailureReason.UNKNOWN and busy:
        return busy
    about = bodies.parameter_of(item)
    may_cost = error.reason in _SEEN_FURTHER_ON or bodies.speaks_of_money(error.message)
    return Refused(error.error, error.reason, error.message, about, error.cost, may_cost=may_cost)


def _is_about_model(item: dict[str, Any]) -> bool:
    """Whether a refusal concerns the model of its task, and not whoever asks."""
    return "model" in bodies.parameter_of(item).lower() or bodies.text(item.get("code")).lower().startswith(
        "model"
    )


def _by_status(said: Said) -> Later | None:
    """A refusal that only the status tells, from a body nobody can read.

    A 5xx, perhaps from something in between, says nothing about whether the task was taken.
    """
    reason = _BUSY_STATUS.get(said.status)
    if reason is None:
        return None
    seconds = said.retry_after or _PATIENCE[reason]
    return Later(seconds, f"http{said.status}", reason, said.reason)


def _is_of_the_asking(item: dict[str, Any]) -> bool:
    """Whether a server's error is about this poll: a task that failed carries a status (`protocols.md` 1.7)."""
    server = bodies.failure(UUID(int=0), item).reason is FailureReason.SERVER
    return server and item.get("status") != "error"


def _unknown(said: Said, detail: str) -> Unknown:
    return Unknown(detail, max(said.retry_after or 0.0, Unknown.seconds))


def _items(said: Said) -> bodies.Envelope:
    if said.items is None:
        raise NoAnswer("Unreadable")
    return said.items


def _first_message(body: bodies.Envelope) -> str:
    for item in body.errors:
        return str(item.get("message") or item.get("code") or "refused")
    return "empty answer"
