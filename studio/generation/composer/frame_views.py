"""The ways in for a first frame that are no upload, and the page to choose one on."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import reswap, retarget, trigger_client_event

from studio.core import paging, rate_limits
from studio.generation.composer.composer import Composer
from studio.generation.renders.models import Render
from studio.generation.reuse import first_frame
from studio.generation.viewer import viewer
from studio.layout.page_context import page_context
from studio.planning.projects import actions
from studio.planning.projects.access import membership_or_404, shot_or_404
from studio.planning.projects.rights import Right

PAGE = 24  # pictures at once
TAKES = 12  # of the shot, the newest, above them


@login_required
@require_GET
def choose(request, slug, code):
    """Choose a first frame from the project's pictures, the newest first, or from an address."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    return _choices(request, seat, shot_or_404(seat, code))


@login_required
@require_POST
def place(request, slug, code):
    """Make a picture of the project, a take or what is at an address the first frame of this shot."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    shot = shot_or_404(seat, code)
    if "address" in request.POST:
        return _from_address(request, seat, shot)
    if not {"take", "picture"} & request.POST.keys():
        return placed(request, seat, shot, refused="Choose a picture first.")
    if "take" in request.POST and rate_limits.uploaded_too_often(request.user):
        return placed(request, seat, shot, refused=rate_limits.TOO_MANY_PICTURES)
    try:
        _place(request, seat, shot)
    except first_frame.Refused as exc:
        return placed(request, seat, shot, refused=str(exc))
    return placed(request, seat, shot)


@login_required
@require_POST
def turn(request, slug, code):
    """Turn the first frame a quarter to the right: the one that was on the page, not one that came since."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    shot = shot_or_404(seat, code)
    if rate_limits.uploaded_too_often(request.user):
        return placed(request, seat, shot, refused=rate_limits.TOO_MANY_PICTURES)
    if shot.first_frame is None or str(shot.first_frame.code) != request.POST.get("picture"):
        return placed(
            request, seat, shot, refused="Another first frame, or none, is there by now: look, and turn that."
        )
    try:
        first_frame.turn(shot, by=request.user)
    except first_frame.Refused as exc:
        return placed(request, seat, shot, refused=str(exc))
    return placed(request, seat, shot)


def _place(request, seat, shot):
    """What the project holds, by its code; what it does not hold, or nobody may look at, is not there."""
    if "take" in request.POST:
        found = Render.objects.watchable().filter(project=seat.project, shot__trashed_at=None)
        found = found.select_related("shot", "project")
        first_frame.from_take(
            shot, get_object_or_404(found, code=_code(request.POST["take"])), by=request.user
        )
    else:
        found = seat.project.pictures.kept()
        picture = get_object_or_404(found, code=_code(request.POST["picture"]))
        actions.change_shot(shot, by=request.user, first_frame=picture)


def _code(text):
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _from_address(request, seat, shot):
    address = request.POST["address"].strip()
    if not address:
        return _address_refused(request, seat, shot, "Write the address of a picture.")
    if rate_limits.uploaded_too_often(request.user):
        return _address_refused(request, seat, shot, rate_limits.TOO_MANY_PICTURES, status=429)
    try:
        remark = first_frame.from_address(shot, address, by=request.user)
    except first_frame.Refused as exc:
        return _address_refused(request, seat, shot, str(exc))
    if remark:
        messages.info(request, remark)
    return placed(request, seat, shot)


def _address_refused(request, seat, shot, sentence, *, status=422):
    """Say it beside the field, with what was typed still in it; beside the box, where it was dropped there."""
    if "dropped" in request.POST:
        return placed(request, seat, shot, refused=sentence)
    about = {"address": request.POST["address"], "address_error": sentence}
    if not request.htmx:
        return _choices(request, seat, shot, status=status, **about)
    context = {"project": seat.project, "shot": shot, **about}
    response = TemplateResponse(request, "generation/composer/_frame_address.html", context, status=status)
    return reswap(retarget(response, "#frame-address"), "outerHTML")


def _choices(request, seat, shot, *, status=200, **about):
    words = request.GET.get("q", "").strip()[:100]
    found = seat.project.pictures.kept().order_by("-pk")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(from_label__icontains=words))
    before = paging.number(request.GET.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    pictures, more = paging.page(found, PAGE)
    context = page_context(seat) if not request.htmx else {"project": seat.project, "seat": seat}
    context |= {
        "shot": shot,
        "words": words,
        "pictures": pictures,
        "next": pictures[-1].pk if more else "",
        "takes": [] if words or before is not None else _takes(shot),
        **about,
    }
    template = (
        "generation/composer/_frame_choices.html" if request.htmx else "generation/composer/choose_frame.html"
    )
    return TemplateResponse(request, template, context, status=status)


def _takes(shot):
    takes = list(shot.renders.watchable().order_by("-pk")[:TAKES])
    for take in takes:
        take.shot, take.project = shot, shot.project
    return takes


def placed(request, seat, shot, *, refused=""):
    """Answer with the composer's settings as they are now, and why a picture was refused."""
    if not request.htmx:
        if refused:
            messages.error(request, refused)
        return redirect(shot)
    composer = Composer(
        shot,
        errors={"first_frame": refused} if refused else {},
        seen=viewer.seen(shot, request.POST.get("seen")),
        by_id=request.user.pk,
    )
    context = {"composer": composer, "shot": shot, "project": seat.project, "seat": seat}
    status = 422 if refused else 200
    response = TemplateResponse(request, "generation/composer/_frame_placed.html", context, status=status)
    return response if refused else trigger_client_event(response, "frame:placed")
