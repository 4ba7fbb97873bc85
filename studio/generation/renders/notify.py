"""Who is told about a take, in the transaction of what happened to it. Only producers are told prices."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.urls import reverse

from studio.people.accounts import studio_owner
from studio.people.notifications import actions as notices
from studio.people.notifications.models import Notice
from studio.planning.projects import access
from studio.planning.projects.rights import Right

_listeners: list[Callable[[Any, Any], None]] = []


def on_end(listener):
    """Have `listener(render, state)` told of every take that is ready or failed, in that transaction."""
    _listeners.append(listener)


_ENDS = {
    "ready": (Notice.Kind.READY, "is ready"),
    "kept": (Notice.Kind.FAILED, "came, and cannot be shown"),
    "failed": (Notice.Kind.FAILED, "failed"),
}


def tell_of_end(render, state):
    """Tell whoever ordered the take: unless they do not wait for it, or it or they are not there any more."""
    for listener in _listeners:
        listener(render, state)
    if render.created_by_id is None or render.dismissed_at or render.trashed_at or render.shot.trashed_at:
        return
    if not access.may(render.created_by, render.project, Right.LOOK):
        return
    kind, said = _ENDS[str(state)]
    notices.tell(
        [render.created_by],
        kind=kind,
        project=render.project.name,
        text=f"{render} {said}",
        path=render.get_absolute_url(),
        subject=render.code,
    )


def tell_of_waiting(project, waiting, *, by):
    """Tell those whose word takes wait for: who asks, for what, and what allowing it would do.

    Once for a press and a budget, however many takes it ordered.

    Args:
        waiting: pairs of a take and the budget it would pass.
        by: whoever did what made them wait, and so need not be told.
    """
    of_owner = [pair for pair in waiting if pair[1].is_owners]
    _tell(project, of_owner, studio_owner.owners(), by=by)
    _tell(project, [pair for pair in waiting if not pair[1].is_owners], _producers(project), by=by)


def _producers(project):
    return access.people_with(project, Right.PRODUCE)


def _tell(project, waiting, people, *, by):
    if not waiting:
        return
    first, line = waiting[0]
    asks = first.created_by or "Somebody"
    after = line.used + sum(render.estimate for render, passed in waiting if passed is line)
    notices.tell(
        [user for user in people if user != by],
        kind=Notice.Kind.WAITING,
        project=project.name,
        text=f"{asks} asks for {_what([render for render, _ in waiting])}: {line.effect(after)}",
        path=f"{reverse('reports:costs', args=[project.slug])}#waiting",
        subject=f"{first.code} {sha256(line.what.encode()).hexdigest()[:16]}",
    )


def _what(renders):
    """What was asked for, in a few words."""
    first, codes = renders[0], list(dict.fromkeys(render.shot.code for render in renders))
    length = f", {first.seconds} s" if first.seconds else ""
    model = f" ({first.catalogue_model.name}{length})"
    if len(renders) == 1:
        return f"{first}{model}"
    shots = ", ".join(codes[:3]) + (f" and {len(codes) - 3} more" if len(codes) > 3 else "")
    return f"{len(renders)} takes of {shots}{model if len(codes) == 1 else ''}"
