"""A clock that was put back: what was to happen by the old one happens as much earlier by the new, and nothing sleeps."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from studio.generation.renders.models import ProviderHold, Render
from studio.people.mail.models import Mail
from studio.runtime.live.models import Event

logger = logging.getLogger(__name__)

LEAST = timedelta(seconds=2)  # clocks are corrected by less all the time
IN_HAND = [*Render.IN_FLIGHT, Render.State.SAVING, Render.State.EXPIRED]

# when it was looked last: by the clock, and by one that nobody puts back
_seen: list[tuple[datetime, float]] = []


def forget() -> None:
    """Begin anew, as a start does."""
    _seen.clear()


def sweep() -> None:
    """Look whether less time has gone by on the clock than in truth; after a start, than there is news of."""
    now, ticks = timezone.now(), time.monotonic()
    if _seen:
        before, ticks_before = _seen[0]
        should_be = before + timedelta(seconds=ticks - ticks_before)
    else:
        should_be = Event.objects.order_by("-pk").values_list("at", flat=True).first() or now
    _seen[:] = [(now, ticks)]
    if should_be - now > LEAST:
        _bring_forward(now, should_be - now)


def _bring_forward(now: datetime, back: timedelta) -> None:
    logger.warning("The clock was put back by %s: what waits is brought forward by as much.", back)
    Render.objects.filter(state=Render.State.QUEUED, due_at__gt=now).update(due_at=F("due_at") - back)
    in_hand = Render.objects.filter(state__in=IN_HAND)
    in_hand.filter(check_at__gt=now).update(check_at=F("check_at") - back)
    in_hand.filter(deadline_at__gt=now).update(deadline_at=F("deadline_at") - back)
    Render.objects.filter(state=Render.State.READY, check_at__gt=now).update(check_at=F("check_at") - back)
    ProviderHold.objects.filter(until__gt=now).update(until=F("until") - back)
    Mail.objects.filter(sent_at=None, due_at__gt=now).update(due_at=F("due_at") - back)
