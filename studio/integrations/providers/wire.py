"""Plain tasks of Runware's, and an answer as it came: status, headers and body beside what was read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import httpx

from studio.integrations.providers import bodies

Task = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What was answered to one POST."""

    status: int
    headers: Mapping[str, str]  # by names in lower case
    body: bytes
    reason: str = ""  # the status in words

    @classmethod
    def by(cls, response: httpx.Response) -> Said:
        return cls(response.status_code, dict(response.headers), response.content, response.reason_phrase)

    @cached_property
    def items(self) -> bodies.Envelope | None:
        """The items of the body; None where it cannot be read."""
        try:
            return bodies.envelope(bodies.parse(self.body))
        except bodies.Unreadable:
            return None

    @property
    def is_server_error(self) -> bool:
        return 500 <= self.status <= 599

    @property
    def retry_after(self) -> float | None:
        """For how long to leave them alone, in seconds, where they say so."""
        value = self.headers.get("retry-after", "")
        return min(float(value), 3600.0) if value.isascii() and value.isdigit() else None


def poll(code: UUID) -> Task:
    """Ask how a task stands."""
    return {"taskType": "getResponse", "taskUUID": str(code)}


def account() -> Task:
    """Ask whose key it is and what is left."""
    return {"taskType": "accountManagement", "taskUUID": str(uuid.uuid4()), "operation": "getDetails"}
