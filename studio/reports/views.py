"""The costs page: the budget, what is spent and set aside, and the ledger itself."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from studio import paging, providers
from studio.costs.models import Balance
from studio.projects import actions
from studio.projects.access import seat_or_404
from studio.projects.models import Membership
from studio.projects.rights import Right
from studio.renders import shell
from studio.reports.forms import BudgetForm

PAGE = 100


@login_required
@require_GET
def costs_page(request, slug):
    """For those who may see money: artists and producers."""
    seat = seat_or_404(request.user, slug, Right.MONEY)
    context = _context(seat, before=request.GET.get("before", ""))
    context["form"] = BudgetForm(initial={"budget": seat.project.budget})
    return TemplateResponse(request, "reports/costs.html", context)


@login_required
@require_POST
def set_budget(request, slug):
    """Draw the hard line, move it, or take it away."""
    seat = seat_or_404(request.user, slug, Right.PRODUCE)
    form = BudgetForm(request.POST)
    if not form.is_valid():
        context = _context(seat) | {"form": form}
        return TemplateResponse(request, "reports/costs.html", context, status=422)
    actions.change_project(seat.project, by=request.user, budget=form.cleaned_data["budget"])
    messages.success(request, "The budget is changed.")
    return redirect("reports:costs", slug=slug)


def _context(seat: Membership, *, before: str = "") -> dict[str, Any]:
    project = seat.project
    entries = project.ledger.select_related("by").order_by("-pk")
    start = paging.number(before)
    if start is not None:
        entries = entries.filter(pk__lt=start)
    found, more = paging.page(entries, PAGE)
    around = shell.around(seat)
    now = around["balance"]
    other = Balance.of(project, sandbox=not providers.sandboxed())
    waiting = (
        project.renders.kept()
        .filter(state="waiting", shot__trashed_at=None)
        .select_related("shot", "created_by")
    )
    return {
        **around,
        "other_balance": other if other.spent or other.held else None,
        "waiting_takes": list(waiting[:50]),
        "left": None if project.budget is None else project.budget - now.spent - now.held,
        "entries": found,
        "next": found[-1].pk if more else "",
    }
