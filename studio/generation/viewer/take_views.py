"""What people do with a take: take it back, allow it, circle it, look behind its veil."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from studio.core import rate_limits
from studio.generation.orders import queue_actions
from studio.generation.renders import archive, lifecycle, live_fragments, settlement, take_controls, waiting
from studio.generation.renders.models import Render
from studio.generation.renders.take_access import take_or_404
from studio.generation.reuse import continue_from_frame
from studio.generation.viewer import viewer
from studio.planning.projects import access
from studio.planning.projects.rights import Right

_SETTLED = "It is settled already."


@login_required
@require_GET
def take_card(request, code):
    """The tile of a take, asked for now and then by pages that show it in flight."""
    take = take_or_404(request.user, code)
    seat = access.seat_on(request.user, take.project)
    return HttpResponse(take_controls.put_into(live_fragments.card(take, seat.audience), seat))


def after(request, take, said=""):
    """Answer a press on a take: the news arrive by the socket, the page shows what was said."""
    if said:
        messages.info(request, said)
    if request.htmx:
        response = TemplateResponse(request, "layout/_toasts.html")
        return trigger_client_event(response, "live:now")
    if request.GET.get("from") == "queue":
        return redirect("queue:queue", slug=take.project.slug)
    if take.trashed_at or take.shot.trashed_at:
        return redirect("reports:costs", slug=take.project.slug)
    return redirect(take)


@login_required
@require_POST
def cancel(request, code):
    take = take_or_404(request.user, code, Right.MAKE)
    done = lifecycle.cancel(take, by=request.user)
    return after(request, take, "Taken back, nothing charged." if done else "Too late: it has been sent.")


@login_required
@require_POST
def dismiss(request, code):
    take = take_or_404(request.user, code, Right.MAKE)
    lifecycle.dismiss(take, by=request.user)
    return after(request, take, "Not waiting for it any more. If it comes, it is filed and charged.")


@login_required
@require_POST
def hold(request, code):
    take = take_or_404(request.user, code, Right.MAKE)
    done = queue_actions.hold([take], by=request.user)
    return after(request, take, f"{take} is held." if done else "Too late: it has been sent.")


@login_required
@require_POST
def release(request, code):
    take = take_or_404(request.user, code, Right.MAKE)
    done = queue_actions.release([take], by=request.user)
    return after(request, take, f"{take} goes out." if done else "Nobody holds it any more.")


@login_required
@require_POST
def allow(request, code):
    take = take_or_404(request.user, code, Right.RUN)
    try:
        done = waiting.allow(take, by=request.user)
    except waiting.NeedsOwner as exc:
        return after(request, take, str(exc))
    return after(request, take, f"{take} goes out." if done else "It no longer waits.")


def _to_settle(user, code):
    """A take whose money is to be settled, wherever it lies: that of what is in the trash is still set aside."""
    takes = Render.objects.filter(access.within(user, Right.PRODUCE))
    return take_or_404(user, code, Right.PRODUCE, takes=takes)


@login_required
@require_POST
def write_off(request, code):
    """Settle a take that does not answer, or failed without a word about money, as free."""
    take = _to_settle(request.user, code)
    done = settlement.write_off(take, by=request.user)
    return after(request, take, "Written off; the money set aside is free again." if done else _SETTLED)


@login_required
@require_POST
def book_without_file(request, code):
    """Settle a take of which it is not known whether it was charged, as charged."""
    take = _to_settle(request.user, code)
    done = settlement.book(take, by=request.user)
    return after(request, take, "Booked as charged." if done else _SETTLED)


@login_required
@require_POST
def fetch_again(request, code):
    """Have the file of a take that was paid for fetched anew."""
    take = take_or_404(request.user, code, Right.MAKE)
    done = archive.fetch_again(take, by=request.user)
    return after(request, take, "Its file is fetched again." if done else "Its file is here, or on its way.")


@login_required
@require_POST
def circle(request, code):
    """Circle this take, or uncircle it: a person's choice of which take stands for the shot."""
    take = take_or_404(request.user, code, Right.MAKE)
    if take.state != "ready":
        raise Http404
    wanted = request.GET.get("on", "0" if take.circled else "1")  # two who press Circle both want it
    viewer.circle(take, by=request.user, circled=wanted == "1")
    if request.htmx:
        return trigger_client_event(
            TemplateResponse(request, "generation/viewer/_circle.html", {"take": take, "may_edit": True}),
            "live:now",
        )
    return redirect(take)


@login_required
@require_GET
def circle_part(request, code):
    take = take_or_404(request.user, code)
    seat = access.seat_on(request.user, take.project)
    return TemplateResponse(request, "generation/viewer/_circle.html", {"take": take, "may_edit": seat.makes})


@login_required
@require_POST
def unveil(request, code):
    """Lift the veil of a flagged take; it is recorded who did."""
    take = take_or_404(request.user, code, Right.MAKE)
    viewer.unveil(take, by=request.user)
    if request.htmx:
        return HttpResponseClientRedirect(take.get_absolute_url())
    return redirect(take)


@login_required
@require_POST
def use_as_first_frame(request, code):
    """Make a still the first frame of its shot, in one gesture."""
    take = take_or_404(request.user, code, Right.MAKE)
    if not (take.is_still and take.state == "ready") or take.veiled:
        raise Http404
    if rate_limits.uploaded_too_often(request.user):
        return after(request, take, rate_limits.TOO_MANY_PICTURES)
    try:
        viewer.use_as_first_frame(take, by=request.user)
    except continue_from_frame.Gone as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, f"{take.label.capitalize()} is the first frame now.")
    if request.htmx:
        return HttpResponseClientRedirect(take.get_absolute_url())
    return redirect(take)
