"""The plan sheet of a prompt with variables: a line a prompt, what is made already, one press for the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from studio.generation.grids import wishes
from studio.generation.grids.models import Cell, Grid
from studio.generation.orders import orders, plan
from studio.generation.orders.orders import Wish
from studio.generation.orders.plan import Plan, PlanLine
from studio.generation.renders import create_takes, lifecycle
from studio.generation.renders.models import Render
from studio.integrations import providers
from studio.planning.projects.models import Project, Shot
from studio.planning.prompts import history, variables
from studio.planning.references.shelf import Shelf
from studio.runtime.live import events

_MADE = [Render.State.READY, *Render.OPEN]  # on its way or here; what failed may be tried again


@dataclass
class GridLine(PlanLine):
    """One prompt of the grid. `made` is a take of the very same order, which is not made again."""

    place: int = 0
    choices: tuple[str, ...] = ()
    prompt: str = ""
    made: Render | None = field(default=None, compare=False)

    @property
    def key(self) -> int:
        return self.place

    @property
    def open(self) -> bool:
        return self.order is not None and self.made is None

    def shown(self) -> list[object]:
        return [*super().shown(), str(self.made.code) if self.made else ""]


def draw_up(
    shot: Shot, wish: Wish, *, person_id: int, grid: Grid | None = None, chosen: Collection[int] | None = None
) -> Plan:
    """Work out every prompt of a wish with its price; what a grid has made counts as made.

    Args:
        chosen: places of the lines whose box is ticked; None for all that are not made.

    Raises:
        variables.TooMany: nothing was computed.
    """
    project = shot.project
    prompts = variables.expand(wish.prompt) if variables.axes(wish.prompt) else []
    approved = orders.approved_stills([wish.first_frame]) if project.frames_first else set()
    known = {"approved": approved, "shelf": Shelf(project)}
    lines = [
        _line(shot, replace(wish, prompt=each.text), place, each, known) for place, each in enumerate(prompts)
    ]
    _find_made(shot, lines, grid)
    return plan.add_up(project, lines, person_id=person_id, chosen=chosen)


def _line(shot: Shot, wish: Wish, place: int, prompt: variables.Line, known: Mapping) -> GridLine:
    line = GridLine(shot, None, place=place, choices=prompt.choices, prompt=prompt.text)
    try:
        line.order = orders.check(wish, shot.project, **known)
    except orders.Problems as problems:
        line.problem = str(problems)
    return line


def _find_made(shot: Shot, lines: Sequence[GridLine], grid: Grid | None) -> None:
    """Take notice of what is there: the grid's own takes, and any take of the same order; two queries."""
    standing = shot.renders.kept().filter(state__in=_MADE, sandbox=providers.sandboxed())
    prompts = {line.order.prompt for line in lines if line.order}
    found = {
        create_takes.fingerprint_of(take): take
        for take in standing.filter(prompt__in=prompts).order_by("-pk")
    }
    own = {} if grid is None else {take.place: take for take in _own(grid, standing)}
    for line in lines:
        line.made = own.get(line.place) or found.get(_fingerprint(line))
        if line.made:
            line.made.shot, line.made.project = shot, shot.project


def _own(grid, standing):
    for cell in grid.cells.filter(render__in=standing).select_related("render"):
        cell.render.place = cell.place
        yield cell.render


def _fingerprint(line: PlanLine) -> str:
    return create_takes.fingerprint(create_takes.frozen(line.order)) if line.order else line.problem


def carry_out(
    shot: Shot,
    *,
    by,
    grid: Grid | None,
    chosen: Collection[int],
    seen: str,
    lines_seen: Mapping[int, str],
    press: str,
) -> list[Render]:
    """Order the ticked lines if the sheet still is as it was shown; the same press orders once.

    Args:
        grid: whose sheet it is; None for the shot's own prompt.
        seen, lines_seen: see `plan.hold_to`.

    Raises:
        plan.Changed: something is not; nothing was ordered.
        taking.Closed: the shot takes no orders any more.
    """
    with events.locked(shot.project_id) as project:
        before = create_takes.ordered_by(press, [shot])
        if before:
            return before
        shot = _fresh(shot, project)
        wish = wishes.of_grid(grid) if grid else wishes.of_shot(shot)
        drawn = draw_up(shot, wish, person_id=by.pk, grid=grid, chosen=chosen)
        plan.hold_to(drawn, seen, lines_seen)
        grid = grid or _grid_of(shot, wish, drawn.lines, by=by)
        wanted = [(shot, line.order) for line in drawn.chosen]
        made = lifecycle.start_many(
            wanted, project_id=project.pk, by=by, press=press, title=_title(shot, wanted)
        )
        _link(grid, drawn, made)
        history.ordered([(shot, wish.prompt)], by=by)
    return made


def _title(shot: Shot, wanted: Sequence) -> str:
    return f"Grid of {shot.code}: {len(wanted)} prompt{'' if len(wanted) == 1 else 's'}"


def _fresh(shot: Shot, project: Project) -> Shot:
    """The shot as it is under the lock."""
    found = Shot.objects.kept().filter(project=project.pk, pk=shot.pk).select_related("first_frame").first()
    if found is None:
        raise create_takes.Closed
    found.project = project
    return found


def _grid_of(shot: Shot, wish: Wish, lines: Sequence[PlanLine], *, by) -> Grid:
    """The grid of these orders; the one there is where all of them were asked for before."""
    word = sha256(" ".join(_fingerprint(line) for line in lines).encode()).hexdigest()
    fields = {"project": shot.project, "prompt": wish.prompt, "wish": wishes.kept(wish), "created_by": by}
    grid, fresh = Grid.objects.get_or_create(shot=shot, fingerprint=word, defaults=fields)
    if fresh:
        prompts = enumerate(variables.expand(wish.prompt))
        Cell.objects.bulk_create(
            Cell(grid=grid, place=place, choices=list(each.choices), prompt=each.text)
            for place, each in prompts
        )
    return grid


def _link(grid: Grid, drawn: Plan, made: Sequence[Render]) -> None:
    """Give each cell its take: one that was just ordered, or one that was there."""
    takes = {line.key: line.made for line in drawn.lines if isinstance(line, GridLine) and line.made}
    takes |= {line.key: take for line, take in zip(drawn.chosen, made, strict=True)}
    cells = list(grid.cells.filter(place__in=takes))
    for cell in cells:
        cell.render = takes[cell.place]
    Cell.objects.bulk_update(cells, ["render"])
