"""Draw the hard lines and move them. What waits and fits below a line that was raised goes out at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from studio.generation.renders import waiting
from studio.oversight.cost_reports import pages
from studio.oversight.cost_reports.forms import BudgetForm, LineForm
from studio.planning.ledger import budgets
from studio.planning.projects import actions
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.rights import Right


@login_required
@require_http_methods(["GET", "POST"])
def set_budget(request, slug):
    """Draw the project's line, move it, or take it away."""
    seat = membership_or_404(request.user, slug, Right.PRODUCE)
    if request.method == "GET":
        return _to_the_page(request, slug)
    form = BudgetForm(request.POST)
    if not form.is_valid():
        context = pages.costs(request, seat) | {"form": form}
        return TemplateResponse(request, "oversight/cost_reports/costs.html", context, status=422)
    if "was" in request.POST and form.cleaned_data["was"] != seat.project.budget:
        messages.info(request, "Somebody has changed the budget meanwhile: look again. Nothing was done.")
        return redirect("reports:costs", slug=slug)
    actions.change_project(seat.project, by=request.user, budget=form.cleaned_data["budget"])
    return _moved(request, seat)


@login_required
@require_http_methods(["GET", "POST"])
def set_line(request, slug):
    """The same for a scene, or for a person's day."""
    seat = membership_or_404(request.user, slug, Right.PRODUCE)
    if request.method == "GET":
        return _to_the_page(request, slug)
    form = LineForm(request.POST, project=seat.project)
    if not form.is_valid():
        context = pages.costs(request, seat)
        known = form.about in {row.about for row in context["budgets"]}
        context |= {"line_form": form, "wrong_line": form.about if known else ""}
        return TemplateResponse(request, "oversight/cost_reports/costs.html", context, status=422)
    budgets.set_line(seat.project, by=request.user, **form.cleaned_data)
    return _moved(request, seat)


@login_required
@require_POST
def admit(request, slug):
    """Let through what waits and fits now: another day has come, or money was given back."""
    seat = membership_or_404(request.user, slug, Right.RUN)
    through = waiting.admit(seat.project, by=request.user)
    messages.info(request, went_out(through) or "Nothing of what waits fits now.")
    return redirect("reports:costs", slug=slug)


def _to_the_page(request, slug):
    """Where a link leads of the page that was drawn here, with what was wrong on it."""
    return redirect(f"{reverse('reports:costs', args=[slug])}?{request.GET.urlencode()}")


def _moved(request, seat):
    through = waiting.budget_moved(seat.project, by=request.user)
    messages.success(request, f"The budget is changed. {went_out(through)}".strip())
    return redirect("reports:costs", slug=seat.project.slug)


def went_out(through):
    """How many takes went out, in words; "" for none."""
    if not through:
        return ""
    return f"{through} take{' that waited goes' if through == 1 else 's that waited go'} out."
