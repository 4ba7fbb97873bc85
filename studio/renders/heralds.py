"""Who is told about a take, in the transaction of what happened to it. No notice tells a price."""

from collections.abc import Callable
from typing import Any

from studio.notices import actions as notices
from studio.notices.models import Notice
from studio.projects import access
from studio.projects.rights import Right

_listeners: list[Callable[[Any, Any], None]] = []


def on_end(listener):
    """Have `listener(render, state)` told of every take that is ready or failed, in that transaction."""
    _listeners.append(listener)


_ENDS = {"ready": (Notice.Kind.READY, "is ready"), "failed": (Notice.Kind.FAILED, "failed")}


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


def tell_of_waiting(project, renders, *, by):
    """Tell the producers that takes wait for them: once for a press, however many takes it ordered."""
    if not renders:
        return
    producers = [user for user in access.people_with(project, Right.PRODUCE) if user != by]
    number = f"{len(renders)} takes wait" if len(renders) > 1 else f"{renders[0]} waits"
    notices.tell(
        producers,
        kind=Notice.Kind.WAITING,
        project=project.name,
        text=f"{number} for your allowing",
        path=renders[0].get_absolute_url(),
        subject=renders[0].code,
    )
