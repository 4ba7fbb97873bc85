"""Review lists: make one, see who has answered, close it."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from studio.core.versions import Basis, Overtaken
from studio.layout import overtaken
from studio.layout.page_context import page_context
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.rights import Right
from studio.review.dailies import finding, lists, stage
from studio.review.dailies.forms import ListForm
from studio.review.dailies.models import review_url
from studio.review.dailies.subjects import Problems

OFFERED = 200  # takes to choose from on the form


@login_required
def new_list(request, slug):
    """Choose takes and people, and say by when."""
    seat = membership_or_404(request.user, slug, Right.REVIEW)
    tomorrow = (timezone.localtime() + timedelta(days=1)).replace(hour=18, minute=0, second=0, microsecond=0)
    initial = {"name": f"Dailies {timezone.localdate():%b %-d}", "due_at": tomorrow}
    form = ListForm(request.POST if request.method == "POST" else None, project=seat.project, initial=initial)
    chosen = _codes(request.POST.getlist("take") or request.GET.getlist("take"))
    if request.method == "POST" and form.is_valid():
        try:
            made = lists.create(
                seat.project, by=request.user, takes=_in_order(seat.project, chosen), **form.cleaned_data
            )
            return redirect(made)
        except Problems as problems:
            form.add_error(None, str(problems))
    context = page_context(seat) | {"form": form, "chosen": {str(code) for code in chosen}}
    context["offered"] = _offered(seat.project, chosen)
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "review/dailies/new_list.html", context, status=status)


@login_required
@require_GET
def list_page(request, slug, code):
    """The takes of a list with what each person says, and who has not answered."""
    seat = membership_or_404(request.user, slug)
    context = page_context(seat)
    review_list = finding.review_list(seat, code)
    now = lists.standing(review_list)
    first = next((item for item in now.items if not now.said.get((item.render_id, request.user.pk))), None)
    begin = first or (now.items[0] if now.items else None)
    context |= {
        "list": review_list,
        "now": now,
        "told": lists.told(review_list),
        "begin": review_url(begin.render, list=review_list.code) if begin else "",
        "mine": any(user.pk == request.user.pk for user in now.people),
        "left": sum((item.render_id, request.user.pk) not in now.said for item in now.items),
        "may_run": _may_run(seat, review_list),
        "form": _form(seat, review_list, now),
    }
    return TemplateResponse(request, "review/dailies/list.html", context)


@login_required
@require_POST
def change_list(request, slug, code):
    """Another name, other people, another time; by whoever made it, or a producer."""
    seat, review_list = _to_run(request, slug, code)
    form = ListForm(request.POST, project=seat.project)
    told, status = None, 422
    if form.is_valid():
        try:
            lists.change(review_list, by=request.user, basis=Basis.of(request.POST), **form.cleaned_data)
            return redirect(review_list)
        except Overtaken as exc:
            labels = {"due_at": "time it is due"}
            told, status = overtaken.choices(exc, reader=request.user, labels=labels), 409
            review_list.refresh_from_db()
    now = lists.standing(review_list)
    context = page_context(seat) | {"list": review_list, "now": now, "told": lists.told(review_list)}
    context |= {"form": form, "may_run": True, "begin": "", "mine": False, "left": 0, "overtaken": told}
    return TemplateResponse(request, "review/dailies/list.html", context, status=status)


@login_required
@require_GET
def list_words(request, slug, code):
    """The name of a list as it is, and when it is due: what an open page takes over."""
    seat = membership_or_404(request.user, slug)
    return overtaken.words(finding.review_list(seat, code), ["name"], reader=request.user)


@login_required
def add_takes(request, slug, code):
    """Choose more takes for a list; by whoever made it, or a producer."""
    seat, review_list = _to_run(request, slug, code)
    chosen = _codes(request.POST.getlist("take") or request.GET.getlist("take"))
    error = ""
    if request.method == "POST":
        number = lists.add(review_list, _in_order(seat.project, chosen), by=request.user)
        if number:
            messages.success(request, f"{number} more to look at.")
            return redirect(review_list)
        error = "Choose at least one take that is not on it."
    here = set(review_list.items.values_list("render__code", flat=True))
    offered = [take for take in _offered(seat.project, chosen) if take.code not in here]
    context = page_context(seat) | {"list": review_list, "offered": offered, "error": error}
    context["chosen"] = {str(code) for code in chosen}
    return TemplateResponse(request, "review/dailies/add_takes.html", context, status=422 if error else 200)


@login_required
@require_POST
def close_list(request, slug, code):
    """Say what was decided; everyone it concerns gets it by mail."""
    _, review_list = _to_run(request, slug, code)
    if lists.close(review_list, by=request.user):
        messages.success(request, f"Closed: {lists.told(review_list)}. Everyone asked gets it by mail.")
    return redirect(review_list)


@login_required
@require_POST
def reopen_list(request, slug, code):
    _, review_list = _to_run(request, slug, code)
    lists.reopen(review_list, by=request.user)
    return redirect(review_list)


@login_required
@require_POST
def take_off(request, slug, code):
    """Take a take off the list again: `take` is its code."""
    _, review_list = _to_run(request, slug, code)
    for take in lists.reviewable(review_list.project).filter(code__in=_codes(request.POST.getlist("take"))):
        lists.take_off(review_list, take, by=request.user)
    return redirect(review_list)


def _to_run(request, slug, code):
    seat = membership_or_404(request.user, slug, Right.REVIEW)
    review_list = finding.review_list(seat, code)
    if not _may_run(seat, review_list):
        membership_or_404(request.user, slug, Right.RUN)  # nobody else: 404
    return seat, review_list


def _may_run(seat, review_list):
    mine = review_list.created_by_id == seat.user_id
    return seat.reviews and (mine or seat.produces)


def _form(seat, review_list, now):
    if not _may_run(seat, review_list):
        return None
    due = review_list.due_at and timezone.localtime(review_list.due_at)
    initial = {"name": review_list.name, "due_at": due, "people": [user.pk for user in now.people]}
    return ListForm(project=seat.project, initial=initial)


def _codes(texts):
    found = []
    for text in texts[: lists.MOST_TAKES + 1]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _in_order(project, codes):
    """The takes with these codes, in the order of the shot list."""
    found = lists.reviewable(project).filter(code__in=codes).select_related("shot")
    return found.order_by("shot__position", "shot__pk", "number")


def _offered(project, chosen):
    """Takes to choose from: those chosen, then those nobody has decided on."""
    some = list(_in_order(project, chosen))
    here = {take.pk for take in some}
    rest = stage.to_decide(project).select_related("shot__project")[:OFFERED]
    takes = [*some, *(take for take in rest if take.pk not in here)]
    for take in takes:
        take.project = take.shot.project = project
    return takes
