"""What is done with many takes at once: all of it, or nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from studio.generation.renders.models import Render
from studio.generation.trash import trash
from studio.generation.viewer import viewer
from studio.review.dailies import lists
from studio.review.library import selection
from studio.review.library.selection import Unfit
from studio.runtime.live import events
from studio.runtime.live.models import Event

_CIRCLING = ["render.circled", "render.uncircled"]
_TOO_LATE = 1000  # decisions since, by whomever


class Press(NamedTuple):
    """What a press brought about: the events of its project from this number to that."""

    first: int
    last: int


def circle(project, takes: list[Render], *, by) -> Press:
    """Let each of these takes stand for its shot.

    Raises:
        Unfit: one cannot be looked at, or a shot has several of them.
    """
    with events.locked(project.pk) as now:
        takes = _as_they_are(takes)
        selection.watchable(takes)
        several = [code for code, number in Counter(take.shot.code for take in takes).items() if number > 1]
        if several:
            shots = ", ".join(several[:4]) + (f" and {len(several) - 4} more" if len(several) > 4 else "")
            raise Unfit(f"One take of a shot is circled, and here are several of {shots}.")
        before = now.last_event
        for take in takes:
            if not take.circled:
                viewer.circle(take, by=by, circled=True)
        now.refresh_from_db(fields=["last_event"])
        return Press(before + 1, now.last_event)


def uncircle(project, press: Press, *, by) -> int:
    """Take back what this person circled with a press; how many shots have what stood for them before.

    A shot stays as it is where somebody has decided again since, or what stood for it is thrown away.
    """
    with events.locked(project.pk):
        told = Event.objects.filter(project=project, kind__in=_CIRCLING)
        later = set(told.filter(seq__gt=press.last).values_list("subject", flat=True)[: _TOO_LATE + 1])
        mine = told.filter(by=by, seq__range=press)[: 2 * selection.MOST]
        if len(later) > _TOO_LATE:
            return 0
        of_shot: dict[int, dict[str, Render]] = defaultdict(dict)
        takes = _by_code(project, [*later, *(event.subject for event in mine)])
        for event in mine:
            if event.subject in takes:
                of_shot[takes[event.subject].shot_id][event.kind] = takes[event.subject]
        decided = {takes[code].shot_id for code in later if code in takes}
        back = 0
        for shot_id, told_of in of_shot.items():
            took, before = (told_of.get(kind) for kind in _CIRCLING)
            gone = before is not None and before.trashed_at is not None
            if took is None or gone or shot_id in decided:
                continue
            viewer.circle(before or took, by=by, circled=before is not None)
            back += 1
    return back


def _by_code(project, codes: list[str]) -> dict[str, Render]:
    found = Render.objects.filter(project=project, code__in=codes).select_related("shot", "project")
    return {str(take.code): take for take in found}


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
