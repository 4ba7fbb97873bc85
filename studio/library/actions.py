"""What is done with many takes at once: all of it, or nothing."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from studio.library import selection
from studio.library.selection import Unfit
from studio.live import events
from studio.renders import trash, viewer
from studio.renders.models import Render
from studio.review import lists


class Circled(NamedTuple):
    """A take that stands for its shot now, and the one that did before; by their keys."""

    take: int
    before: int | None


def circle(project, takes: list[Render], *, by) -> list[Circled]:
    """Let each of these takes stand for its shot; returns those that did not before.

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
        fresh = [take for take in takes if not take.circled]
        instead = Render.objects.filter(shot__in=[take.shot_id for take in fresh], circled=True)
        before = dict(instead.values_list("shot_id", "pk"))
        for take in fresh:
            viewer.circle(take, by=by, circled=True)
    return [Circled(take.pk, before.get(take.shot_id)) for take in fresh]


def uncircle(project, done: list[Circled], *, by) -> int:
    """Take back what `circle` did, where nobody has decided again since; how many shots that were."""
    back = 0
    with events.locked(project.pk):
        found = Render.objects.kept().filter(project=project).select_related("shot", "project")
        for take_id, before_id in done:
            take = found.filter(pk=take_id, circled=True).first()
            if take is None:
                continue
            before = found.filter(pk=before_id).first() if before_id else None
            viewer.circle(before or take, by=by, circled=before is not None)
            back += 1
    return back


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
