"""The figures outside: rows for a spreadsheet, JSON for scripts, a statement for paper."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from studio.core.csv_cells import BYTE_ORDER_MARK, line_writer, safe_cell
from studio.core.money import plain
from studio.core.streaming import Stepwise
from studio.integrations import providers
from studio.layout.page_context import page_context
from studio.oversight.cost_reports import outcomes, period, spending
from studio.oversight.cost_reports.costs import Costs
from studio.planning.ledger.models import LedgerEntry
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.rights import Right

AT_ONCE = 2000  # rows read together
COLUMNS = (
    "when", "day", "project", "kind", "who", "shot", "what", "model", "seconds", "estimate", "amount", "currency",
    "money", "source", "provider", "task", "result", "reason",
)  # fmt: skip


@login_required
@require_GET
def costs_csv(request, slug):
    """The rows of the period as a file for a spreadsheet, streamed; what is given back has a minus."""
    seat = membership_or_404(request.user, slug, Right.MONEY)
    asked = period.read(request.GET, sandbox=providers.sandboxed())
    return as_file(spending.entries(seat.project, asked), f"{seat.project.slug}-ledger.csv")


def as_file(found, name):
    response = Stepwise(lines(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def lines(found) -> Iterator[str]:
    """Lines of CSV, the newest row first. However many there are, few are held at once."""
    line = line_writer()
    yield BYTE_ORDER_MARK + line(COLUMNS)
    before = None
    while True:
        rows = list(
            (found if before is None else found.filter(pk__lt=before)).select_related("project")[:AT_ONCE]
        )
        yield "".join(line(_cells(entry)) for entry in rows)
        if len(rows) < AT_ONCE:
            return
        before = rows[-1].pk


def _cells(entry: LedgerEntry) -> list[object]:
    sign = -1 if entry.kind == LedgerEntry.Kind.RELEASE else 1
    return [
        timezone.localtime(entry.at).isoformat(timespec="seconds"),
        entry.day.isoformat(),
        safe_cell(entry.project.name),
        entry.kind,
        safe_cell(entry.by_name),
        safe_cell(entry.shot_code),
        safe_cell(entry.what),
        entry.model,
        entry.seconds or "",
        "" if entry.estimate is None else plain(entry.estimate),
        plain(sign * entry.amount),
        "USD",
        "sandbox" if entry.sandbox else "real",
        entry.source,
        entry.provider,
        entry.task_code or entry.render_code,
        safe_cell(entry.result),
        safe_cell(entry.reason),
    ]


@login_required
@require_GET
def costs_json(request, slug):
    """The figures of the page for scripts. Money is text, to the last digit."""
    seat = membership_or_404(request.user, slug, Right.MONEY)
    asked = period.read(request.GET, sandbox=providers.sandboxed())
    return JsonResponse(as_data(Costs(seat.project, asked)))


def as_data(costs: Costs) -> dict[str, object]:
    """What a script reads."""
    asked, total, per_second = costs.period, costs.total, costs.per_second
    first, of_models = costs.first_takes
    return {
        "project": costs.project.slug,
        "money": "sandbox" if asked.sandbox else "real",
        "currency": "USD",
        "from": asked.first.isoformat() if asked.first else None,
        "to": asked.last.isoformat(),
        "spent": plain(total.spent),
        "estimated": plain(total.estimated),
        "overrun": plain(total.over),
        "charges": total.charges,
        "held": plain(costs.balance.held),
        "waiting": {"takes": costs.waiting["number"], "amount": plain(costs.waiting["amount"])},
        "budget": None if costs.project.budget is None else plain(costs.project.budget),
        "approved_seconds": round(float(costs.approved_seconds), 3),
        "per_approved_second": None if per_second is None else plain(per_second.quantize(outcomes.PLACES)),
        "first_take_approvals": {"approved": first.approved, "judged": first.judged}
        | {"by_model": {name: {"approved": r.approved, "judged": r.judged} for name, r in of_models}},
        "by_day": [
            {
                "day": row.day.isoformat(),
                "model": row.model,
                "person": costs.name_of(row.person),
                "spent": plain(row.spent),
            }
            for row in sorted(costs.rows, key=lambda row: (row.day, row.model, row.person))
        ],
        **{
            f"by_{by}": [_line(line) for line in costs.lines(by)]
            for by in ("shot", "scene", "person", "model")
        },
        "waste": [
            {"reason": each.label, "takes": each.takes, "spent": plain(each.spent)} for each in costs.waste[1]
        ],
    }


def _line(line):
    return {
        "label": line.label,
        "takes": line.takes,
        "approved_seconds": round(float(line.seconds), 3),
        "spent": plain(line.spent),
    }


@login_required
@require_GET
def statement(request, slug):
    """One sheet of paper: what was spent in the period, on what, by whom."""
    seat = membership_or_404(request.user, slug, Right.MONEY)
    asked = period.read(request.GET, sandbox=providers.sandboxed())
    costs = Costs(seat.project, asked)
    context = page_context(seat) | {
        "period": asked,
        "costs": costs,
        "tables": [(by, costs.lines(by)) for by in ("model", "scene", "shot", "person")],
        "adjustments": list(spending.entries(seat.project, asked).filter(kind="adjustment")[:200]),
        "printed_at": timezone.now(),
    }
    return TemplateResponse(request, "oversight/cost_reports/statement.html", context)
