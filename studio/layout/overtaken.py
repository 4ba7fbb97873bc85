"""Words of two people for one field, side by side, for whoever came second to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from studio.core import money
from studio.core.versions import Overtaken, Versioned
from studio.people.accounts.models import User

YOU = "You, in another tab,"


class Choice(NamedTuple):
    """A field that somebody changed meanwhile: what stands there now, and what was to be written."""

    name: str
    label: str  # in the middle of a sentence
    who: str
    at: datetime | None
    theirs: str
    mine: str


def choices(exc: Overtaken, *, reader: User, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What `layout/_overtaken.html` shows.

    Args:
        reader: whose words came second.
        labels: by field; the field's own name where it has none.
    """
    names = people({each.by for each in exc.theirs.values()}, reader=reader)
    return {
        "version": exc.version,
        "choices": [
            Choice(
                name=name,
                label=(labels or {}).get(name, name),
                who=names[each.by],
                at=parse_datetime(each.at),
                theirs=_typed(each.text),
                mine=_typed(exc.mine[name]),
            )
            for name, each in exc.theirs.items()
        ],
    }


def words(row: Versioned, names: Iterable[str], *, reader: User, **more: str) -> JsonResponse:
    """The words of a row as they are now: {version, fields: {name: {text, who, version, page}}}, and more."""
    called = people({entry["by"] for entry in row.written.values()}, reader=reader)
    fields = {}
    for name in names:
        last = row.written.get(name, {})
        fields[name] = {
            "text": _typed(getattr(row, name)),
            "who": called.get(last.get("by"), ""),
            "version": last.get("version", 0),
            "page": last.get("page", ""),
        }
    answer = JsonResponse({"version": row.version, "fields": fields, **more})
    answer["Cache-Control"] = "no-store"
    return answer


def _typed(value: Any) -> str:
    """A value as its field holds it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%dT%H:%M}"
    return money.plain(value) if isinstance(value, Decimal) else str(value)


def people(keys: set[int | None], *, reader: User) -> dict[int | None, str]:
    """How each of these people is called at the beginning of a sentence."""
    found: dict[int | None, str] = {
        user.pk: user.short_name for user in User.objects.filter(pk__in=[key for key in keys if key])
    }
    return {key: YOU if key == reader.pk else found.get(key, "Somebody") for key in keys}
