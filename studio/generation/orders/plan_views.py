"""The plan sheet in a browser: look, untick, confirm once."""

import uuid
from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from studio.core import paging, rate_limits
from studio.generation.orders import plan
from studio.generation.renders import create_takes, lifecycle, shot_status, waiting
from studio.generation.renders.models import Render
from studio.layout.page_context import page_context
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.models import Shot
from studio.planning.projects.rights import Right


@login_required
@require_GET
def plan_page(request, slug):
    """The sheet of the shots asked for: some by their keys, or all of a status."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    found = _asked_for(request.GET, seat.project)
    shots = list(found[: plan.MOST])
    drawn = plan.draw_up(seat.project, shots, person_id=request.user.pk)
    whole = "status" in request.GET and len(shots) == plan.MOST
    left_out = found.count() - len(shots) if whole else 0
    return _sheet(request, seat, drawn, left_out=left_out)


def _asked_for(sent, project):
    """The shots meant, in their order."""
    shots = Shot.objects.kept().filter(project=project).select_related("first_frame").in_order()
    status = shot_status.status_of(sent.get("status", ""))
    if status:
        waits = Render.objects.kept().filter(shot=OuterRef("pk"), state=Render.State.WAITING)
        return (
            shot_status.with_status(shots).filter(status=status).exclude(Exists(waits))
        )  # those are ordered
    return shots.filter(pk__in=paging.numbers(sent.getlist("shot")))


def _sheet(request, seat, drawn, *, problem="", status=200, part=False, left_out=0):
    context = {
        "plan": drawn,
        "problem": problem,
        "press": uuid.uuid4(),
        "project": seat.project,
        "seat": seat,
        "most": plan.MOST,
        "left_out": left_out,
    }
    if part:
        return TemplateResponse(request, "generation/orders/_plan.html", context, status=status)
    return TemplateResponse(
        request, "generation/orders/plan.html", page_context(seat) | context, status=status
    )


@login_required
@require_POST
def carry_out(request, slug):
    """Draw the sheet again for other boxes, or order what it shows."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    shots = list(_asked_for(request.POST, seat.project)[: plan.MOST])
    chosen = set(paging.numbers(request.POST.getlist("render")))
    if request.POST.get("do") != "render":
        drawn = plan.draw_up(seat.project, shots, person_id=request.user.pk, chosen=chosen)
        return _sheet(request, seat, drawn, part=bool(request.htmx))
    repeated = create_takes.ordered_by(request.POST.get("press", ""), shots)
    return pressed(
        request,
        again=plan.draw_up(seat.project, shots, person_id=request.user.pk, chosen=chosen),
        repeated=repeated,
        same={take.shot_id for take in repeated} == chosen,
        order=partial(plan.carry_out, seat.project, shots, by=request.user, chosen=chosen),
        sheet=partial(_sheet, request, seat),
        to=lambda takes: reverse("board:board", args=[slug]),
    )


def pressed(request, *, again, repeated, same, order, sheet, to):
    """Order what a sheet of this person showed, or say beside it why not.

    Args:
        again: the plan as it is now, with the boxes that are ticked.
        repeated: the takes this press has ordered before.
        same: whether those are what is ticked now.
        order: orders it and returns the takes: `order(seen=, lines_seen=, press=)`.
        sheet: draws an answer: `sheet(plan, problem=, status=)`.
        to: where these takes are to be seen.
    """
    if repeated and same:
        messages.info(request, _said_again(repeated))
        return redirect(to(repeated))
    if rate_limits.pressed_too_often(request.user):
        return sheet(again, problem=rate_limits.TOO_OFTEN, status=429)
    if repeated:
        said = "That press has ordered already. This is a new plan; look at it and press again."
        return sheet(again, problem=said, status=409)
    if again.too_many:
        return sheet(again, problem=again.too_many, status=422)
    if not paging.numbers(request.POST.getlist("render")):
        return sheet(again, problem="Tick at least one line.", status=422)
    try:
        takes = order(
            seen=request.POST.get("seen", ""),
            lines_seen=_lines_seen(request.POST),
            press=request.POST.get("press", ""),
        )
    except plan.Changed as changed:
        return sheet(changed.plan, problem=str(changed), status=409)
    except create_takes.Closed as exc:
        return sheet(again, problem=str(exc), status=409)
    project = again.lines[0].shot.project
    messages.success(request, _said(takes), extra_tags=_undo(project.slug, takes))
    return redirect(to(takes))


def _lines_seen(sent):
    pairs = [text.partition(":") for text in sent.getlist("line")[: plan.MOST]]
    return {int(key): word for key, _, word in pairs if paging.number(key) is not None}


def _said_again(takes):
    if all(take.state == Render.State.CANCELLED for take in takes):
        return "Those takes were taken back: nothing is ordered."
    return "That was ordered already; nothing was ordered twice."


def _said(takes):
    shots = len({take.shot_id for take in takes})
    number = f"{len(takes)} take{'' if len(takes) == 1 else 's'} of {shots} shot{'' if shots == 1 else 's'}"
    left = waiting.told(takes)
    if left:
        return f"{number} ordered, {left}"
    free = max((take.free_undo_seconds for take in takes), default=0)
    return f"{number} queued. Undo is free for {free} s." if free else f"{number} queued."


def _undo(slug, takes):
    if not any(take.undoable for take in takes):
        return ""
    return reverse("orders:cancel_press", args=[slug, takes[0].batch])


@login_required
@require_POST
def cancel_press(request, slug, batch):
    """Take back everything of one press that was not sent yet, whatever shots it was for."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    takes = list(Render.objects.kept().filter(project=seat.project, batch=batch).select_related("shot"))
    if not takes:
        raise Http404
    done = sum(lifecycle.cancel(take, by=request.user) for take in takes)
    number = "" if done == len(takes) else f"{done} of {len(takes)} "
    said = (
        f"{number}taken back, nothing charged{' for them' if number else ''}." if done else "Too late: sent."
    )
    messages.info(request, said[0].upper() + said[1:])
    if request.htmx:
        return trigger_client_event(TemplateResponse(request, "layout/_toasts.html"), "live:now")
    return redirect("board:board", slug=slug)


def address_of(slug, shots):
    """Where the plan of these shots is."""
    return f"{reverse('orders:plan', args=[slug])}?{urlencode([('shot', shot.pk) for shot in shots])}"


def go_to(request, slug, shots):
    """Show the plan of these shots."""
    to = address_of(slug, shots)
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)
