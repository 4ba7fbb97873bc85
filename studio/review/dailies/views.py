"""The review pages: what waits, a take frame by frame, a picture."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from studio.core import paging
from studio.core.versions import Basis, Overtaken
from studio.generation.renders.models import Render
from studio.layout.page_context import page_context
from studio.planning.projects import actions
from studio.planning.projects.access import membership_or_404, shot_or_404
from studio.planning.projects.models import Picture, Project
from studio.planning.projects.rights import Right
from studio.review.dailies import film, finding, lists, stage, verdicts
from studio.review.dailies.forms import RulesForm
from studio.review.dailies.models import Retake, ReviewList

PAGE = 60  # takes
LISTS = 30


@login_required
@require_GET
def overview(request, slug):
    """Lists, proposals, and the takes that nobody has decided on."""
    seat = membership_or_404(request.user, slug)
    context = page_context(seat)
    found = ReviewList.objects.filter(project=seat.project).select_related("created_by").order_by("-pk")
    before = paging.number(request.GET.get("lists-before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    shown, more_lists = paging.page(found, LISTS)
    for each in shown:
        each.project = seat.project
    takes, more = paging.page(stage.to_decide(seat.project, before=request.GET.get("before")), PAGE)
    mine = lists.waiting_for(request.user, seat.project).values_list("review_list_id", flat=True)
    owed: dict[int, int] = {}
    for pk in mine:
        owed[pk] = owed.get(pk, 0) + 1
    proposals = Retake.objects.filter(project=seat.project, state=Retake.State.PROPOSED)
    context |= {
        "lists": [(each, owed.get(each.pk, 0)) for each in shown],
        "next_lists": shown[-1].pk if more_lists else "",
        "undecided": takes,
        "next": takes[-1].pk if more else "",
        "proposals": proposals.filter(render__trashed_at=None, render__shot__trashed_at=None)
        .select_related("render__shot__project", "by")
        .order_by("-pk")[:PAGE],
        "rules": RulesForm(instance=seat.project) if seat.produces else None,
    }
    return TemplateResponse(request, "review/dailies/overview.html", context)


@login_required
@require_GET
def waiting(request, slug):
    """How many verdicts this person owes here, for the mark beside the tab."""
    seat = membership_or_404(request.user, slug)
    number = lists.waiting_for(request.user, seat.project).count()
    return TemplateResponse(
        request, "review/dailies/_waiting.html", {"project": seat.project, "waiting_for_me": number}
    )


@login_required
@require_GET
def shot_page(request, slug, code):
    """The takes of a shot, one at a time or against each other."""
    seat = membership_or_404(request.user, slug)
    context = page_context(seat)
    shot = shot_or_404(seat, code)
    review_list = _list_asked(seat, request.GET.get("list", ""))
    take = _take_asked(shot, request.GET.get("take", ""), review_list)
    context |= stage.of_take(
        shot,
        take,
        seat=seat,
        mode=request.GET.get("mode", "single"),
        compare=request.GET.get("compare"),
        lead=request.GET.get("lead", ""),
        review_list=review_list,
    )
    return TemplateResponse(request, "review/dailies/shot.html", context)


@login_required
@require_GET
def picture_page(request, slug, code):
    """A picture, to be noted on and decided."""
    seat = membership_or_404(request.user, slug)
    context = page_context(seat)
    picture = Picture.objects.kept().filter(project=seat.project, code=code).first()
    if picture is None:
        raise Http404
    context |= stage.of_picture(picture, seat=seat)
    return TemplateResponse(request, "review/dailies/shot.html", context)


@login_required
@require_POST
def rules(request, slug):
    """What makes a take approved, and whether Gen-4.5 waits for an approved first frame."""
    seat = membership_or_404(request.user, slug, Right.PRODUCE)
    project = Project.objects.get(pk=seat.project_id)
    form = RulesForm(request.POST, instance=project)
    if form.is_valid():
        try:
            basis = Basis.of(request.POST)
            actions.change_project(project, by=request.user, basis=basis, **form.cleaned_data)
        except Overtaken:
            messages.info(request, "Somebody has changed the rules meanwhile: look again. Nothing was done.")
            return redirect("review:overview", seat.project.slug)
        judged = Render.objects.filter(project=project, verdicts__isnull=False).distinct()
        verdicts.judge_again(project, judged)
        messages.success(request, "Saved.")
    else:
        messages.error(request, "That is no rule we know. Choose one of these.")
    return redirect("review:overview", seat.project.slug)


def _list_asked(seat, code):
    try:
        return finding.review_list(seat, UUID(code)) if code else None
    except ValueError:
        raise Http404 from None


def _take_asked(shot, code, review_list) -> Render | None:
    """The take to look at: the one asked for, the one on the list, or the one that stands for the shot."""
    takes = film.watchable(shot).select_related("created_by")
    try:
        take = takes.filter(code=UUID(code)).first() if code else None
    except ValueError:
        take = None
    if take is None and review_list is not None:
        take = takes.filter(list_items__review_list=review_list).order_by("list_items__position").first()
    if take is None:
        stand = film.stand_ins([shot]).get(shot.pk)
        take = stand and takes.filter(pk=stand.pk).first()
    if take is not None:
        take.shot, take.project = shot, shot.project
    return take
