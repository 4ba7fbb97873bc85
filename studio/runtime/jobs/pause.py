"""The engine stands still until the owner of a restored studio says that the other copy is off.

Asked of the database before every sweep and every job: whoever confirms may be another process.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from studio.runtime.jobs.models import EnginePause


def paused() -> bool:
    """Whether nothing may be sent, bought, asked or mailed now."""
    return EnginePause.objects.filter(confirmed_at=None).exists()


def current() -> EnginePause | None:
    """The pause people should know of: the latest, if nobody has ended it."""
    return EnginePause.objects.filter(confirmed_at=None).order_by("-pk").first()


def begin(reason: str, *, backup_at: datetime | None) -> EnginePause:
    """Stand still from now on."""
    return EnginePause.objects.create(reason=reason, backup_at=backup_at)


def confirm(*, by: Any) -> bool:
    """Go on. A backup of a studio that stood still brings its pause along: all of them end together.

    False: it did not stand still, or somebody was faster.
    """
    waiting = EnginePause.objects.filter(confirmed_at=None)
    return bool(waiting.update(confirmed_at=timezone.now(), confirmed_by=by))


def refuse_commands() -> None:
    """Say in one sentence why a command that talks to a provider does not run.

    Raises:
        CommandError: nothing was sent.
    """
    pause = current()
    if pause:
        raise CommandError(
            f"{sentence(pause)} Nothing is sent until its owner confirms, on any page or by"
            " `manage.py confirm-restore`, that the other copy is switched off."
        )


def sentence(pause: EnginePause) -> str:
    """Where this studio comes from: "This studio was restored from a backup of 30 Nov 2026, 10:02 UTC."."""
    when = pause.backup_at or pause.since
    return f"This studio was restored from a backup of {timezone.localtime(when):%-d %b %Y, %H:%M %Z}."
