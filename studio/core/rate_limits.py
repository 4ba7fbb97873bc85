"""How often somebody may do what costs the studio something, counted in the cache.

The numbers are far above what hands can do; they stop a script that has run away, or a guesser.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django_ratelimit.core import get_usage

TOO_OFTEN = "That was very often within a minute. Nothing was lost: wait a little, then press again."
TOO_MANY_TRIES = "Too many tries from here within a minute. Wait a little, then try again."
TOO_MANY_MAILS = "That is a lot of mail within an hour. Wait a little, or copy the link instead."
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


def signed_in_too_often(client: str) -> bool:
    """Count a try to sign in from this network address, whomever it names; whether it is one too many."""
    return _over("signins", "ip", settings.SIGNINS_PER_MINUTE, client=client or "0.0.0.0")  # noqa: S104


def knocked_too_often(client: str) -> bool:
    """Count a wrong password of a share link, or a guest's name, from this network address."""
    return _over("knocks", "ip", settings.SIGNINS_PER_MINUTE, client=client or "0.0.0.0")  # noqa: S104


def guessed_at_too_often(code: Any) -> bool:
    """Count somebody at the door of this share link; whether it is one too many, from wherever."""
    return _over("doors", str(code), 10 * settings.SIGNINS_PER_MINUTE)


def mailed_too_often(who: str) -> bool:
    """Count a mail that this person, or this address, has us send; whether it is one too many in an hour."""
    return _over("mails", who, settings.MAILS_PER_HOUR, unit="h")


def _over(what: str, who: str, most: int, *, client: str = "", unit: str = "m") -> bool:
    if not most:
        return False
    usage = get_usage(
        SimpleNamespace(META={"REMOTE_ADDR": client}),
        group=what,
        key=who if client else lambda _group, _request: who,
        rate=f"{most}/{unit}",
        increment=True,
    )
    return bool(usage and usage["should_limit"])
