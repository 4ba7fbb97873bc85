"""The line to the provider, which remembers what every answer's headers tell of limits."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from studio.integrations.providers import Runware, probes, wire
from studio.integrations.providers.base import NoAnswer, Outcome
from studio.integrations.providers.probes import AccountSeen
from studio.integrations.providers.wire import Said, Task


class Line:
    def __init__(self, client: Runware) -> None:
        self.client = client
        self.answers = 0
        self.limits: dict[str, str] = {}  # the newest value of each header

    def post(self, tasks: Sequence[Task], *, dry_run: bool = False) -> Said:
        """As `Runware.post` does it."""
        said = self.client.post(tasks, dry_run=dry_run)
        self.answers += 1
        self.limits |= probes.limit_headers(said)
        return said

    def ask(self, codes: Sequence[UUID]) -> list[Outcome]:
        """As `Runware.ask` does it."""
        known, _unsure = self.client.outcomes(codes, self.post([wire.poll(code) for code in codes]))
        return known

    def account(self) -> AccountSeen | None:
        """What is left now; None where they do not say."""
        try:
            return probes.account_seen(self.post([wire.account()]))
        except NoAnswer:
            return None
