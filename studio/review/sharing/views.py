"""Where producers make share links, see who looked, and take them back."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Max
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from studio.core import paging
from studio.layout.page_context import page_context
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.rights import Right
from studio.review.dailies import finding
from studio.review.sharing import links
from studio.review.sharing.forms import LinkForm
from studio.review.sharing.models import ShareLink, View

PAGE = 30
VIEWS = 100


@login_required
def links_page(request, slug):
    """The links of a project, and a form for another."""
    seat = membership_or_404(request.user, slug, Right.RUN)
    initial = {"expires_on": timezone.localdate() + timedelta(days=14)}
    with suppress(ValueError):  # else it is the cut's
        initial["review_list"] = finding.review_list(seat, UUID(request.GET.get("list", "")))
    form = LinkForm(request.POST if request.method == "POST" else None, project=seat.project, initial=initial)
    if request.method == "POST" and form.is_valid():
        links.create(seat.project, by=request.user, **form.cleaned_data)
        messages.success(request, "The link is made. Copy it below.")
        return redirect("sharing:links", seat.project.slug)
    context = page_context(seat) | {"form": form} | _made(seat.project, request.GET.get("before", ""))
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "review/sharing/links.html", context, status=status)


@login_required
@require_GET
def link_page(request, slug, code):
    """Who looked at what behind a link, the newest first."""
    seat = membership_or_404(request.user, slug, Right.RUN)
    link = get_object_or_404(ShareLink.objects.select_related("review_list"), project=seat.project, code=code)
    found = View.objects.filter(link=link).select_related("guest").order_by("-pk")
    before = paging.number(request.GET.get("before", ""))
    rows, more = paging.page(found.filter(pk__lt=before) if before is not None else found, VIEWS)
    context = page_context(seat) | {"link": link, "views": rows, "next": rows[-1].pk if more else ""}
    return TemplateResponse(request, "review/sharing/link.html", context)


@login_required
@require_POST
def revoke(request, slug, code):
    """Take a link back: it opens nothing from now on."""
    seat = membership_or_404(request.user, slug, Right.RUN)
    links.revoke(get_object_or_404(ShareLink, project=seat.project, code=code), by=request.user)
    messages.success(request, "Taken back. It opens nothing any more.")
    return redirect("sharing:links", seat.project.slug)


@login_required
@require_POST
def see_as_guest(request, slug, code):
    """Look at it as a guest would; nothing is logged and nothing is kept."""
    seat = membership_or_404(request.user, slug, Right.RUN)
    link = get_object_or_404(ShareLink, project=seat.project, code=code)
    links.remember(request.session, link, "preview")
    return redirect("sharing:enter", links.token_of(link))


def _made(project, before):
    found = ShareLink.objects.filter(project=project).select_related("review_list", "created_by")
    found = found.annotate(looks=Count("views"), looked_at=Max("views__at")).order_by("-pk")
    key = paging.number(before)
    rows, more = paging.page(found.filter(pk__lt=key) if key is not None else found, PAGE)
    for link in rows:
        link.address = links.address_of(link)
    return {"made": rows, "next": rows[-1].pk if more else ""}
