"""The costs page: the budget, what is spent and set aside, and the ledger itself."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from studio import providers
from studio.costs import ledger
from studio.costs.forms import BudgetForm
from studio.projects import actions
from studio.projects.access import seat_or_404
from studio.projects.models import Membership

PAGE = 100


@login_required
@require_GET
def costs_page(request, slug):
    """For those who may see money: artists and producers."""
    seat = seat_or_404(request.user, slug, spends=True)
    context = _context(seat, before=request.GET.get("before", ""))
    context["form"] = BudgetForm(initial={"budget": seat.project.budget})
    return TemplateResponse(request, "costs/page.html", context)


@login_required
@require_POST
def set_budget(request, slug):
    """Draw the hard line, move it, or take it away."""
    seat = seat_or_404(request.user, slug, produces=True)
    form = BudgetForm(request.POST)
    if not form.is_valid():
        context = _context(seat) | {"form": form}
        return TemplateResponse(request, "costs/page.html", context, status=422)
    actions.change_project(seat.project, by=request.user, budget=form.cleaned_data["budget"])
    messages.success(request, "The budget is changed.")
    return redirect("costs:page", slug=slug)


def _context(seat: Membership, *, before: str = "") -> dict[str, object]:
    project = seat.project
    entries = project.ledger.select_related("by").order_by("-pk")
    if before.isascii() and before.isdigit() and len(before) < 18:
        entries = entries.filter(pk__lt=int(before))
    found = list(entries[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    now = ledger.balance(project, sandbox=providers.sandboxed())
    other = ledger.balance(project, sandbox=not providers.sandboxed())
    return {
        "seat": seat,
        "project": project,
        "audience": seat.audience,
        "since": project.last_event,
        "balance": now,
        "other_balance": other if other.spent or other.held else None,
        "committed": now.spent + now.held,
        "waiting": project.renders.filter(state="waiting").count(),
        "waiting_takes": list(
            project.renders.filter(state="waiting").select_related("shot", "created_by")[:50]
        ),
        "left": None if project.budget is None else project.budget - now.spent - now.held,
        "entries": found,
        "next": found[-1].pk if more else "",
    }
