"""A shot list from a spreadsheet: what it would change, then the change; and the way back."""

from itertools import chain
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from studio.core.csv_cells import BYTE_ORDER_MARK
from studio.generation.shotlist import apply_sheet, shotlist
from studio.generation.shotlist.forms import SheetForm, read
from studio.layout.page_context import page_context
from studio.planning.projects import shot_order
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.rights import Right

KEPT = 3600  # seconds a sheet waits between preview and yes
SHOWN = 200  # rows of the preview


@login_required
def import_page(request, slug):
    """Give a sheet; the answer is a preview of what it would change."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    if request.method != "POST":
        return TemplateResponse(
            request,
            "generation/shotlist/import.html",
            page_context(seat) | {"form": SheetForm(project=seat.project)},
        )
    form = SheetForm(request.POST, request.FILES, project=seat.project)
    if not form.is_valid():
        return TemplateResponse(
            request, "generation/shotlist/import.html", page_context(seat) | {"form": form}, status=422
        )
    ticket = uuid4().hex
    seen = dict(seat.project.shots.kept().values_list("pk", "version"))
    cache.set(_key(request.user, ticket), (form.source, seen), KEPT)
    context = page_context(seat) | _preview(form.sheet, seat.project) | {"form": form, "ticket": ticket}
    return TemplateResponse(request, "generation/shotlist/import.html", context)


def _key(user, ticket):
    return f"sheet:{user.pk}:{ticket}"


def _preview(sheet, project):
    found = shotlist.changes(sheet, project.shots.kept())
    moving = [change for change in found if change.kind != "same"]
    return {
        "sheet": sheet,
        "problems": sheet.problems[:SHOWN],
        "more_problems": max(0, len(sheet.problems) - SHOWN),
        "changes": [(change, _cells(change)) for change in moving[:SHOWN]],
        "more_changes": max(0, len(moving) - SHOWN),
        "new": sum(change.kind == "new" for change in found),
        "changed": sum(change.kind == "changed" for change in found),
        "same": sum(change.kind == "same" for change in found),
    }


def _cells(change):
    """What changes, in words: the column, what stood there, what will."""
    cells = [(name, change.before.get(name, ""), value) for name, value in change.after.items()]
    if change.kind == "changed" and "model" in change.after:
        cells.append(("other settings", "as they were", "as near as that model can"))
    return cells


@login_required
@require_POST
def apply(request, slug):
    """Do what the preview said."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    key = _key(request.user, request.POST.get("ticket", "")[:64])
    source, seen = cache.get(key) or (None, None)
    if source is None:
        messages.error(request, "This preview is more than an hour old. Give the sheet again.")
        return redirect("listing:import", slug=slug)
    sheet = read(source, seat.project)
    try:
        new, changed = apply_sheet.import_sheet(seat.project, sheet, by=request.user, seen=seen)
    except shot_order.Overtook as exc:
        seen = dict(seat.project.shots.kept().values_list("pk", "version"))
        cache.set(key, (source, seen), KEPT)
        context = page_context(seat) | _preview(sheet, seat.project)
        context |= {
            "form": SheetForm(project=seat.project),
            "ticket": request.POST["ticket"],
            "problem": str(exc),
        }
        return TemplateResponse(request, "generation/shotlist/import.html", context, status=409)
    cache.delete(key)
    messages.success(request, f"Imported: {new} new, {changed} changed.")
    return redirect("listing:list", slug=slug)


@login_required
@require_GET
def export(request, slug):
    """The shot list as a file that comes back unchanged."""
    seat = membership_or_404(request.user, slug)
    shots = list(seat.project.shots.kept().in_order())
    for shot in shots:
        shot.project = seat.project
    lines = chain([BYTE_ORDER_MARK], shotlist.write(shots))
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{seat.project.slug}-shots.csv")
    return response
