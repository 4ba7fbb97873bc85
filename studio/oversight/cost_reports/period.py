"""Which money a costs page is about: the days and the filters, as the address holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.utils import timezone

from studio.integrations import catalogue
from studio.people.accounts.models import User

RANGES = {
    "1w": ("1 week", 7),
    "4w": ("4 weeks", 28),
    "12w": ("12 weeks", 84),
    "1y": ("1 year", 365),
    "all": ("all", 0),
}
USUAL = "4w"
GROUPS = ("shot", "scene", "person", "model", "reason")
NOBODY = 0


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included, and what of them counts. `first` is None for all there is."""

    sandbox: bool
    first: date | None
    last: date
    named: str = ""  # "4w", where it is a usual one
    model: str = ""
    person: User | None = None
    scene: str | None = None
    by: str = "shot"
    problem: str = ""  # with the days that were typed
    other: bool = False  # it is about the kind of money that takes are not bought with now

    @property
    def label(self) -> str:
        if self.named:
            return RANGES[self.named][0]
        return (
            f"{self.first:%b %-d, %Y} to {self.last:%b %-d, %Y}"
            if self.first
            else f"until {self.last:%b %-d, %Y}"
        )

    @property
    def start(self) -> datetime | None:
        """The moment it begins where the studio is, on days that are 23 or 25 hours long too."""
        return None if self.first is None else _midnight(self.first)

    @property
    def end(self) -> datetime:
        """The moment after it."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def is_filtered(self) -> bool:
        return bool(self.model or self.person or self.scene is not None)

    @property
    def query(self) -> str:
        """It as a query string; "" for the usual."""
        return self.address()

    def address(self, **other: str | None) -> str:
        """The query string with some of it changed: `address(by="scene")`; None leaves a part out."""
        words: dict[str, str | None] = {
            "range": self.named if self.named != USUAL else "",
            "from": "" if self.named or self.first is None else self.first.isoformat(),
            "to": "" if self.named else self.last.isoformat(),
            "model": self.model,
            "person": str(self.person.code) if self.person else "",
            "by": self.by if self.by != "shot" else "",
            "money": _money(self.sandbox) if self.other else "",
        }
        scene = other.pop("scene", self.scene)
        words = {name: value for name, value in {**words, **other}.items() if value}
        if scene is not None:  # "" is a scene too: that of shots without one
            words["scene"] = scene
        return f"?{urlencode(words)}" if words else "?"

    def on(self, day: date, last: date | None = None) -> Period:
        """The same of one day, or of a few."""
        return replace(self, first=day, last=last or day, named="")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _money(sandbox: bool) -> str:
    return "sandbox" if sandbox else "real"


def read(sent: Mapping[str, str], *, sandbox: bool) -> Period:
    """Read a period from an address; nonsense is left out, and days in the wrong order are told.

    Args:
        sandbox: the kind of money it is about, where the address does not say.
    """
    today = timezone.localdate()
    asked = sent.get("money")
    about = asked == "sandbox" if asked in ("real", "sandbox") else sandbox
    known: dict[str, Any] = {
        "sandbox": about,
        "other": about != sandbox,
        "model": sent.get("model", "")
        if sent.get("model") in {model.key for model in catalogue.MODELS}
        else "",
        "person": _person(sent.get("person", "")),
        "scene": sent["scene"].replace("\x00", "")[:80] if "scene" in sent else None,
        "by": sent.get("by", "") if sent.get("by") in GROUPS else "shot",
    }
    first, problem = _day(sent.get("from", ""))
    last, other = _day(sent.get("to", ""))
    problem = problem or other
    if first and first > (last or today):
        problem = "The first day comes after the last."
    if (first or last) and not problem:
        return Period(first=first, last=last or today, **known)
    named = sent.get("range", "") if sent.get("range") in RANGES else USUAL
    days = RANGES[named][1]
    begins = today - timedelta(days=days - 1) if days else None
    return Period(first=begins, last=today, named=named, problem=problem, **known)


def _day(text: str) -> tuple[date | None, str]:
    """The day written here, and what is wrong with it."""
    if not text:
        return None, ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, "Give days as 2026-11-26."
    if not 2000 <= day.year <= 2200:
        return None, "Give a day of this century."
    return day, ""


def _person(text: str) -> User | None:
    try:
        return User.objects.filter(code=UUID(text)).first()
    except ValueError:
        return None
