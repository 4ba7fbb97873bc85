"""What people do with the takes they chose in the library."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from studio.core import paging
from studio.core.streaming import Stepwise
from studio.people.accounts import audit
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.models import Membership
from studio.planning.projects.rights import Right
from studio.review.dailies import finding
from studio.review.library import actions, bundle, selection, views
from studio.review.library.selection import Selection, Unfit

FITS_AN_ADDRESS = 80  # takes


@login_required
@require_POST
def circle(request, slug):
    """Circle the chosen takes, one of each shot."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    chosen = selection.read(seat, request.POST)
    try:
        takes = selection.takes(seat, chosen)
        press = actions.circle(seat.project, takes, by=request.user)
    except Unfit as exc:
        return _refused(request, seat, chosen, str(exc))
    undo = f"{reverse('library:uncircle', args=[slug])}?{urlencode(press._asdict())}"
    changed = press.first <= press.last
    messages.success(request, f"{_number(takes)} circled.", extra_tags=undo if changed else "")
    return _done(request, seat, chosen)


@login_required
@require_POST
def uncircle(request, slug):
    """Undo: let what stood for the shots before a press stand for them again."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    first, last = (paging.number(request.GET.get(name, "")) for name in ("first", "last"))
    number = 0
    if first and last:
        number = actions.uncircle(seat.project, actions.Press(first, last), by=request.user)
    shots = f"{number} shot{'' if number == 1 else 's'}"
    messages.info(request, f"{shots} put back as before." if number else "There was nothing to put back.")
    if request.htmx:
        return trigger_client_event(TemplateResponse(request, "layout/_toasts.html"), "live:now")
    return redirect("library:library", slug=slug)


@login_required
@require_POST
def throw_away(request, slug):
    """Throw the chosen takes away, together."""
    seat = membership_or_404(request.user, slug, Right.RUN)
    chosen = selection.read(seat, request.POST)
    try:
        takes = selection.takes(seat, chosen)
        at = actions.throw_away(seat.project, takes, by=request.user)
    except Unfit as exc:
        return _refused(request, seat, chosen, str(exc))
    undo = f"{reverse('library:take_back', args=[slug])}?{urlencode({'at': at.isoformat()})}"
    are = "is" if len(takes) == 1 else "are"
    messages.success(request, f"{_number(takes)} {are} in the trash for 30 days.", extra_tags=undo)
    return _done(request, seat, chosen)


@login_required
@require_POST
def take_back(request, slug):
    """Undo: take what was thrown away together out of the trash."""
    seat = membership_or_404(request.user, slug, Right.RUN)
    at = _moment(request.GET.get("at", ""))
    number = actions.take_back(seat.project, at, by=request.user) if at else 0
    messages.success(request, f"{number} back." if number else "There was nothing to take back.")
    to = _here(request, slug)
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)


@login_required
@require_POST
def put_on_list(request, slug):
    """Put the chosen takes on a review list: `list` is its code, or "new"."""
    seat = membership_or_404(request.user, slug, Right.REVIEW)
    chosen = selection.read(seat, request.POST)
    try:
        takes = selection.takes(seat, chosen)
        if request.POST.get("list") == "new":
            return _new_list(request, slug, takes)
        review_list = _list(seat, request.POST.get("list", ""))
        new = actions.put_on_list(review_list, takes, by=request.user)
    except Unfit as exc:
        return _refused(request, seat, chosen, str(exc))
    rest = f"; {len(takes) - new} were on it" if len(takes) > new else ""
    messages.success(request, f"{new} put on {review_list.name}{rest}.")
    return _done(request, seat, chosen)


def _new_list(request, slug, takes):
    selection.watchable(takes)
    if len(takes) > FITS_AN_ADDRESS:
        raise Unfit(
            f"A new list begins with up to {FITS_AN_ADDRESS} takes. Make one, then add the rest to it."
        )
    to = f"{reverse('review:new_list', args=[slug])}?{urlencode([('take', take.code) for take in takes])}"
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)


def _list(seat: Membership, code: str):
    try:
        found = finding.review_list(seat, UUID(code))
    except (ValueError, Http404):
        raise Unfit("Choose a list to put them on.") from None
    if found not in views.open_lists(seat):
        if found.closed_at is None:
            audit.refused(seat.user, f"put takes on list {found.code}")
        raise Unfit(f"{found.name} is closed, or somebody else runs it.")
    return found


@login_required
@require_POST
def download(request, slug):
    """The originals of the chosen takes as one zip."""
    seat = membership_or_404(request.user, slug)
    chosen = selection.read(seat, request.POST)
    try:
        takes = selection.takes(seat, chosen)
        selection.watchable(takes)
        bundle.check(takes)
    except Unfit as exc:
        return _refused(request, seat, chosen, str(exc))
    response = Stepwise(bundle.zipped(takes), content_type="application/zip")
    name = f"{seat.project.slug}-{len(takes)}-takes-{timezone.localdate()}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# --- answers --------------------------------------------------------------------------------


def _number(takes) -> str:
    return f"{len(takes)} take{'' if len(takes) == 1 else 's'}"


def _refused(request, seat: Membership, chosen: Selection, why: str):
    """Say why nothing was done; what was ticked is ticked still."""
    if request.htmx:
        messages.error(request, why)
        return TemplateResponse(request, "layout/_toasts.html", status=422)
    context = views.library_context(seat, chosen.search, chosen.before)
    context |= {"problem": why, "ticked": {str(code) for code in chosen.codes}, "all_ticked": chosen.all}
    return TemplateResponse(request, "review/library/library.html", context, status=422)


def _done(request, seat: Membership, chosen: Selection):
    """The page shows what was said; the news of the takes arrive by the socket."""
    if request.htmx:
        response = TemplateResponse(request, "layout/_toasts.html")
        return trigger_client_event(trigger_client_event(response, "live:now"), "library:done")
    page = [chosen.search.query, urlencode({"before": chosen.before}) if chosen.before else ""]
    query = "&".join(filter(None, page))
    return redirect(f"{reverse('library:library', args=[seat.project.slug])}?{query}")


def _here(request, slug: str) -> str:
    """The page of the library that asked, else its first."""
    library = reverse("library:library", args=[slug])
    here = (request.htmx and request.htmx.current_url_abs_path) or ""
    return here if here.partition("?")[0] == library else library


def _moment(text: str) -> datetime | None:
    """A moment as an address holds it; None for nonsense."""
    try:
        moment = parse_datetime(text[:40])
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None
