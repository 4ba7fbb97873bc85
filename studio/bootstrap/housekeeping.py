"""What grows for ever and tells nobody anything any more goes by its age: once an hour, so many at a time."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils import timezone

from studio.people.accounts.models import Device
from studio.people.mail import outbox
from studio.people.mail.models import Mail
from studio.review.sharing.models import View
from studio.runtime import jobs

EVERY = 3600  # seconds
AT_ONCE = 2_000  # rows of a kind: a long list goes over some hours, and nobody waits for it
ATTEMPTS_DAYS = 2  # wrong passwords count for a quarter of an hour
LEFTOVER_SECONDS = 24 * 3600  # no take is worked on for so long


def register() -> None:
    jobs.register("housekeeping.tidy", tidy)


def sweep() -> None:
    """Look once an hour."""
    if cache.add("housekeeping:looked", 1, EVERY):
        jobs.soon("housekeeping.tidy")


def tidy() -> None:
    """Delete rows that are past their time, and files that a kill has left behind."""
    for old in _old(timezone.now()):
        keys = list(old.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        old.model._default_manager.filter(pk__in=keys).delete()
    _remove_leftovers(Path(settings.VAR_DIR))


def _old(now: datetime) -> list[QuerySet[Any]]:
    looks, mails = timedelta(days=settings.LOOKS_DAYS), timedelta(days=settings.MAILS_DAYS)
    done = Q(sent_at__lt=now - mails) | Q(attempts__gte=outbox.ATTEMPTS, created_at__lt=now - mails)
    return [
        Session.objects.filter(expire_date__lt=now),
        Device.objects.filter(seen_at__lt=now - timedelta(days=1)).exclude(
            session_key__in=Session.objects.values("session_key")
        ),
        AccessAttempt.objects.filter(attempt_time__lt=now - timedelta(days=ATTEMPTS_DAYS)),
        View.objects.filter(at__lt=now - looks),
        Mail.objects.filter(done),
    ]


def _remove_leftovers(folder: Path) -> None:
    before = time.time() - LEFTOVER_SECONDS
    for path in [*(folder / "tmp").glob("*"), *folder.glob(".signing-*"), *folder.glob(".secret_key.*")]:
        with suppress(OSError):
            if path.is_file() and path.stat().st_mtime < before:
                path.unlink()
