"""What all projects together cost, for the studio's owner."""

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from studio.core import paging
from studio.generation.renders import waiting
from studio.integrations import catalogue, providers
from studio.oversight.cost_reports import chart, export_views, outcomes, pages, period, spending
from studio.oversight.cost_reports.costs import Line
from studio.oversight.reconciliation.models import Difference
from studio.planning.ledger import purse, studio_budgets, studio_watch
from studio.planning.ledger.lines import Line as BudgetLine
from studio.planning.ledger.models import Balance, StudioBudget
from studio.planning.projects import access
from studio.planning.projects.models import Project

PAGE = 50


@login_required
@require_GET
def studio_costs(request):
    """Every project with what it has spent and kept in the period, the newest first, 50 a page."""
    access.owner_or_404(request.user, "the costs of all projects")
    return page(request)


def page(request, *, wrong=None, status=200):
    """The page, for its owner.

    Args:
        wrong: a form of a budget that was not understood, to be shown beside its line.
    """
    asked = _asked(request)
    projects = Project.objects.filter(purged_at=None).order_by("-pk")
    before = paging.number(request.GET.get("before", ""))
    if before is not None:
        projects = projects.filter(pk__lt=before)
    found, more = paging.page(projects, PAGE)
    rows = spending.by_day(None, asked)
    kept = outcomes.approved(None, asked)
    total = spending.total(rows)
    seconds = sum((each.seconds for each in kept), outcomes.Fraction(0))
    context = {
        "period": asked,
        "ranges": [(key, label) for key, (label, _) in period.RANGES.items()],
        "lines": _lines(found, asked, kept),
        "next": found[-1].pk if more else "",
        "total": total,
        "models": _models(rows),
        "approved_seconds": seconds,
        "per_second": outcomes.per_second(total.spent, seconds),
        "wide": chart.draw(rows, first=asked.first, last=asked.last, width=pages.WIDE),
        "narrow": chart.draw(rows, first=asked.first, last=asked.last, width=pages.NARROW),
        "to_settle": Difference.objects.filter(sandbox=asked.sandbox, settled_at=None).count(),
        "purse": purse.standing(sandbox=asked.sandbox),
        **_budgets(asked.sandbox, wrong),
    }
    return TemplateResponse(request, "oversight/cost_reports/studio.html", context, status=status)


def _budgets(sandbox, wrong):
    """The studio's two lines, drawn or not: each with what is used of it, and what was typed where it was wrong."""
    drawn = {each.period: each for each in StudioBudget.objects.all()}
    now = studio_budgets.spending(sandbox=sandbox)
    shown = []
    for each in StudioBudget.Period:
        budget = drawn.get(each)
        typed = wrong if wrong and wrong.data.get("period") == each else None
        line = budget and BudgetLine(budget.what, budget.amount, now.committed(each))
        shown.append({"period": each, "used": now.committed(each), "line": line, "wrong": typed})
    return {"studio_budgets": shown, "held": now.held, "pace": studio_watch.pace(sandbox=sandbox)}


@login_required
@require_GET
def studio_csv(request):
    """The ledgers of all projects as a file for a spreadsheet."""
    access.owner_or_404(request.user, "the costs of all projects")
    asked = _asked(request)
    return export_views.as_file(spending.entries(None, asked), "studio-ledger.csv")


def _asked(request):
    """The period, without a scene: those are of one project."""
    return replace(period.read(request.GET, sandbox=providers.sandboxed()), scene=None)


def _models(rows):
    """Name, key and sum of each model that was paid for."""
    sums = spending.added(rows, lambda row: row.model)
    return [
        (model.name, model.key, sums[model.key]) for model in reversed(catalogue.MODELS) if model.key in sums
    ]


def _lines(projects, asked, kept):
    """Of each project its line, itself, its balance, and how many of its takes wait to be allowed."""
    sums = spending.by_project(asked, [project.pk for project in projects])
    takes = waiting.waiting_takes(sandbox=asked.sandbox).filter(project__in=projects)
    waits = dict(takes.values_list("project").annotate(Count("pk")))
    balances = Balance.objects.filter(project__in=projects, sandbox=asked.sandbox)
    by_project = {balance.project_id: balance for balance in balances}
    seconds = outcomes.seconds_by(kept, lambda each: each.project)
    shown = []
    for project in projects:
        mine = sums.get(project.pk, spending.Sum())
        line = Line(
            key=project.slug,
            label=project.name,
            takes=mine.charges,
            seconds=seconds.get(project.pk, outcomes.Fraction(0)),
            spent=mine.spent,
        )
        balance = by_project.get(project.pk, Balance(project=project, sandbox=asked.sandbox))
        shown.append((line, project, balance, waits.get(project.pk, 0)))
    return shown
