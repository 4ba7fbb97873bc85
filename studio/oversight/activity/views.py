"""The activity page and its export."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from studio.core import paging
from studio.core.csv_cells import BYTE_ORDER_MARK, line_writer, safe_cell
from studio.core.streaming import Stepwise
from studio.layout.page_context import page_context
from studio.oversight.activity import activity
from studio.planning.projects.access import membership_or_404


@login_required
@require_GET
def activity_page(request, slug):
    """Who did what, when: the whole project's or one shot's, of everyone or one person."""
    seat = membership_or_404(request.user, slug)
    wish = _wish(request)
    before = paging.number(request.GET.get("before", ""))
    entries, following = activity.page(seat.project, before=before, **wish)
    context = page_context(seat) | {
        "entries": entries,
        "following": following,
        "groups": [(key, label) for key, (label, _) in activity.GROUPS.items()],
        "everyone": [m.user for m in seat.project.memberships.select_related("user")[:200]],
        "query": _query(wish),
        **{f"chosen_{name}": value for name, value in wish.items()},
    }
    return TemplateResponse(request, "oversight/activity/activity.html", context)


@login_required
@require_GET
def activity_csv(request, slug):
    """The same as a file for a spreadsheet; cells that a spreadsheet would compute are made harmless."""
    seat = membership_or_404(request.user, slug)
    wish = _wish(request)
    response = Stepwise(_lines(seat.project, wish), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{seat.project.slug}-activity.csv")
    return response


def _wish(request):
    wish = {name: request.GET.get(name, "")[:40] for name in ("group", "person", "shot")}
    person = activity.code_of(wish["person"])
    return wish | {"person": str(person) if person else ""}


def _query(wish):
    return urlencode({name: value for name, value in wish.items() if value})


def _lines(project, wish):
    line = line_writer()
    yield BYTE_ORDER_MARK + line(["when", "who", "what"])
    following = None
    while True:
        entries, following = activity.page(project, before=following, **wish)
        yield "".join(line(_cells(entry)) for entry in entries)
        if following is None:
            return


def _cells(entry):
    who = str(entry.event.by) if entry.event.by else ""
    return [entry.event.at.isoformat(timespec="seconds"), safe_cell(who), safe_cell(entry.what)]
