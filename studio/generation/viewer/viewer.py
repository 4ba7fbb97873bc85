"""The viewer of a shot: which take is on it, its neighbours, and what a person decides there."""

from uuid import UUID, uuid4

from django.db.models import Q
from django.utils import timezone

from studio.generation.orders import failure_help
from studio.generation.renders import durations, failure_messages
from studio.generation.renders.models import Render
from studio.generation.reuse import continue_from_frame, frame_links, reuse
from studio.planning.projects import actions
from studio.planning.projects.models import Shot
from studio.runtime.live import events

STRIP = 60  # takes in the filmstrip row at once


def seen(shot, code=None):
    """The take to look at: the one asked for, else the circled, the newest ready, the newest."""
    takes = _shown(shot)
    take = (
        seen_or_none(shot, code)
        or takes.filter(circled=True).first()
        or takes.filter(state="ready").order_by("-pk").first()
        or takes.order_by("-pk").first()
    )
    if take:
        take.shot, take.project = shot, shot.project
    return take


def _shown(shot):
    return shot.renders.kept().exclude(state="cancelled").select_related("created_by", "unveiled_by")


def seen_or_none(shot, code):
    """The take of this shot with this code, if there is one."""
    try:
        return _shown(shot).filter(code=UUID(str(code))).first()
    except ValueError:
        return None


def context(take, shot, seat):
    """What the viewer shows of a take; `take` may be None."""
    if take is None:
        return {"take": None}
    open_now = take.is_open
    to_watch = take.state == "ready" and not take.veiled
    failed = take.state == "failed"
    return {
        "take": take,
        "failure": failure_messages.of_failure(take) if failed else None,
        "clinic": failure_help.of(take) if failed and seat.makes else None,
        "press": uuid4(),
        "usual": durations.usual_seconds(take.model, take.seconds, sandbox=take.sandbox)
        if open_now
        else None,
        "money": seat.sees_money,
        "may_edit": seat.makes,
        "continued_in": frame_links.continued_in(take) if to_watch else [],
        "promotions": reuse.promotions(take) if to_watch and seat.makes else [],
    }


def strip(shot, *, before=""):
    """The takes of a shot, oldest first, the newest STRIP of them, or those before the take `before`."""
    takes = shot.renders.kept().exclude(state="cancelled").order_by("-pk")
    first = seen_or_none(shot, before)
    if first:
        takes = takes.filter(pk__lt=first.pk)
    found = list(takes[: STRIP + 1])
    more, found = len(found) > STRIP, found[:STRIP][::-1]
    for take in found:
        take.shot, take.project = shot, shot.project
    return {"takes": found, "earlier": found[0].code if more and found else "", "is_earlier": bool(first)}


def neighbours(shot):
    """The shots before and after this one in the list."""
    shots = Shot.objects.kept().filter(project=shot.project).only("code", "title", "project", "position")
    earlier = Q(position__lt=shot.position) | Q(position=shot.position, pk__lt=shot.pk)
    later = Q(position__gt=shot.position) | Q(position=shot.position, pk__gt=shot.pk)
    return {
        "previous_shot": shots.filter(earlier).order_by("-position", "-pk").first(),
        "next_shot": shots.filter(later).order_by("position", "pk").first(),
    }


def circle(take, *, by, circled):
    """Let this take stand for its shot, instead of any other, or no longer."""
    with events.locked(take.project_id):
        for other in Render.objects.filter(shot=take.shot_id, circled=True).exclude(pk=take.pk):
            other.touch("render.uncircled", by=by, circled=False)
        take.touch("render.circled" if circled else "render.uncircled", by=by, circled=circled)


def unveil(take, *, by):
    """Show a flagged take to everyone on the project."""
    if take.veiled:
        take.touch("render.unveiled", by=by, unveiled_by=by, unveiled_at=timezone.now())


def use_as_first_frame(still, *, by):
    """Hold the still as a Picture that knows where it came from, and start the shot from it.

    Raises:
        continuing.Gone: its file cannot be read any more.
    """
    picture = continue_from_frame.picture_of(still, 0, by=by)
    actions.change_shot(still.shot, by=by, first_frame=picture)
