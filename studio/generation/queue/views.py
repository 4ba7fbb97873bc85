"""The queue in a browser: a drawer beside every page of a project, and a page of its own without scripts."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from studio.core import rate_limits
from studio.generation.orders import queue_actions
from studio.generation.queue import sections
from studio.generation.renders import create_takes, lifecycle, provider_backoff
from studio.generation.renders.models import Batch, ProviderHold, Render
from studio.layout.page_context import page_context
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.rights import Right


@login_required
@require_GET
def queue_page(request, slug):
    """The whole queue, or one section of it from a key on."""
    seat = membership_or_404(request.user, slug)
    only = request.GET.get("section", "")
    context = {"seat": seat, "project": seat.project} if request.htmx else page_context(seat)
    context |= {
        "sections": sections.read(seat.project, only=only, after=request.GET.get("after", "")),
        "only": only if only in sections.TITLES else "",
        "room": sections.room(seat.project),
        "stop": ProviderHold.objects.order_by("since").first(),
        "press": uuid.uuid4(),
        "money": seat.sees_money,
    }
    template = "generation/queue/_queue.html" if request.htmx else "generation/queue/queue.html"
    response = TemplateResponse(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _takes(seat, batch):
    """The takes of a press on this project."""
    takes = Render.objects.kept().filter(project=seat.project, batch=batch, shot__trashed_at=None)
    if not takes.exists():
        raise Http404
    return takes


def _after(request, slug, said, *, level=messages.INFO):
    """Answer a press: what was said, and the news of it at once."""
    messages.add_message(request, level, said)
    if request.htmx:
        return trigger_client_event(TemplateResponse(request, "layout/_toasts.html"), "live:now")
    return redirect("queue:queue", slug=slug)


def _number(takes):
    return f"{takes} take{'' if takes == 1 else 's'}"


@login_required
@require_POST
def hold(request, slug, batch):
    seat = membership_or_404(request.user, slug, Right.MAKE)
    takes = _takes(seat, batch).filter(state=Render.State.QUEUED).select_related("shot").order_by("pk")
    done = queue_actions.hold(list(takes), by=request.user)
    said = f"{_number(done)} held. What they may cost stays set aside." if done else "Too late: all sent."
    return _after(request, slug, said)


@login_required
@require_POST
def release(request, slug, batch):
    seat = membership_or_404(request.user, slug, Right.MAKE)
    takes = _takes(seat, batch).filter(state=Render.State.QUEUED).select_related("shot").order_by("pk")
    done = queue_actions.release(list(takes), by=request.user)
    return _after(request, slug, f"{_number(done)} on the way again." if done else "None of it is held.")


@login_required
@require_POST
def dismiss(request, slug, batch):
    """Stop waiting for what is being made: it cannot be called back."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    takes = _takes(seat, batch).filter(state__in=Render.IN_FLIGHT).select_related("shot").order_by("pk")
    done = sum(lifecycle.dismiss(take, by=request.user) for take in takes)
    said = f"Not waiting for {_number(done)} any more. What comes is filed and charged."
    return _after(request, slug, said if done else "None of it is being made.")


@login_required
@require_POST
def retry(request, slug, batch):
    """Order what failed of a press again, at the price the button showed."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    takes = _takes(seat, batch)
    if rate_limits.pressed_too_often(request.user):
        return _after(request, slug, rate_limits.TOO_OFTEN, level=messages.ERROR)
    named = Batch.objects.filter(code=batch, project=seat.project).first()
    try:
        done = queue_actions.retry(
            list(takes.filter(state=Render.State.FAILED).order_by("pk")),
            project_id=seat.project_id,
            by=request.user,
            press=request.POST.get("press", ""),
            shown=request.POST.get("shown"),
            once=True,
            title=f"{named}, again" if named else "",
        )
    except (queue_actions.Dearer, create_takes.Closed) as exc:
        return _after(request, slug, str(exc), level=messages.ERROR)
    return _after(request, slug, queue_actions.said(done))


@login_required
@require_POST
def try_now(request, slug):
    """The provider is tried again before its time: somebody has topped up, or will not wait."""
    membership_or_404(request.user, slug, Right.RUN)
    done = provider_backoff.try_now()
    return _after(request, slug, "Trying again now." if done else "Nothing stands in the way any more.")
