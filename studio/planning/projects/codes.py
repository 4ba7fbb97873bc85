"""What a shot's code may be, and which shot is meant when somebody wrote a code elsewhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from studio.planning.projects.models import Shot

LEGAL = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
LONGEST: int = Shot._meta.get_field("code").max_length or 0
EXPLAINED = "A code is letters, digits, dots and dashes, like 010 or A-12."


def problem(code: str) -> str:
    """Why this cannot be a shot's code, for the person who wrote it; empty when it can."""
    if not LEGAL.match(code):
        return EXPLAINED
    return f"A code has at most {LONGEST} characters." if len(code) > LONGEST else ""


def number(code: str) -> str:
    """The code as a number without leading zeros, "10" for "010"; empty when it is no number."""
    return (code.lstrip("0") or "0") if code.isascii() and code.isdigit() else ""


class Known:
    """The codes there are, found whatever the case and however many zeros a number begins with.

    Spreadsheets and cameras drop those zeros or add some.
    """

    def __init__(self, codes: Iterable[str]) -> None:
        self._exact = {code.casefold(): code for code in codes if code}
        self._numbers: dict[str, list[str]] = defaultdict(list)
        for code in self._exact.values():
            if number(code):
                self._numbers[number(code)].append(code)
        self.longest = max(map(len, self._exact), default=0)

    def exactly(self, code: str) -> str | None:
        """The code that differs by case at most."""
        return self._exact.get(code.casefold())

    def of_number(self, code: str) -> list[str]:
        """The codes that are the same number; more than one is for a person to decide."""
        return sorted(self._numbers.get(number(code), ())) if number(code) else []
