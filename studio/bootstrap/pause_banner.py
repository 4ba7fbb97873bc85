"""What every page says of a studio that stands still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string

from studio.core.release import derived
from studio.runtime.jobs import pause as pauses

KEPT = "bootstrap:pause"
SECONDS = 5  # so long a page may still say it after another process has confirmed
_NONE: tuple[()] = ()


def draw(context: Mapping[str, Any]) -> str:
    """The banner, for whoever is signed in; guests of a link and strangers do not learn of it."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return ""
    pause = derived.get_or_set(KEPT, _current, SECONDS)
    return render_to_string("bootstrap/_pause.html", {"pause": pause}, request=request) if pause else ""


def forget() -> None:
    """Have the next page of this process look again."""
    derived.delete(KEPT)


def _current() -> Any:
    return pauses.current() or _NONE
