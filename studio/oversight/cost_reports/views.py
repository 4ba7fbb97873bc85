"""The costs page, its part that follows the money, and the ledger row by row."""

from django.contrib.auth.decorators import login_required
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from studio.core import paging
from studio.integrations import providers
from studio.layout.page_context import page_context
from studio.oversight.cost_reports import pages, period, spending
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.rights import Right

PAGE = 100


@login_required
@require_GET
def costs_page(request, slug):
    """For those who may see money: artists and producers."""
    seat = membership_or_404(request.user, slug, Right.MONEY)
    if request.htmx and not request.htmx.boosted:
        return TemplateResponse(request, "oversight/cost_reports/_costs.html", pages.figures(request, seat))
    return TemplateResponse(request, "oversight/cost_reports/costs.html", pages.costs(request, seat))


@login_required
@require_GET
def ledger_page(request, slug):
    """Every row, the newest first, 100 a page."""
    seat = membership_or_404(request.user, slug, Right.MONEY)
    asked = period.read(request.GET, sandbox=providers.sandboxed())
    found = spending.entries(seat.project, asked)
    before = paging.number(request.GET.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows, more = paging.page(found, PAGE)
    context = page_context(seat) | {
        "entries": rows,
        "period": asked,
        "next": rows[-1].pk if more else "",
        "ranges": [(key, label) for key, (label, _) in period.RANGES.items()],
    }
    return TemplateResponse(request, "oversight/cost_reports/ledger.html", context)
