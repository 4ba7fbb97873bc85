"""The browsers in which somebody has signed in before: they get in while others guess at the same account.

Who guesses from many places at one account would lock its owner out, if wrong passwords alone counted. A browser
that is known is asked for the right password as ever, and has a count of its own.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from studio.core import rate_limits
from studio.people.accounts.models import User

COOKIE = "rushes_browser"
_SALT = "studio.accounts.known_browsers"
_SECONDS = 400 * 24 * 3600  # as long as browsers keep a cookie
LONGEST = 254  # characters of an address
_MOST = 8  # people who share a browser


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Know this browser as one of this person's, until their password changes."""
    kept = _kept(request)
    people = {**kept.get("people", {}), str(user.pk): stamp(user)}
    kept = {"id": kept.get("id") or secrets.token_urlsafe(12), "people": dict(list(people.items())[-_MOST:])}
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=_SALT, compress=True),
        max_age=_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_known(request: HttpRequest, email: str) -> bool:
    """Whether this person has signed in here before, and not too many wrong passwords have come from here since."""
    kept = _kept(request)
    user = account_of(email) if kept else None
    if user is None or kept.get("people", {}).get(str(user.pk)) != stamp(user):
        return False
    return not rate_limits.guesses_of_browser(kept["id"])


def account_of(email: str) -> User | None:
    """The account that is meant by what somebody typed as its address, however it is spelled."""
    plain = _plain(email)
    if "\x00" in plain or len(plain) > LONGEST:
        return None  # no address is, and a database would choke on it
    return User.objects.filter(email__iexact=plain, is_active=True).first()


def is_besieged(email: str) -> bool:
    """Whether too many wrong passwords have come for this account within the hour, from wherever."""
    return rate_limits.guessed_at_account_too_often(_counted_as(email))


def count_wrong_password(request: HttpRequest, email: str) -> None:
    """Count a wrong password: of this browser where it is known to this person, else of the account."""
    if is_known(request, email):
        rate_limits.count_guess_of_browser(_kept(request)["id"])
    else:
        rate_limits.count_guess_at_account(_counted_as(email))


def _counted_as(email: str) -> str:
    """One name for one account: databases find it by spellings that are not equal."""
    user = account_of(email)
    return f"account {user.pk}" if user else f"nobody {_plain(email)}"


def _plain(email: str) -> str:
    """As an account keeps it; of what is longer than any address only that it is."""
    return unicodedata.normalize("NFKC", email[: 2 * LONGEST]).strip().lower()[: LONGEST + 1]


def guesses_too_often(request: HttpRequest) -> bool:
    """Count a code that is tried in this known browser; whether it is one too many."""
    return rate_limits.count_guess_of_browser(_kept(request)["id"])


def is_exempt(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> bool:
    """For the limit on guesses from one address, at which others may be guessing."""
    return request is not None and is_known(request, str((credentials or {}).get("username") or ""))


def _kept(request: HttpRequest) -> dict[str, Any]:
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return {}
    return kept if isinstance(kept, dict) and "id" in kept else {}


def stamp(user: User) -> str:
    """Another one with each password."""
    return user.get_session_auth_hash()[:16]
