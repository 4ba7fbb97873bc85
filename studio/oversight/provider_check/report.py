"""What a check found, for people and for scripts: never a key, a token or a whole address."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from studio.core import log_redaction
from studio.core.money import ZERO, dollars, plain

POINTS = {
    "key": "The key",
    "balance": "The balance",
    "usage": "Usage figures",
    "address": "Our address, called from outside",
    "dry run": "A header that has a task checked and priced, and not made",
    "inputs": "Images by UUID, references with tags, 21:9 frames, frames without a prompt: by dry run",
    "polls": "Several polls in one array",
    "files": "Where results lie: hosts, redirects, a provenance manifest",
    "11.1": "Callbacks: their shape, whether they carry a status, whether they are repeated",
    "11.2": "HTTP status of arrays with invalid tasks",
    "11.3": "How long results are remembered, and UUIDs stay taken",
    "11.4": "getResponse of an unknown UUID",
    "11.5": "Whether failed and moderated tasks are charged",
    "11.6": "Prices of Gen-4 Image below 1080p, and of Gen-4.5 with its surcharge",
    "11.7": "The size when none is asked for",
    "11.8": "Gen-4.5 from a frame without a prompt",
    "11.9": "Limits on arrays and bodies; Retry-After",
    "11.10": "The unit of 1000 characters",
}
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{0,30}://\S+", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """What was seen about one point, or why nothing was asked."""

    point: str
    seen: str
    evidence: str = ""
    asked: bool = True

    def __str__(self) -> str:
        words = self.seen if self.asked else f"not asked: {self.seen}"
        return f"{words} ({self.evidence})" if self.evidence else words


@dataclass
class Report:
    """Findings as they come in.

    Args:
        hide: blots out what must not be read here, beside the studio's own secrets.
    """

    sandbox: bool
    limit: Decimal
    hide: Callable[[str], str] = str
    begun: datetime = field(default_factory=timezone.localtime)
    spent: Decimal = ZERO
    findings: list[Finding] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)

    def saw(self, point: str, seen: str, evidence: str = "") -> None:
        self.findings.append(Finding(point, self._discreet(seen), self._discreet(evidence)))

    def not_asked(self, point: str, why: str) -> None:
        self.findings.append(Finding(point, self._discreet(why), asked=False))

    def problem(self, sentence: str) -> None:
        """Something that has to work does not."""
        self.problems.append(self._discreet(sentence))

    def job(self, words: str, **facts: Any) -> None:
        """How one paid task went."""
        self.jobs.append(self._all_discreet({"words": words, **facts}))

    def fill(self, why: str) -> None:
        """Say of every point that nobody came to why not."""
        known = {finding.point for finding in self.findings}
        for point in POINTS:
            if point not in known:
                self.not_asked(point, why)

    @property
    def ok(self) -> bool:
        return not self.problems

    def text(self) -> str:
        purse = "the sandbox, no real money" if self.sandbox else "real money"
        lines = [
            f"# Provider check, {self.begun:%Y-%m-%d %H:%M %Z}",
            "",
            f"Against {purse}: allowed {dollars(self.limit, places=4)}, spent {dollars(self.spent, places=4)}.",
            *[f"**Does not work:** {sentence}" for sentence in self.problems],
            *(["What has to work does."] if self.ok else []),
            "",
            *[f"- **{point}** {title}: {self._seen(point)}" for point, title in POINTS.items()],
        ]
        if self.jobs:
            lines += ["", "## Tasks", "", *[f"- {job['words']}" for job in self.jobs]]
        return "\n".join(lines) + "\n"

    def _seen(self, point: str) -> str:
        mine = [finding for finding in self.findings if finding.point == point]
        return "; ".join(str(finding) for finding in sorted(mine, key=lambda finding: not finding.asked))

    def facts(self) -> dict[str, Any]:
        """The same for a script; amounts are texts, so that they keep their digits."""
        return {
            "ok": self.ok,
            "at": self.begun.isoformat(timespec="seconds"),
            "sandbox": self.sandbox,
            "limit": plain(self.limit),
            "spent": plain(self.spent),
            "problems": self.problems,
            "findings": [asdict(finding) for finding in self.findings],
            "jobs": self.jobs,
        }

    def _all_discreet(self, thing: Any) -> Any:
        if isinstance(thing, dict):
            return {name: self._all_discreet(value) for name, value in thing.items()}
        if isinstance(thing, list):
            return [self._all_discreet(value) for value in thing]
        return self._discreet(thing) if isinstance(thing, str) else thing

    def _discreet(self, text: str) -> str:
        return _ADDRESS.sub("[an address]", log_redaction.scrubbed(self.hide(text)))
