"""Private files: a stable address that asks who is there on every request."""

from pathlib import Path

from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import Http404
from django.views.decorators.http import require_safe

from studio.generation.renders.models import Render
from studio.integrations.media import ranges
from studio.planning.projects import access
from studio.planning.projects.models import Picture
from studio.planning.projects.rights import Right

_COLUMNS = {
    "original": "file",
    "review": "review",
    "poster": "poster",
    "last": "last_frame",
    "filmstrip": "filmstrip",
}
_PICTURE_COLUMNS = {"working": "file", "preview": "preview"}
# a page of posters asks two hundred times: what is not needed is not read
_OF_VEIL_AND_NAME = (
    "sha256",
    "flagged",
    "unveiled_at",
    "number",
    "kind",
    "format",
    "file",
    "unshown",
    "shot__code",
    "project__name",
)


@require_safe
def take_file(request, code, kind, digest):
    """A file of a take: `original` (with `?download` as an attachment), `review`, `poster`, `last`, `filmstrip`.

    Raises:
        Http404: not signed in, not a member, veiled, or no such file; it does not say which.
    """
    path, name, shown = _of_take(request.user, code, kind, digest)
    wanted_name = name if "download" in request.GET or not shown else ""
    return ranges.respond(request, path, etag=f"{digest}-{kind}", download_as=wanted_name)


@require_safe
def picture_file(request, code, kind, digest):
    """A picture we hold: `working` or `preview`."""
    path = _of_picture(request.user, code, kind, digest)
    return ranges.respond(request, path, etag=f"{digest}-{kind}")


def _of_take(user, code, kind, digest):
    column = _COLUMNS.get(kind)
    if column is None or not user.is_authenticated:
        raise Http404
    takes = Render.objects.filter(_open_to(user) & (Q(shot__trashed_at=None) | _produced_by(user)), code=code)
    take = takes.select_related("shot", "project").only(*_OF_VEIL_AND_NAME, column).first()
    if take is None:
        raise _refusal(user, Render, code, "files of takes")
    if take.veiled or take.sha256[:12] != digest:
        raise Http404
    return _existing(getattr(take, column)), take.file_name, not take.unshown


def _of_picture(user, code, kind, digest):
    column = _PICTURE_COLUMNS.get(kind)
    if column is None or not user.is_authenticated:
        raise Http404
    picture = Picture.objects.filter(_open_to(user), code=code).first()
    if picture is None:
        raise _refusal(user, Picture, code, "files of pictures")
    if picture.sha256[:12] != digest:
        raise Http404
    return _existing(getattr(picture, column))


def _refusal(user, model, code, what):
    """One line in the log for a whole page of posters; none where such a file is nowhere, or lies in the trash."""
    there = model.objects.kept().filter(code=code, project__trashed_at=None).exclude(access.within(user))
    return access.refusal(user, what) if there.exists() else Http404()


def _open_to(user):
    """What is not in the trash, for everyone on the project; what is, for those who may take it back."""
    return access.within(user) & (Q(trashed_at=None) | _produced_by(user))


def _produced_by(user):
    return access.within(user, Right.PRODUCE)


def _existing(name):
    if not name or not default_storage.exists(name):
        raise Http404
    return Path(default_storage.path(name))
