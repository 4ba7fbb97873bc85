"""What the studio's owner alone decides of money: how much all projects may spend, and which may without a budget."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from studio.core.money import round_dollars
from studio.generation.renders import waiting
from studio.oversight.cost_reports import budget_views, studio_views
from studio.oversight.cost_reports.forms import StudioBudgetForm
from studio.people.accounts import audit
from studio.people.accounts.models import StudioEvent
from studio.planning.ledger import studio_budgets, studio_watch
from studio.planning.projects import access, actions
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.rights import Right
from studio.runtime import jobs


@login_required
@require_http_methods(["GET", "POST"])
def set_budget(request):
    """Draw the line of a day or of a month, move it, or take it away. What waits and fits goes out."""
    access.owner_or_404(request.user, "the studio's budget")
    if request.method == "GET":  # a link of the page that was drawn here, with what was wrong
        return redirect(f"{reverse('reports:studio_costs')}?{request.GET.urlencode()}")
    form = StudioBudgetForm(request.POST)
    if "period" in form.errors:
        messages.error(request, "Say whether it is for a day or for a month. Nothing was changed.")
    if not form.is_valid():
        return studio_views.page(request, wrong=form, status=422)
    period, amount = form.cleaned_data["period"], form.cleaned_data["amount"]
    studio_budgets.set_line(period, amount)
    said = f"a {period}: {'no limit' if amount is None else round_dollars(amount)}"
    audit.record(StudioEvent.Kind.STUDIO_BUDGET, request=request, user=request.user, detail=said)
    studio_watch.look()
    jobs.soon("renders.admit_everywhere", request.user.pk)
    messages.success(request, "The studio's budget is changed. Takes that waited for it and fit now go out.")
    return redirect("reports:studio_costs")


@login_required
@require_POST
def without_budget(request, slug):
    """Let a project spend that a producer has begun without a budget."""
    access.owner_or_404(request.user, f"the leave to spend without a budget on {slug}")
    seat = membership_or_404(request.user, slug, Right.PRODUCE)
    if seat.project.budget is not None or not seat.project.unbudgeted_needs_owner:
        messages.info(request, "It does not wait for that any more. Nothing was changed.")
        return redirect("reports:costs", slug=slug)
    actions.change_project(seat.project, by=request.user, unbudgeted_needs_owner=False)
    audit.record(StudioEvent.Kind.UNBUDGETED, request=request, user=request.user, detail=seat.project.name)
    through = waiting.budget_moved(seat.project, by=request.user)
    went = budget_views.went_out(through)
    messages.success(request, f"{seat.project} may spend without a budget. {went}".strip())
    return redirect("reports:costs", slug=slug)
