"""Find what an address names, for those who may see it; 404 for everyone else."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from studio.generation.renders.models import Render
from studio.generation.renders.take_access import take_or_404
from studio.planning.projects import access
from studio.planning.projects.models import Picture
from studio.planning.projects.rights import Right
from studio.review.dailies.models import Note, ReviewList


def take(user, code, right=Right.LOOK):
    """A take that can be looked at: ready, and not behind a veil."""
    found = Render.objects.open_to(user, right).filter(state="ready").select_related("created_by")
    take = take_or_404(user, code, right, takes=found)
    if take.veiled:
        raise Http404
    return take


def picture(user, code, right=Right.LOOK):
    found = Picture.objects.kept().filter(access.within(user, right)).select_related("project", "created_by")
    among = Picture.objects.filter(code=code)
    return access.first_or_404(found.filter(code=code), user, right, what=f"picture {code}", among=among)


def note(user, code, right=Right.REVIEW):
    """A note on something that is still there."""
    found = Note.objects.kept().filter(access.within(user, right), code=code)
    found = found.select_related("render__shot__project", "picture__project", "reply_to", "project", "by")
    among = Note.objects.filter(code=code)
    note = access.first_or_404(found, user, right, what=f"note {code}", among=among)
    subject = note.subject
    if subject.trashed_at or (note.render_id and note.render.shot.trashed_at):
        raise Http404
    if note.render_id:
        note.render.project = note.project
    return note


def review_list(seat, code):
    found = get_object_or_404(ReviewList.objects.filter(project=seat.project), code=code)
    found.project = seat.project
    return found
