"""The cut: the film plays through with the best there is."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from studio.core import paging
from studio.layout.page_context import page_context
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.rights import Right
from studio.review.cut import actions, entries
from studio.review.dailies import finding
from studio.review.dailies.subjects import Gone, Problems


@login_required
@require_GET
def cut(request, slug):
    """Play the film; with `?around=030` that shot and two on either side."""
    seat = membership_or_404(request.user, slug)
    context = page_context(seat)
    around = request.GET.get("around", "")[:20]
    found = entries.of(seat.project, picture_url=entries.picture_url, around=around)
    context |= {"entries": found, "around": around, "aspect": seat.project.aspect}
    return TemplateResponse(request, "review/cut/cut.html", context)


@login_required
@require_GET
def entries_part(request, slug):
    """The same as data, for an open page in which something has changed."""
    seat = membership_or_404(request.user, slug)
    around = request.GET.get("around", "")[:20]
    found = entries.of(seat.project, picture_url=entries.picture_url, around=around)
    return JsonResponse({"entries": found})


@login_required
@require_POST
def trim(request, code):
    """In and out of a take: `first` and `last`, or `whole` to play all of it."""
    take = finding.take(request.user, code, Right.MAKE)
    try:
        if "whole" in request.POST:
            actions.untrim(take, by=request.user)
        else:
            first, last = (paging.number(request.POST.get(name, "")) for name in ("first", "last"))
            actions.trim(take, by=request.user, first=first, last=last)
    except (Problems, Gone) as exc:
        if request.headers.get("X-Rushes") == "script":
            return JsonResponse({"errors": {"": str(exc)}}, status=422)
        messages.error(request, str(exc))
    if request.headers.get("X-Rushes") == "script":
        return JsonResponse({"kept": True})
    return redirect("cut:cut", take.project.slug)
