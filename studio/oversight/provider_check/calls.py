"""The callbacks about a job, as evidence."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from studio.integrations.providers import bodies, probes
from studio.integrations.providers.base import Outcome
from studio.oversight.provider_check.models import Callback


@dataclass(frozen=True)
class Calls:
    calls: list[Callback]

    @classmethod
    def about(cls, code: UUID) -> Calls:
        return cls(list(Callback.objects.filter(code=code)))

    @property
    def shapes(self) -> list[str]:
        """How the bodies were built, each shape once."""
        return list(dict.fromkeys(str(probes.shape_of(bytes(call.body))) for call in self.calls))

    @property
    def attempts(self) -> str:
        """What was answered to each and when it came: "503, 204 after 0.26 s"."""
        told = [str(call.answered) for call in self.calls[:1]]
        for before, call in zip(self.calls, self.calls[1:], strict=False):
            told.append(f"{call.answered} after {(call.at - before.at).total_seconds():.2f} s")
        return ", ".join(told)

    @property
    def callers(self) -> list[str]:
        """The headers they came with, each kind once."""
        told = [
            ", ".join(f"{name} {value}" for name, value in sorted(call.headers.items()))
            for call in self.calls
        ]
        return list(dict.fromkeys(told))

    def __str__(self) -> str:
        if not self.calls:
            return "no callback"
        return f"callbacks: {', '.join(self.shapes)}; answered {self.attempts}; {', '.join(self.callers)}"

    def facts(self) -> dict[str, object]:
        return {
            "count": len(self.calls),
            "shapes": self.shapes,
            "attempts": self.attempts,
            "headers": self.callers,
        }

    def outcomes(self, code: UUID) -> list[Outcome]:
        """What they tell of the job."""
        told: list[Outcome] = []
        for call in self.calls:
            try:
                told += bodies.outcomes(bytes(call.body))
            except bodies.Unreadable:
                continue
        return [outcome for outcome in told if outcome.code == code]
