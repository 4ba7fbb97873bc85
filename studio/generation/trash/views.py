"""Throwing away and taking back, for producers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from studio.generation.renders.models import Render
from studio.generation.renders.take_access import take_or_404
from studio.generation.trash import trash
from studio.layout.page_context import page_context
from studio.planning.projects import access
from studio.planning.projects.models import Picture, Shot
from studio.planning.projects.rights import Right

PAGE = 100


@login_required
@require_GET
def trash_page(request, slug):
    """What was thrown away in the last thirty days, the newest first."""
    seat = access.membership_or_404(request.user, slug, Right.PRODUCE)
    project = seat.project
    takes = project.renders.filter(trashed_at__isnull=False, shot__trashed_at=None)
    context = page_context(seat) | {
        "shots": project.shots.filter(trashed_at__isnull=False)
        .select_related("trashed_by")
        .order_by("-trashed_at")[:PAGE],
        "takes": takes.select_related("shot", "trashed_by").order_by("-trashed_at")[:PAGE],
        "pictures": project.pictures.filter(trashed_at__isnull=False)
        .select_related("trashed_by")
        .order_by("-trashed_at")[:PAGE],
    }
    return TemplateResponse(request, "generation/trash/trash.html", context)


def _answer(request, to):
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)


# --- shots --------------------------------------------------------------------------------


@login_required
@require_POST
def trash_shot(request, slug, code):
    """Throw a shot away, with its takes."""
    seat = access.membership_or_404(request.user, slug, Right.RUN)
    shot = get_object_or_404(Shot.objects.kept(), project=seat.project, code=code)
    trash.trash_shots(seat.project, [shot], by=request.user)
    undo = reverse("trash:restore_shot", args=[slug, shot.pk])
    messages.success(request, f"Shot {shot.code} is in the trash for 30 days.", extra_tags=undo)
    return _answer(request, reverse("board:board", args=[slug]))


@login_required
@require_POST
def restore_shot(request, slug, pk):
    """Take a shot out of the trash."""
    seat = access.membership_or_404(request.user, slug, Right.RUN)
    shot = get_object_or_404(Shot, project=seat.project, pk=pk, trashed_at__isnull=False)
    trash.restore_shots(seat.project, [shot], by=request.user)
    shot.refresh_from_db()
    messages.success(request, f"Shot {shot.code} is back.")
    return _answer(request, reverse("board:shot", args=[slug, shot.code]))


# --- takes --------------------------------------------------------------------------------


def _thrown_away(request, code):
    found = Render.objects.filter(access.within(request.user, Right.RUN), code=code, trashed_at__isnull=False)
    return take_or_404(request.user, code, Right.RUN, takes=found)


@login_required
@require_POST
def trash_take(request, code):
    """Throw a take away."""
    take = take_or_404(request.user, code, Right.RUN)
    try:
        trash.trash_take(take, by=request.user)
    except trash.Busy as exc:
        messages.error(request, str(exc))
    else:
        undo = reverse("trash:restore_take", args=[take.code])
        messages.success(request, f"{take} is in the trash for 30 days.", extra_tags=undo)
    return _answer(request, take.shot.get_absolute_url())


@login_required
@require_POST
def restore_take(request, code):
    """Take a take out of the trash."""
    take = _thrown_away(request, code)
    trash.restore_take(take, by=request.user)
    messages.success(request, f"{take} is back.")
    return _answer(request, take.get_absolute_url())


# --- pictures -----------------------------------------------------------------------------


def _picture(request, code, **which):
    found = Picture.objects.filter(access.within(request.user, Right.RUN), code=code, **which)
    among = Picture.objects.filter(code=code)
    found = found.select_related("project")
    return access.first_or_404(found, request.user, Right.RUN, what=f"picture {code}", among=among)


@login_required
@require_POST
def trash_picture(request, code):
    """Throw a picture away."""
    picture = _picture(request, code, trashed_at=None)
    try:
        trash.trash_picture(picture, by=request.user)
    except trash.Busy as exc:
        messages.error(request, str(exc))
    else:
        undo = reverse("trash:restore_picture", args=[picture.code])
        messages.success(request, f"{picture} is in the trash for 30 days.", extra_tags=undo)
    return _answer(request, reverse("pictures:pictures", args=[picture.project.slug]))


@login_required
@require_POST
def restore_picture(request, code):
    """Take a picture out of the trash."""
    picture = _picture(request, code, trashed_at__isnull=False)
    trash.restore_picture(picture, by=request.user)
    messages.success(request, f"{picture} is back.")
    return _answer(request, reverse("pictures:pictures", args=[picture.project.slug]))


# --- projects -----------------------------------------------------------------------------


@login_required
@require_POST
def trash_project(request, slug):
    """Throw a whole project away."""
    seat = access.membership_or_404(request.user, slug, Right.PRODUCE)
    try:
        trash.trash_project(seat.project, by=request.user)
    except trash.Busy as exc:
        messages.error(request, str(exc))
        return _answer(request, reverse("dashboard:settings", args=[slug]))
    undo = reverse("trash:restore_project", args=[slug])
    messages.success(request, f"{seat.project} is in the trash for 30 days.", extra_tags=undo)
    return _answer(request, reverse("dashboard:projects"))


@login_required
@require_POST
def restore_project(request, slug):
    """Take a project out of the trash."""
    project = access.thrown_away(request.user).filter(slug=slug).first()
    if project is None:
        raise access.refusal(request.user, f"{Right.PRODUCE.value} on {slug}, in the trash")
    trash.restore_project(project, by=request.user)
    messages.success(request, f"{project} is back.")
    return _answer(request, project.get_absolute_url())
