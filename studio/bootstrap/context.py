"""What every page says of a studio that stands still."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest

from studio.jobs import pause as pauses

KEPT = "bootstrap:pause"
SECONDS = 5  # so long a page may still say it after another process has confirmed
_NONE: tuple[()] = ()


def pause(request: HttpRequest) -> dict[str, Any]:
    """The pause, for whoever is signed in; guests of a link and strangers do not learn of it."""
    if not request.user.is_authenticated:
        return {"pause": None}
    return {"pause": partial(cache.get_or_set, KEPT, _current, SECONDS)}


def forget() -> None:
    """Have the next page of this process look again."""
    cache.delete(KEPT)


def _current() -> Any:
    return pauses.current() or _NONE
