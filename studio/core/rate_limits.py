"""How often somebody may do what costs the studio something, counted in the cache.

The numbers are far above what hands can do; they stop a script that has run away, or a guesser.
"""

from __future__ import annotations

import logging
import time
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django_ratelimit.core import get_usage

logger = logging.getLogger(__name__)

TOO_OFTEN = "That was very often within a minute. Nothing was lost: wait a little, then press again."
TOO_MANY_TRIES = "Too many tries from here within a minute. Wait a little, then try again."
TOO_MANY_GUESSES = (
    "Very many wrong passwords came for this account within an hour. Sign in from a browser that you have used"
    " before, set a new password below, or ask whoever runs the studio for a sign-in link."
)
TOO_MANY_CODES = (
    "Very many wrong codes came for this account. Wait an hour, sign in from a browser that you have used before,"
    " or ask whoever runs the studio."
)
TOO_MANY_MAILS = "That is a lot of mail within an hour. Wait a little, or copy the link instead."
TOO_MANY_PICTURES = "Those were very many pictures within a minute. Wait a little, then send this one again."


def pressed_too_often(user: Any) -> bool:
    """Count a press of Render by this person; whether it is one too many."""
    return _over("presses", str(user.pk), settings.PRESSES_PER_MINUTE)


def uploaded_too_often(user: Any) -> bool:
    """Count a picture sent by this person; whether it is one too many."""
    return _over("uploads", str(user.pk), settings.UPLOADS_PER_MINUTE)


def noted_too_often(who: str, points: int) -> bool:
    """Count a note, and the points that are drawn in it; whether either is too much for a minute."""
    often = _over("notes", who, settings.NOTES_PER_MINUTE)
    return often or _sum_over("points", who, points, settings.POINTS_PER_MINUTE)


def judged_too_often(who: str) -> bool:
    """Count a verdict; whether it is one too many for a minute."""
    return _over("verdicts", who, settings.VERDICTS_PER_MINUTE)


def guessed_too_often(client: str) -> bool:
    """Count a wrong token from this network address (a whole /64 of IPv6); whether it is one too many."""
    return _over("guesses", "ip", settings.WRONG_TOKENS_PER_MINUTE, client=client or "0.0.0.0")  # noqa: S104


def signed_in_too_often(client: str) -> bool:
    """Count a try to sign in from this network address, whomever it names; whether it is one too many."""
    return _over("signins", "ip", settings.SIGNINS_PER_MINUTE, client=client or "0.0.0.0")  # noqa: S104


def guessed_at_account_too_often(email: str) -> bool:
    """Whether this hour has brought too many wrong passwords for an account, from wherever; it counts nothing."""
    return _over("accounts", email, settings.GUESSES_PER_HOUR, unit="h", count=False)


def count_guess_at_account(email: str) -> None:
    """Count a wrong password for an account, whether there is one or not."""
    _over("accounts", email, settings.GUESSES_PER_HOUR, unit="h")


def guesses_of_browser(browser: str) -> bool:
    """Whether too many wrong passwords came from this known browser within the hour; it counts nothing."""
    return _over("browsers", browser, settings.GUESSES_PER_HOUR, unit="h", count=False)


def count_guess_of_browser(browser: str) -> bool:
    """Count a wrong password, or a code that is tried, from a browser that is known; whether it is one too many."""
    return _over("browsers", browser, settings.GUESSES_PER_HOUR, unit="h")


def knocked_too_often(client: str) -> bool:
    """Count a wrong password of a share link, or a guest's name, from this network address."""
    return _over("knocks", "ip", settings.SIGNINS_PER_MINUTE, client=client or "0.0.0.0")  # noqa: S104


def guessed_at_too_often(code: Any) -> bool:
    """Count somebody at the door of this share link; whether it is one too many, from wherever."""
    return _over("doors", str(code), 10 * settings.SIGNINS_PER_MINUTE)


def mailed_too_often(who: str) -> bool:
    """Count a mail that this person, or this address, has us send; whether it is one too many in an hour."""
    return _over("mails", who, settings.MAILS_PER_HOUR, unit="h")


def _over(what: str, who: str, most: int, *, client: str = "", unit: str = "m", count: bool = True) -> bool:
    if not most:
        return False
    usage = get_usage(
        SimpleNamespace(META={"REMOTE_ADDR": client}),
        group=what,
        key=who if client else lambda _group, _request: who,
        rate=f"{most}/{unit}",
        increment=count,
    )
    return bool(usage and usage["count"] >= most + count)


def _sum_over(what: str, who: str, amount: int, most: int) -> bool:
    """Add an amount to what somebody has had in this minute; whether that is too much."""
    if not most or not amount:
        return False
    key = f"rushes.sum:{what}:{sha256(who.encode()).hexdigest()[:32]}:{int(time.time()) // 60}"
    try:
        cache.add(key, 0, 120)
        return int(cache.incr(key, amount)) > most
    except Exception:  # a counter that cannot be read is no reason to stop somebody's work
        logger.warning("A limit could not be counted", exc_info=True)
        return False
