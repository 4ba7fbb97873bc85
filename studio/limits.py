"""How often somebody may do what costs the studio something, counted per minute in the cache.

The numbers are far above what hands can do; they stop a script that has run away, or a guesser.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django_ratelimit.core import get_usage

TOO_OFTEN = "That was very often within a minute. Nothing was lost: wait a little, then press again."
TOO_MANY_PICTURES = "Those were very many pictures within a minute. Wait a little, then send this one again."


def pressed_too_often(user: Any) -> bool:
    """Count a press of Render by this person; whether it is one too many."""
    return _over("presses", str(user.pk), settings.PRESSES_PER_MINUTE)


def uploaded_too_often(user: Any) -> bool:
    """Count a picture sent by this person; whether it is one too many."""
    return _over("uploads", str(user.pk), settings.UPLOADS_PER_MINUTE)


def guessed_too_often(client: str) -> bool:
    """Count a wrong token from this network address (a whole /64 of IPv6); whether it is one too many."""
    return _over("guesses", "ip", settings.WRONG_TOKENS_PER_MINUTE, client=client or "0.0.0.0")  # noqa: S104


def _over(what: str, who: str, per_minute: int, *, client: str = "") -> bool:
    if not per_minute:
        return False
    usage = get_usage(
        SimpleNamespace(META={"REMOTE_ADDR": client}),
        group=what,
        key=who if client else lambda _group, _request: who,
        rate=f"{per_minute}/m",
        increment=True,
    )
    return bool(usage and usage["should_limit"])
