"""Rows that several people write: each has a version, and no words are replaced that their replacer has not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone

from studio.core import paging

SHORT = ("code", "scene", "title", "name", "look")  # words without a history of their own
LONGEST_PAGE = 40  # characters of the name a page gave itself


class Versioned(models.Model):
    """A row with a version, which grows with every change of what people wrote in it."""

    version = models.PositiveIntegerField(default=0)
    # by field: who changed it last and from which page, see `_entry`
    written = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    @property
    def row_name(self) -> str:
        """What pages call it: "shot-12"."""
        return f"{self._meta.model_name}-{self.pk}"


@dataclass(frozen=True)
class Basis:
    """What a page stands on when it sends words.

    Args:
        version: of the row, as the page shows it; None where the request does not say: it then stands on
            what its sender, or nobody in person, wrote last.
        page: the name the page gave itself; what one page sends is never in its own way.
        turn: the how manyth time the page sends something; an earlier turn never replaces a later one.
    """

    version: int | None = None
    page: str = ""
    turn: int = 0

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> Basis:
        """The basis a form carries in its fields `version`, `page` and `turn`; of nonsense, none."""
        page = sent.get("page", "")
        return cls(
            version=paging.number(sent.get("version", "")),
            page=page if page.isprintable() and len(page) <= LONGEST_PAGE else "",
            turn=paging.number(sent.get("turn", "")) or 0,
        )


@dataclass(frozen=True)
class Theirs:
    """A field as somebody else left it."""

    text: Any
    by: int | None  # the key of the person
    at: str  # ISO 8601


class Overtaken(Exception):
    """Fields were changed by somebody else after they were shown; nothing is written.

    Args:
        version: of the row as it is now.
        theirs: those fields.
        mine: what was to be written there.
    """

    def __init__(self, version: int, theirs: dict[str, Theirs], mine: dict[str, Any]) -> None:
        super().__init__(f"overtaken in {', '.join(sorted(theirs))}")
        self.version, self.theirs, self.mine = version, theirs, mine


def write(
    row: Versioned, wanted: Mapping[str, Any], *, basis: Basis | None, by: int | None
) -> dict[str, Any]:
    """Change fields of a row in one conditional update. Returns what they were before, by field.

    The row is read anew first: what has this value already, or was sent by this page later, is left alone.

    Args:
        basis: None for what was not written on a page, and so stands on the row as it is.
        by: the key of the person.

    Raises:
        Overtaken: somebody else changed one of the fields after it was shown.
    """
    rows: models.QuerySet[Any] = row._meta.model._base_manager.filter(
        pk=row.pk
    )  # a lazy row has no type of its own
    while True:
        now = rows.get()
        fields = settled(now, wanted, basis=basis, by=by)
        was = {name: getattr(now, name) for name in fields}
        version = now.version + 1 if fields else now.version
        written = {**now.written, **{name: _entry(version, basis, by) for name in fields}}
        mine = rows.filter(version=now.version)
        if not fields or mine.update(**fields, version=version, written=written):
            for name, value in {**fields, "version": version, "written": written}.items():
                setattr(row, name, value)
            return was


def replaced(was: Mapping[str, Any]) -> dict[str, Any]:
    """What an event keeps of words that are others now: without a history of their own they are found there."""
    told = {name: text for name, text in was.items() if name in SHORT and text}
    return {"replaced": told} if told else {}


def replaced_in(many: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The same of many rows, by what each is called: "010: Kite, 020: Sea"."""
    told: dict[str, list[str]] = {}
    for called, was in many.items():
        for name, text in replaced(was).get("replaced", {}).items():
            told.setdefault(name, []).append(f"{called}: {text}")
    return {"replaced": {name: ", ".join(texts) for name, texts in told.items()}} if told else {}


def put(row: Versioned, wanted: Mapping[str, Any], *, by: int | None) -> dict[str, Any]:
    """Set fields of a row that is read under a lock and saved with many others, its version with them.

    Returns what they were before, by field.
    """
    fields = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    was = {name: getattr(row, name) for name in fields}
    if fields:
        row.version += 1
        row.written = {**row.written, **{name: _entry(row.version, None, by) for name in fields}}
    for name, value in fields.items():
        setattr(row, name, value)
    return was


def settled(
    now: Versioned, wanted: Mapping[str, Any], *, basis: Basis | None, by: int | None
) -> dict[str, Any]:
    """Of these fields those that are to be written.

    Raises:
        Overtaken: as `write` does.
    """
    fields = {name: value for name, value in wanted.items() if getattr(now, name) != value}
    if basis is None:
        return fields
    last = {name: now.written[name] for name in fields if name in now.written}
    own = {name for name, entry in last.items() if basis.page and entry["page"] == basis.page}
    late = {name for name in own if last[name]["turn"] > basis.turn}
    over = {name for name in last.keys() - own if not _seen(last[name], basis, by)}
    if over:
        theirs = {name: Theirs(getattr(now, name), last[name]["by"], last[name]["at"]) for name in over}
        raise Overtaken(now.version, theirs, {name: fields[name] for name in over})
    return {name: value for name, value in fields.items() if name not in late}


def _seen(entry: Mapping[str, Any], basis: Basis, by: int | None) -> bool:
    """Whether a page that stands on this knew of a change."""
    if basis.version is None:
        return entry["by"] in (by, None)
    return int(entry["version"]) <= basis.version


def _entry(version: int, basis: Basis | None, by: int | None) -> dict[str, Any]:
    page, turn = (basis.page, basis.turn) if basis else ("", 0)
    return {"version": version, "by": by, "page": page, "turn": turn, "at": timezone.now().isoformat()}
