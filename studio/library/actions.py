"""What is done with many takes at once: all of it, or nothing."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.utils import timezone

from studio.library import selection
from studio.library.selection import Unfit
from studio.live import events
from studio.renders import trash, viewer
from studio.renders.models import Render
from studio.review import lists


def circle(project, takes: list[Render], *, by) -> None:
    """Let each of these takes stand for its shot.

    Raises:
        Unfit: one cannot be looked at, or a shot has several of them.
    """
    with events.locked(project.pk):
        takes = _as_they_are(takes)
        selection.watchable(takes)
        several = [code for code, number in Counter(take.shot.code for take in takes).items() if number > 1]
        if several:
            shots = ", ".join(several[:4]) + (f" and {len(several) - 4} more" if len(several) > 4 else "")
            raise Unfit(f"One take of a shot is circled, and here are several of {shots}.")
        for take in takes:
            if not take.circled:
                viewer.circle(take, by=by, circled=True)


def throw_away(project, takes: list[Render], *, by) -> datetime:
    """Throw them away together; returns the moment, by which they are taken back.

    Raises:
        Unfit: one is on its way.
    """
    now = timezone.now()
    with events.locked(project.pk):
        takes = _as_they_are(takes)
        moving = [take for take in takes if take.is_open]
        if moving:
            raise Unfit(f"{selection.listed(moving)}: on the way. Take them back, or wait for them.")
        try:
            for take in takes:
                trash.trash_take(take, by=by, at=now)
        except trash.Busy as exc:
            raise Unfit(str(exc)) from exc
    return now


def take_back(project, at: datetime, *, by) -> int:
    """Take out of the trash what this person threw away at that moment; how many that were."""
    with events.locked(project.pk):
        thrown = Render.objects.filter(project=project, shot__trashed_at=None, trashed_at=at, trashed_by=by)
        takes = list(thrown.select_related("shot", "project")[: selection.MOST])
        for take in takes:
            trash.restore_take(take, by=by)
    return len(takes)


def put_on_list(review_list, takes: list[Render], *, by) -> int:
    """Put them on a review list, those that are not on it yet; how many those were.

    Raises:
        Unfit: one cannot be looked at, or the list would hold too many.
    """
    with events.locked(review_list.project_id):
        takes = _as_they_are(takes)
        selection.watchable(takes)
        here = set(review_list.items.values_list("render_id", flat=True))
        if len(here | {take.pk for take in takes}) > lists.MOST_TAKES:
            raise Unfit(f"A list holds up to {lists.MOST_TAKES} takes; {len(here)} are on it.")
        return int(lists.add(review_list, takes, by=by))


def _as_they_are(takes: list[Render]) -> list[Render]:
    """The takes as they are now, under the lock: those somebody has just thrown away are left out.

    Raises:
        Unfit: none is left.
    """
    there = {
        take.pk: take
        for take in Render.objects.kept().filter(pk__in=[take.pk for take in takes], shot__trashed_at=None)
    }
    for take in takes:
        if take.pk in there:
            there[take.pk].shot, there[take.pk].project = take.shot, take.project
    if not there:
        raise Unfit("They are not there any more.")
    return [there[take.pk] for take in takes if take.pk in there]
