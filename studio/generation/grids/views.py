"""Grids in a browser: the sheet before anything is made, and the takes side by side afterwards."""

import uuid
from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from studio.core import paging
from studio.generation.grids import sheets, tables, wishes
from studio.generation.grids.models import Cell, Grid
from studio.generation.orders import orders, patterns, plan_views
from studio.generation.renders import create_takes
from studio.layout.page_context import page_context
from studio.planning.projects.access import membership_or_404, shot_or_404
from studio.planning.projects.rights import Right
from studio.planning.prompts import variables


def _grid(seat, code):
    found = Grid.objects.filter(project=seat.project, shot__trashed_at=None).select_related("shot")
    grid = get_object_or_404(found, code=code)
    grid.project = grid.shot.project = seat.project
    return grid


def _code(text):
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


def _asked_for(seat, code, sent):
    """The shot, and the grid whose empty cells are meant; None for the shot as it is set."""
    shot = shot_or_404(seat, code)
    grid = _grid(seat, _code(sent["grid"])) if sent.get("grid") else None
    if grid is not None and grid.shot_id != shot.pk:
        raise Http404
    return shot, grid


def _wish(shot, grid):
    return wishes.of_grid(grid) if grid else wishes.of_shot(shot)


@login_required
@require_GET
def plan_page(request, slug, code):
    """Every prompt that the variables make, with its price, before anything is made."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    shot, grid = _asked_for(seat, code, request.GET)
    try:
        wish = _wish(shot, grid)
        drawn = sheets.draw_up(shot, wish, person_id=request.user.pk, grid=grid)
    except (variables.TooMany, orders.Problems) as exc:
        return _refused(request, seat, shot, exc)
    return _sheet(request, seat, shot, grid, wish, drawn)


def _refused(request, seat, shot, problem):
    title = "Too many for one plan" if isinstance(problem, variables.TooMany) else "Not as it stands"
    context = page_context(seat) | {"shot": shot, "title": title, "problem": str(problem)}
    return TemplateResponse(request, "generation/grids/plan.html", context, status=422)


def _sheet(request, seat, shot, grid, wish, drawn, *, problem="", status=200, part=False):
    context = {
        "plan": drawn,
        "problem": problem,
        "press": uuid.uuid4(),
        "project": seat.project,
        "seat": seat,
        "shot": shot,
        "grid": grid,
        "prompt": wish.prompt,
        "look": next((line.order.look for line in drawn.lines if line.order), ""),
        "made": sum(line.made is not None for line in drawn.lines),
    }
    if part:
        return TemplateResponse(request, "generation/grids/_sheet.html", context, status=status)
    return TemplateResponse(
        request, "generation/grids/plan.html", page_context(seat) | context, status=status
    )


@login_required
@require_POST
def carry_out(request, slug, code):
    """Draw the sheet again for other boxes, or order what it shows."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    shot, grid = _asked_for(seat, code, request.POST)
    try:
        return _carried_out(request, seat, shot, grid)
    except (variables.TooMany, orders.Problems) as exc:  # also where the shot was changed at this very moment
        return _refused(request, seat, shot, exc)


def _carried_out(request, seat, shot, grid):
    chosen = set(paging.numbers(request.POST.getlist("render")))
    wish = _wish(shot, grid)
    drawn = sheets.draw_up(shot, wish, person_id=request.user.pk, grid=grid, chosen=chosen)
    sheet = partial(_sheet, request, seat, shot, grid, wish)
    if request.POST.get("do") != "render":
        return sheet(drawn, part=bool(request.htmx))
    repeated = create_takes.ordered_by(request.POST.get("press", ""), [shot])
    places = set(Cell.objects.filter(render__in=repeated).values_list("place", flat=True))
    return plan_views.pressed(
        request,
        again=drawn,
        repeated=repeated,
        same=bool(places) and places == chosen,  # a press of the composer has made no cells
        order=partial(sheets.carry_out, shot, by=request.user, grid=grid, chosen=chosen),
        sheet=sheet,
        to=_address,
    )


def _address(takes):
    """Where these takes stand side by side."""
    cell = Cell.objects.filter(render__in=takes).select_related("grid__project").first()
    return cell.grid.get_absolute_url() if cell else takes[-1].get_absolute_url()


@login_required
@require_GET
def grid_page(request, slug, code):
    """The takes of a grid in its axes; cells without a take tell what one would cost."""
    seat = membership_or_404(request.user, slug)
    grid = _grid(seat, code)
    context = page_context(seat)
    cells = list(grid.cells.select_related("render__created_by"))
    for cell in cells:
        _show(cell, grid)
    empty = [cell for cell in cells if not cell.shown]
    context |= {
        "grid": grid,
        "shot": grid.shot,
        "tables": tables.of(grid, cells),
        "shape": next((cell.shown.aspect for cell in cells if cell.shown), grid.shot.preset.label),
        "empty": len(empty),
        "each": _price(grid) if empty and seat.makes else None,
    }
    return TemplateResponse(request, "generation/grids/grid.html", context)


def _show(cell, grid):
    take = cell.render
    cell.shown = take if take and take.trashed_at is None and take.state != "cancelled" else None
    if cell.shown:
        take.shot, take.project = grid.shot, grid.project


def _price(grid):
    """What one more of its takes would cost, USD; None where it cannot be ordered as it stands."""
    try:
        return patterns.check(wishes.of_grid(grid), grid.project).estimate
    except orders.Problems:
        return None
