"""Trim a take in the cut, or play all of it."""

from studio.review.cut.models import Trim
from studio.review.dailies import subjects, verdicts
from studio.review.dailies.subjects import Problems
from studio.runtime.live import events


def trim(take, *, by, first, last):
    """Show only these frames of the take, both ends included.

    Raises:
        Gone: the take went meanwhile.
        Problems: not frames of it.
    """
    if first is None or last is None:
        raise Problems(frame="A trim needs its first and its last frame.")
    subjects.check_span(take, first, last)
    with events.locked(take.project_id) as project:
        subjects.still_there(take, project)
        _keep(take, first, last, by)
        events.record(project.pk, "cut.trimmed", subject=take.code, by=by)


def untrim(take, *, by):
    """Show all frames of the take, also where only a range of them was approved.

    Raises:
        Gone: the take went meanwhile.
    """
    with events.locked(take.project_id) as project:
        subjects.still_there(take, project)
        if verdicts.approved_spans([take.pk]):
            _keep(take, 0, (take.frame_count or 1) - 1, by)
        elif not Trim.objects.filter(render=take).delete()[0]:
            return
        events.record(project.pk, "cut.trimmed", subject=take.code, by=by)


def _keep(take, first, last, by):
    values = {"shot": take.shot, "first": first, "last": last, "by": by}
    Trim.objects.update_or_create(render=take, defaults=values)
