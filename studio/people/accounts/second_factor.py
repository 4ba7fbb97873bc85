"""A second factor: codes of an app (TOTP, RFC 6238), and ten recovery codes for the day the telephone is gone.

A password or a sign-in link is the first factor. Where somebody has a second one, they are signed in only with both.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from datetime import timedelta
from typing import Any

import segno
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from studio.people.accounts import audit, devices
from studio.people.accounts.models import SecondFactorRule, User

RECOVERY_CODES = 10
MOST_WRONG = 20  # codes in a row, each less than an hour after the one before
_FORGOTTEN_AFTER = timedelta(hours=1)
_BEGUN = "second_factor_begun"  # in a session: which secret it was shown
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
RULE = "accounts.second_factor_rule"
_RULE_SECONDS = 30  # until another process hears of a rule that has changed


class TooMany(Exception):
    """No code is looked at for a while."""


def is_set_up(user: User) -> bool:
    """Whether this person is asked for a code when they sign in."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def codes_left(user: User) -> int:
    """How many recovery codes are not used yet."""
    return StaticToken.objects.filter(device__user=user).count()


# --- setting up ---------------------------------------------------------------------------


def begun(user: User, session: Any) -> TOTPDevice:
    """The secret that somebody is about to take into their app: the same in one session until it is confirmed.

    Another session gets another one: whoever looked at it there knows nothing of this.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        open_ones = TOTPDevice.objects.filter(user=user, confirmed=False)
        mine = open_ones.filter(pk=session.get(_BEGUN, 0)).first()
        if mine is None:
            open_ones.delete()
            mine = TOTPDevice.objects.create(user=user, name="an app", confirmed=False)
            session[_BEGUN] = mine.pk
        return mine


def as_picture(device: TOTPDevice) -> str:
    """The secret as a QR code for an app's camera: an SVG element."""
    return segno.make(device.config_url, error="m").svg_inline(
        scale=5, border=3, svgclass="qr", lineclass=None
    )


def as_text(device: TOTPDevice) -> str:
    """The secret in groups of four, for who types it."""
    secret = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def confirm(request: HttpRequest, user: User, code: str) -> list[str]:
    """Turn it on, by a code of the app that has the secret; the recovery codes, none where the code is wrong."""
    with transaction.atomic():
        mine = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False)
        device = mine.filter(pk=request.session.get(_BEGUN, 0)).first()
        if device is None or not device.verify_token(_plain(code)):
            return []
        TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        audit.record(audit.Kind.SECOND_FACTOR_ON, request=request, user=user)
        devices.end_others(user, but=request.session.session_key)  # they have shown one factor alone
        return _fresh_codes(user)


def renew_codes(request: HttpRequest, user: User) -> list[str]:
    """Ten other recovery codes; those there were open nothing any more."""
    with transaction.atomic():
        TOTPDevice.objects.select_for_update().get(user=user, confirmed=True)
        audit.record(audit.Kind.SECOND_FACTOR_ON, request=request, user=user, detail="other recovery codes")
        return _fresh_codes(user)


def _fresh_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    for code in codes:
        device.token_set.create(token=code)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def turn_off(user: User, *, request: HttpRequest | None = None, detail: str = "") -> bool:
    """Ask this person for no code any more. False: they were asked for none."""
    with transaction.atomic():
        gone, _ = TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
        if gone:
            audit.record(audit.Kind.SECOND_FACTOR_OFF, request=request, user=user, detail=detail)
        return bool(gone)


# --- signing in ---------------------------------------------------------------------------


def passes(user: User, code: str, *, unlimited: bool = False) -> str:
    """Whether a code is right now, and used up by this: "app" or "recovery"; "" for wrong.

    Of two uses of one code at the same moment one wins, and wrong ones are counted one after the other.

    Args:
        unlimited: whether it is tried though very many were wrong, since it comes from where it may.

    Raises:
        TooMany: so many were wrong that no other is looked at for a while.
    """
    plain = _plain(code)
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
        if device is None:
            return ""
        wrong = _wrong_lately(device)
        if wrong >= MOST_WRONG and not unlimited:
            raise TooMany
        passed = _right(device, plain)
        count = 0 if passed else wrong + 1
        TOTPDevice.objects.filter(pk=device.pk).update(
            throttling_failure_count=count, throttling_failure_timestamp=timezone.now() if count else None
        )
        return passed


def _right(device: TOTPDevice, plain: str) -> str:
    if plain.isdigit() and len(plain) == device.digits:
        return "app" if device.verify_token(plain) else ""
    used, _ = StaticToken.objects.filter(device__user=device.user, token=plain.lower()).delete()
    return "recovery" if used else ""


def _wrong_lately(device: TOTPDevice) -> int:
    last = device.throttling_failure_timestamp
    forgotten = last is None or timezone.now() - last > _FORGOTTEN_AFTER
    return 0 if forgotten else int(device.throttling_failure_count)


def _plain(code: str) -> str:
    """A code as somebody types it, without what makes it easier to read."""
    return "".join(letter for letter in code if letter.isascii() and letter.isalnum())


# --- the rule -----------------------------------------------------------------------------


def is_required_of_spenders() -> bool:
    """Whether the studio asks all who can spend for a second factor."""
    return bool(cache.get_or_set(RULE, SecondFactorRule.objects.exists, _RULE_SECONDS))


def require_of_spenders(owner: User, required: bool, *, request: HttpRequest) -> None:
    """Set the rule."""
    if required:
        SecondFactorRule.objects.get_or_create(pk=1, defaults={"set_by": owner})
    else:
        SecondFactorRule.objects.all().delete()
    cache.delete(RULE)
    words = "required of all who can spend" if required else "not required"
    audit.record(audit.Kind.SECOND_FACTOR_RULE, request=request, user=owner, detail=words)


_spends: list[Any] = []


def register_spending(can_spend: Any) -> None:
    """Say who can spend: `can_spend(user)`."""
    _spends[:] = [can_spend]


def is_owed_by(user: User) -> bool:
    """Whether this person has to set one up before they go on."""
    return is_required_of_spenders() and bool(_spends and _spends[0](user)) and not is_set_up(user)


def owed_by(people: set[int]) -> set[int]:
    """The keys of those among these who have to set one up; nothing is asked while there is no rule."""
    if not (is_required_of_spenders() and _spends):
        return set()
    set_up = TOTPDevice.objects.filter(user__in=people, confirmed=True).values("user")
    return {user.pk for user in User.objects.filter(pk__in=people).exclude(pk__in=set_up) if _spends[0](user)}
