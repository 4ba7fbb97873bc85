"""The trash: what is thrown away can be taken back for thirty days, then its files are gone.

The ledger is not touched: what a thing cost stays known when the thing is gone.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from studio.generation.renders import lifecycle, settlement
from studio.generation.renders.models import Render
from studio.planning.ledger.models import ShotGone
from studio.planning.projects import actions
from studio.planning.projects.models import Invitation, Membership, Picture, Project, Shot
from studio.planning.references import uses
from studio.runtime import jobs
from studio.runtime.live import events

logger = logging.getLogger(__name__)

_FILES_OF = {
    Render: ("file", "poster", "last_frame", "filmstrip", "review"),
    Picture: ("original", "file", "preview"),
    Shot: (),
}
_AT_ONCE = 200  # rows of a kind in one visit


class Busy(ValueError):
    """It cannot be thrown away now; the message says why, for the person who tried."""


# --- throwing away, taking back -----------------------------------------------------------


_closed: list[Callable[[Project], None]] = []
_gone: list[Callable[[Any], None]] = []


def on_closing(listener: Callable[[Project], None]) -> None:
    """Have `listener(project)` told, in that transaction, of a project that goes from the trash for good."""
    _closed.append(listener)


def on_gone(listener: Callable[[Any], None]) -> None:
    """Have `listener(thing)` told of a take, shot or picture after it went from the trash for good."""
    _gone.append(listener)


def trash_take(take, *, by, at=None):
    """Throw a take away. It keeps its number, and its cost stays in the ledger.

    Args:
        at: the moment, where several go together; else now.
    """
    with events.locked(take.project_id):
        take.refresh_from_db()
        if take.is_open:
            raise Busy(f"{take.label.capitalize()} is on its way. Take it back, or wait for it.")
        if take.state == Render.State.EXPIRED:
            raise Busy(f"{take.label.capitalize()} may still come and be charged. Write it off first.")
        if take.charge_unknown:
            raise Busy(f"Nobody knows yet whether {take.label} was charged. A producer settles that first.")
        take.touch("render.trashed", by=by, trashed_at=at or timezone.now(), trashed_by=by)


def restore_take(take, *, by):
    """Take it out of the trash."""
    take.touch("render.restored", by=by, trashed_at=None, trashed_by=None)


def trash_shots(project, shots, *, by):
    """Throw shots away with their takes; what was not sent yet is taken back for nothing.

    What is being made already is finished, filed and charged, and lies in the trash with its shot.
    """
    keys = [shot.pk for shot in shots]
    with events.locked(project.pk):
        for take in Render.objects.filter(shot__in=keys, state__in=["queued", "waiting"]).select_related(
            "shot"
        ):
            lifecycle.cancel(take, by=by)
        mine = Shot.objects.kept().filter(project=project, pk__in=keys)
        gone = mine.update(trashed_at=timezone.now(), trashed_by=by)
        if gone and len(shots) == 1:
            events.record(project.pk, "shot.trashed", subject=shots[0].code, by=by)
        elif gone:
            events.record(project.pk, "shot.trashed", by=by, number=gone, reload=True)
    return gone


def restore_shots(project, shots, *, by):
    """Take shots out of the trash, to where they were in the list, with the pictures they start from.

    A code that was given away meanwhile gets a number. Pressed twice it is done once.
    """
    with events.locked(project.pk):
        mine = Shot.objects.filter(
            project=project, pk__in=[shot.pk for shot in shots], trashed_at__isnull=False
        )
        back = list(mine.in_order())
        if not back:
            return
        taken = {code.lower() for code in project.shots.kept().values_list("code", flat=True)}
        for shot in back:
            code = _free_code(shot.code, taken)
            taken.add(code.lower())
            if code != shot.code:
                Shot.objects.filter(pk=shot.pk).update(code=code)
        keys = [shot.pk for shot in back]
        Shot.objects.filter(pk__in=keys).update(trashed_at=None, trashed_by=None)
        Picture.objects.filter(first_frame_of__in=keys).update(trashed_at=None, trashed_by=None)
        subject = back[0].code if len(back) == 1 else ""
        events.record(project.pk, "shot.restored", subject=subject, by=by, number=len(back), reload=True)


def _free_code(code, taken):
    free, number = code, 1
    while free.lower() in taken:
        number += 1
        free = f"{code[:16]}_{number}"
    return free


def trash_picture(picture, *, by):
    """Throw a picture away, unless a shot starts from it or it is on the shelf."""
    with events.locked(picture.project_id):
        users = list(picture.first_frame_of.filter(trashed_at=None).values_list("code", flat=True)[:4])
        if users:
            raise Busy(f"Shot {', '.join(users)} starts from it. Take it out there first.")
        references = list(picture.references.all())
        if references:
            raise Busy(_on_the_shelf(picture.project, references))
        _mark(picture, by=by, at=timezone.now(), kind="picture.trashed")


def _on_the_shelf(project, references):
    """In words: under which names, and which shots use it."""
    names = " and ".join(str(reference) for reference in references)
    found = [use.shot.code for each in uses.by_shots(project, references).values() for use in each]
    codes = list(dict.fromkeys(found))
    shots = f", used by {', '.join(codes[:4])}{' and others' if len(codes) > 4 else ''}" if codes else ""
    return f"It is {names} on the shelf{shots}. Take it off the shelf first."


def restore_picture(picture, *, by):
    """Take it out of the trash."""
    _mark(picture, by=by, at=None, kind="picture.restored")


def _mark(picture, *, by, at, kind):
    with events.locked(picture.project_id):
        Picture.objects.filter(pk=picture.pk).update(trashed_at=at, trashed_by=by if at else None)
        events.record(picture.project_id, kind, by=by, name=str(picture))


def archive_project(project, *, by):
    """Put a finished project away; nothing of it may be on its way."""
    with events.locked(project.pk):
        _nothing_moves(project)
        actions.archive_project(project, by=by)


def _nothing_moves(project):
    moving = Render.objects.filter(project=project, state__in=Render.OPEN).count()
    if moving:
        raise Busy(
            f"{moving} take{'' if moving == 1 else 's'} of it are on their way. Take them back, or wait."
        )


def trash_project(project, *, by):
    """Throw a whole project away; nothing of it may be on its way."""
    with events.locked(project.pk):
        _nothing_moves(project)
        Project.objects.filter(pk=project.pk).update(trashed_at=timezone.now(), trashed_by=by)
        events.record(project.pk, "project.trashed", by=by)


def restore_project(project, *, by):
    """Take it out of the trash, as it was."""
    with events.locked(project.pk):
        Project.objects.filter(pk=project.pk).update(trashed_at=None, trashed_by=None)
        events.record(project.pk, "project.restored", by=by)


# --- after thirty days --------------------------------------------------------------------


def sweep():
    """Now and then look for what has lain long enough."""
    if cache.add("trash:looked", 1, 3600):
        jobs.soon("trash.empty")


def empty():
    """Delete for good what has lain in the trash for thirty days; killed half way, the next visit goes on.

    Each thing is looked at again under its project's lock, since somebody may just take it back, and
    its files go after its row is gone.
    """
    old = timezone.now() - timedelta(days=settings.TRASH_DAYS)
    for project in Project.objects.filter(trashed_at__lt=old, purged_at=None)[:10]:
        _close_for_good(project, old)
    gone = Q(project__purged_at__isnull=False)  # with their project
    for take in Render.objects.filter(Q(trashed_at__lt=old) | Q(shot__trashed_at__lt=old) | gone)[:_AT_ONCE]:
        _delete_take(take, old)
    for shot in Shot.objects.filter(Q(trashed_at__lt=old) | gone, renders=None)[:_AT_ONCE]:
        _delete(Shot.objects.filter(Q(trashed_at__lt=old) | gone, renders=None), shot)
    unused = Picture.objects.filter(Q(trashed_at__lt=old, references=None) | gone, first_frame_of=None)
    for picture in unused[:_AT_ONCE]:
        with events.locked(picture.project_id):
            if not _is_awaited(picture):
                _delete(unused, picture)


def _is_awaited(picture):
    """Whether a take that is not sent yet, or may be sent again, is made with it."""
    open_ = Render.objects.filter(project=picture.project_id, state__in=Render.OPEN).exclude(frames=[])
    named = {frame["picture"] for frames in open_.values_list("frames", flat=True) for frame in frames}
    return str(picture.code) in named


def _close_for_good(project, old):
    """Its row stays, for the ledger, and nobody is on it any more."""
    with events.locked(project.pk):
        if Render.objects.filter(project=project, state__in=Render.OPEN).exists():
            return
        mine = Project.objects.filter(pk=project.pk, trashed_at__lt=old, purged_at=None)
        if mine.update(purged_at=timezone.now()):
            Membership.objects.filter(project=project).delete()
            Invitation.objects.filter(project=project).delete()
            for listener in _closed:
                listener(project)


def _delete_take(take, old):
    """A take that may still come, or be billed, is given up first: its hold is released before its row goes."""
    if take.state == Render.State.EXPIRED or take.charge_unknown:
        settlement.write_off(take, by=None)
    which = Render.objects.exclude(state__in=[*Render.OPEN, Render.State.EXPIRED]).filter(
        Q(trashed_at__lt=old) | Q(shot__trashed_at__lt=old) | Q(project__purged_at__isnull=False)
    )
    with events.locked(take.project_id):
        if _delete(which, take):
            shot = Shot.objects.get(pk=take.shot_id)
            shot.numbers_gone[take.kind] = max(take.number, shot.numbers_gone.get(take.kind, 0))
            shot.save(update_fields=["numbers_gone"])
            logger.info("Render %s is gone from the trash", take.code)


def _delete(which, thing):
    """Delete the row if it still is among these, then the files that no other row names."""
    columns = _FILES_OF[type(thing)]
    with events.locked(thing.project_id):
        if not which.filter(pk=thing.pk).exists():
            return False
        if isinstance(thing, Shot):
            _remember(thing)
        type(thing).objects.filter(pk=thing.pk).delete()
        transaction.on_commit(partial(_delete_files, type(thing), [getattr(thing, name) for name in columns]))
        for listener in _gone:
            transaction.on_commit(partial(listener, thing))
    return True


def _remember(shot):
    """Its money outlives it, under the name it had."""
    ShotGone.objects.get_or_create(
        shot_ref=shot.pk,
        defaults={
            "project_id": shot.project_id,
            "code": shot.code,
            "title": shot.title,
            "scene": shot.scene,
        },
    )


def _delete_files(model, names):
    for name in filter(None, names):
        named = Q()
        for column in _FILES_OF[model]:
            named |= Q(**{column: name})
        if not model.objects.filter(named).exists():
            default_storage.delete(name)
