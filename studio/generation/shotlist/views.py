"""The shot list as a list: its order, and what is done to many lines at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from studio.core import paging
from studio.generation.board import board
from studio.generation.orders import plan, plan_views
from studio.generation.shotlist.forms import ManyForm
from studio.generation.trash import trash
from studio.layout.page_context import page_context
from studio.planning.projects import shot_order
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.models import Shot
from studio.planning.projects.rights import Right

PAGE = 200


@login_required
@require_GET
def list_page(request, slug):
    """The shots in order, 200 a page."""
    seat = membership_or_404(request.user, slug)
    return TemplateResponse(request, "generation/shotlist/list.html", _context(request, seat))


def _context(request, seat, form=None, *, problem=""):
    shots = seat.project.shots.kept().select_related("first_frame").in_order()
    page = request.POST.get("page", "") or request.GET.get("after", "")
    key = board.key_of(page)
    context = page_context(seat)
    found, more = paging.page(board.after_key(shots, key), PAGE)
    for shot in found:
        shot.project = seat.project
    return context | {
        "rows": board.summaries(found),
        "next": f"{found[-1].position}-{found[-1].pk}" if more else "",
        "first": key is None,
        "before_code": _code_before(seat.project, key),
        "page_size": PAGE,
        "form": form or ManyForm(),
        "page": page if key else "",
        "problem": problem,
        "ticked": set(paging.numbers(request.POST.getlist("shot"))),
        "behind": request.POST.get("after", ""),
        "total": seat.project.shots.kept().count(),
    }


def _code_before(project, key):
    """The code of the shot just before the page, "" at the beginning."""
    shot = Shot.objects.kept().filter(project=project, pk=key[1]).first() if key else None
    return shot.code if shot else ""


def _chosen(request, seat):
    """The shots that were ticked, in their order."""
    keys = paging.numbers(request.POST.getlist("shot"))
    return list(Shot.objects.kept().filter(project=seat.project, pk__in=keys).in_order())


def _back(request, slug):
    after = request.POST.get("page", "")
    return f"{reverse('listing:list', args=[slug])}{'?' + urlencode({'after': after}) if after else ''}"


@login_required
@require_POST
def move(request, slug):
    """Put shots behind another one: `after` is its code, or empty for the beginning."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    shots, code = _chosen(request, seat), request.POST.get("after", "").replace("\x00", "").strip()
    anchor = Shot.objects.kept().filter(project=seat.project, code__iexact=code).first() if code else None
    problem = ""
    if not shots:
        problem = "Tick the shots to move first."
    elif code and anchor is None:
        problem = f"There is no shot {code} to put them behind."
    seq = None
    if not problem:
        try:
            seq = shot_order.move(seat.project, shots, after=anchor, by=request.user)
        except shot_order.TooMany as exc:
            problem = str(exc)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"seq": seq, "problem": problem}, status=422 if problem else 200)
    if problem:
        return _again(request, seat, problem=problem)
    return redirect(_back(request, slug))


def _again(request, seat, form=None, *, problem=""):
    """The page as it was sent, ticks and all, with what is wrong."""
    context = _context(request, seat, form or ManyForm(request.POST), problem=problem)
    return TemplateResponse(request, "generation/shotlist/list.html", context, status=422)


@login_required
@require_POST
def many(request, slug):
    """What the bar below the list does to the ticked shots."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    shots, verb = _chosen(request, seat), request.POST.get("do", "")
    form = ManyForm(request.POST)
    nothing_set = form.is_valid() and not form.wished()
    if not shots:
        return _again(request, seat, form, problem="Tick some shots first.")
    if verb == "move" or (verb == "change" and nothing_set and request.POST.get("after", "").strip()):
        return move(request, slug)  # Enter in the field for the code presses the first button
    if verb == "render":
        if len(shots) > plan.MOST:
            said = f"A plan holds {plan.MOST} shots at most; {len(shots)} are ticked."
            return _again(request, seat, form, problem=said)
        return plan_views.go_to(request, slug, shots)
    if verb == "duplicate":
        copies = shot_order.duplicate(seat.project, shots, by=request.user)
        messages.success(request, f"{len(copies)} cop{'y' if len(copies) == 1 else 'ies'} made.")
    elif verb == "throw-away":
        return _throw_away(request, slug, shots)
    else:
        if not form.is_valid():
            return _again(request, seat, form)
        if nothing_set:
            said = "Say what to change: a scene, a model, an aspect, a length or takes."
            return _again(request, seat, form, problem=said)
        try:
            number = shot_order.change_many(
                seat.project, shots, by=request.user, seen=_seen(request), **form.wished()
            )
        except shot_order.Overtook as exc:
            return _again(request, seat, form, problem=str(exc))
        messages.success(request, f"{number} shot{'' if number == 1 else 's'} changed.")
    return redirect(_back(request, slug))


def _seen(request):
    """By key, the version of each shot as its row showed it."""
    pairs = [paging.numbers(text.split(":")) for text in request.POST.getlist("seen")]
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def _throw_away(request, slug, shots):
    seat = membership_or_404(request.user, slug, Right.RUN)
    trash.trash_shots(seat.project, shots, by=request.user)
    undo = f"{reverse('listing:restore_many', args=[slug])}?{urlencode([('shot', shot.pk) for shot in shots[:300]])}"
    said = f"{len(shots)} shot{' is' if len(shots) == 1 else 's are'} in the trash for 30 days."
    messages.success(request, said, extra_tags=undo if len(shots) <= 300 else "")
    return redirect(_back(request, slug))


@login_required
@require_POST
def restore_many(request, slug):
    """Undo: take shots that were thrown away together out of the trash."""
    seat = membership_or_404(request.user, slug, Right.RUN)
    keys = paging.numbers(request.GET.getlist("shot")[:300])
    shots = list(Shot.objects.filter(project=seat.project, pk__in=keys, trashed_at__isnull=False).in_order())
    if shots:
        trash.restore_shots(seat.project, shots, by=request.user)
    messages.success(request, f"{len(shots)} back.")
    to = reverse("listing:list", args=[slug])
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)
