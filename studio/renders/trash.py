"""The trash: what is thrown away can be taken back for thirty days, then its files are gone.

The ledger is not touched: what a thing cost stays known when the thing is gone.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db.models import F
from django.utils import timezone

from studio.live import events
from studio.projects.models import Invitation, Membership, Picture, Project, Shot
from studio.renders import pipeline, tasks
from studio.renders.models import Render

logger = logging.getLogger(__name__)

_FILES = ("file", "poster", "last_frame", "filmstrip", "review")
_AT_ONCE = 200  # rows of a kind in one visit


class Busy(ValueError):
    """It cannot be thrown away now; the message says why, for the person who tried."""


# --- throwing away, taking back -----------------------------------------------------------


def trash_take(take, *, by):
    """Throw a take away. It keeps its number, and its cost stays in the ledger."""
    if take.is_open:
        raise Busy(f"{take.label.capitalize()} is on its way. Take it back, or wait for it.")
    take.touch("render.trashed", by=by, trashed_at=timezone.now(), trashed_by=by)


def restore_take(take, *, by):
    """Take it out of the trash."""
    take.touch("render.restored", by=by, trashed_at=None, trashed_by=None)


def trash_shots(project, shots, *, by):
    """Throw shots away with their takes; what was not sent yet is taken back for nothing.

    What is being made already is finished, filed and charged, and lies in the trash with its shot.
    """
    for take in Render.objects.filter(shot__in=shots, state__in=["queued", "waiting"]):
        pipeline.cancel(take, by=by)
    with events.locked(project.pk):
        mine = Shot.objects.kept().filter(project=project, pk__in=[shot.pk for shot in shots])
        gone = mine.update(trashed_at=timezone.now(), trashed_by=by)
        if len(shots) == 1:
            events.record(project.pk, "shot.trashed", subject=shots[0].code, by=by)
        elif gone:
            events.record(project.pk, "shot.trashed", by=by, number=gone, reload=True)
    return gone


def restore_shots(project, shots, *, by):
    """Take shots out of the trash, to where they were in the list; a code that was given away gets a number."""
    with events.locked(project.pk):
        taken = {code.lower() for code in project.shots.kept().values_list("code", flat=True)}
        for shot in shots:
            code = _free_code(shot.code, taken)
            taken.add(code.lower())
            Shot.objects.filter(pk=shot.pk).update(trashed_at=None, trashed_by=None, code=code)
            # a card shows its shot's code
            Render.objects.filter(shot=shot).update(revision=F("revision") + 1)
        subject = shots[0].code if len(shots) == 1 else ""
        events.record(project.pk, "shot.restored", subject=subject, by=by, number=len(shots), reload=True)


def _free_code(code, taken):
    free, number = code, 1
    while free.lower() in taken:
        number += 1
        free = f"{code[:16]}_{number}"
    return free


def trash_picture(picture, *, by):
    """Throw a picture away, unless a shot starts from it."""
    users = list(picture.first_frame_of.filter(trashed_at=None).values_list("code", flat=True)[:4])
    if users:
        raise Busy(f"Shot {', '.join(users)} starts from it. Take it out there first.")
    _mark(picture, by=by, at=timezone.now(), kind="picture.trashed")


def restore_picture(picture, *, by):
    """Take it out of the trash."""
    _mark(picture, by=by, at=None, kind="picture.restored")


def _mark(picture, *, by, at, kind):
    with events.locked(picture.project_id):
        Picture.objects.filter(pk=picture.pk).update(trashed_at=at, trashed_by=by if at else None)
        events.record(picture.project_id, kind, by=by, name=str(picture))


def trash_project(project, *, by):
    """Throw a whole project away; nothing of it may be on its way."""
    with events.locked(project.pk):
        moving = Render.objects.filter(project=project, state__in=Render.OPEN).count()
        if moving:
            raise Busy(
                f"{moving} take{'' if moving == 1 else 's'} of it are on their way. Take them back, or wait."
            )
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
        tasks.empty_trash.enqueue()


def empty():
    """Delete for good what has lain in the trash for thirty days; killed half way, the next visit goes on."""
    old = timezone.now() - timedelta(days=settings.TRASH_DAYS)
    for take in Render.objects.filter(trashed_at__lt=old).exclude(state__in=Render.OPEN)[:_AT_ONCE]:
        _delete_take(take)
    for shot in Shot.objects.filter(trashed_at__lt=old)[:_AT_ONCE]:
        _delete_shot(shot)
    for picture in Picture.objects.filter(trashed_at__lt=old, first_frame_of=None)[:_AT_ONCE]:
        _delete_picture(picture)
    for project in Project.objects.filter(trashed_at__lt=old, purged_at=None)[:10]:
        _empty_project(project)


def _delete_take(take):
    for name in (getattr(take, column) for column in _FILES):
        if name and not Render.objects.exclude(pk=take.pk).filter(file=name).exists():
            default_storage.delete(name)
    take.delete()
    logger.info("Render %s is gone from the trash", take.code)


def _delete_shot(shot):
    if shot.renders.filter(state__in=Render.OPEN).exists():
        return  # what is being made is filed first
    for take in shot.renders.all():
        _delete_take(take)
    shot.delete()


def _delete_picture(picture):
    for column in ("file", "preview"):
        name = getattr(picture, column)
        if not Picture.objects.exclude(pk=picture.pk).filter(**{column: name}).exists():
            default_storage.delete(name)
    picture.delete()


def _empty_project(project):
    """Its row stays, for the ledger."""
    if Render.objects.filter(project=project, state__in=Render.OPEN).exists():
        return
    for shot in project.shots.all():
        _delete_shot(shot)
    for picture in project.pictures.all():
        _delete_picture(picture)
    Membership.objects.filter(project=project).delete()
    Invitation.objects.filter(project=project).delete()
    Project.objects.filter(pk=project.pk).update(purged_at=timezone.now())
