"""The page of the owner on which our books stand beside the provider's, and how differences are settled."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from studio.core import paging
from studio.integrations import providers
from studio.layout.page_context import page_context
from studio.oversight.reconciliation import books, settling
from studio.oversight.reconciliation.forms import SettleForm
from studio.oversight.reconciliation.models import Comparison, Difference
from studio.planning.projects import access
from studio.planning.projects.models import Project
from studio.planning.projects.rights import Right
from studio.runtime import jobs
from studio.runtime.jobs import pause

PAGE = 50
LATEST = 14  # comparisons shown


@login_required
@require_GET
def page(request):
    """Open differences first, then what was settled, 50 a page, and the latest comparisons."""
    access.owner_or_404(request.user, "the reconciliation")
    return _page(request)


def _page(request, *, wrong=None, status=200):
    sandbox = providers.sandboxed()
    settled = Difference.objects.filter(sandbox=sandbox).exclude(settled_at=None).order_by("-pk")
    before = paging.number(request.GET.get("before", ""))
    if before is not None:
        settled = settled.filter(pk__lt=before)
    found, more = paging.page(settled.select_related("project", "settled_by"), PAGE)
    waiting = (
        Difference.objects.filter(sandbox=sandbox, settled_at=None).select_related("project").order_by("-pk")
    )
    context = {
        "differences": list(waiting[:200]),
        "settled": found,
        "next": found[-1].pk if more else "",
        "comparisons": list(
            Comparison.objects.filter(sandbox=sandbox).select_related("by").order_by("-pk")[:LATEST]
        ),
        "projects": list(_projects(request.user)[:500]),
        "concluded": Comparison.objects.filter(sandbox=sandbox, conclusive=True).order_by("-pk").first(),
        "days": books.DAYS,
        "wrong": wrong,
    }
    return TemplateResponse(request, "oversight/reconciliation/page.html", context, status=status)


@login_required
@require_POST
def compare(request):
    """Compare now: in the process that renders, since it knows the provider."""
    access.owner_or_404(request.user, "the reconciliation")
    if pause.paused():
        messages.error(request, "The provider is not asked while this studio stands still.")
        return redirect("reconcile:page")
    jobs.soon("reconcile.compare", request.user.pk)
    messages.info(request, "Comparing now. The result stands here in a moment.")
    return redirect("reconcile:page")


@login_required
@require_POST
def settle(request, code):
    """Adjust our books, or leave them, with a reason."""
    found = _open_to(request.user).filter(code=code)
    among = Difference.objects.filter(code=code)
    difference = access.first_or_404(
        found, request.user, Right.PRODUCE, what=f"difference {code}", among=among
    )
    if difference.settled_at:
        return _said(request, difference, done=False)
    form = SettleForm(request.POST, projects=_projects(request.user))
    if not form.is_valid():
        return _refused(request, difference, next(iter(form.errors.values()))[0])
    said = form.cleaned_data
    difference.ours, difference.theirs = said["ours"], said["theirs"]  # what was looked at
    decided = {"by": request.user, "reason": said["reason"]}
    try:
        if said["do"] == "leave":
            done = settling.leave(difference, **decided)
        else:
            done = settling.adjust(difference, project=said["project"], **decided)
    except settling.NoProject:
        return _refused(request, difference, "Choose the project that pays for it.")
    return _said(request, difference, done=done)


def _said(request, difference, *, done):
    if done:
        messages.success(request, "Settled.")
    else:
        messages.info(request, "Nothing was done: it was settled, or its figures changed, meanwhile.")
    return _back(request, difference)


def _refused(request, difference, said):
    """The form again with what was typed: on the owner's page, or alone for a producer."""
    typed = {name: request.POST.get(name, "") for name in ("reason", "project")}
    wrong = {"code": difference.code, "said": said, **typed}
    if _comes_from_all(request, difference):
        return _page(request, wrong=wrong, status=422)
    seat = access.seat_on(request.user, difference.project)
    context = page_context(seat) | {"differences": [difference], "wrong": wrong}
    return TemplateResponse(request, "oversight/reconciliation/one.html", context, status=422)


def _back(request, difference):
    if _comes_from_all(request, difference):
        return redirect("reconcile:page")
    return redirect("reports:costs", slug=difference.project.slug)


def _comes_from_all(request, difference):
    """The owner settles on a page for all projects, or like a producer on the costs page of one."""
    return difference.project is None or (request.user.is_superuser and "back" not in request.POST)


def _projects(user):
    return access.projects_of(user, Right.PRODUCE).order_by("name")


def _open_to(user):
    """Differences that this person may settle: of projects they produce; all of them for the owner."""
    found = Difference.objects.select_related("project")
    if user.is_superuser:
        return found
    return found.filter(project__in=Project.objects.filter(access.within(user, Right.PRODUCE, path="")))
