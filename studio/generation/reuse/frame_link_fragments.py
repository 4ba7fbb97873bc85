"""How open pages follow the chain: when a shot circles another take, what starts from it is told so."""

from typing import NamedTuple
from uuid import UUID

from django.template.loader import render_to_string

from studio.generation.renders.models import Render
from studio.generation.reuse import frame_links
from studio.generation.reuse.frame_links import Source
from studio.planning.projects.models import Shot
from studio.runtime.live import frames


class _Link(NamedTuple):
    """A shot and what it starts from, if that is a take."""

    shot: Shot
    source: Source | None


_OF_TAKES = {
    "render.circled",
    "render.uncircled",
    "render.trashed",
    "render.restored",
    "render.unveiled",
}
_OF_SHOTS = {"shot.changed", "shot.trashed"}


def register():
    frames.register("render", _takes)
    frames.register("shot", _shots)


def _takes(project_id, events):
    """Another take stands for a shot now, or one was thrown away."""
    codes = {UUID(event.subject) for event in events if event.kind in _OF_TAKES}
    if not codes:
        return _nothing
    shots = Render.objects.filter(project=project_id, code__in=codes).values_list("shot_id", flat=True)
    return _draw(frame_links.dependents(project_id, set(shots)))


def _shots(project_id, events):
    """A shot starts from another frame, or one that others start from was thrown away."""
    codes = {event.subject for event in events if event.kind in _OF_SHOTS}
    if not codes:
        return _nothing
    found = list(Shot.objects.filter(project=project_id, code__in=codes).select_related("project"))
    kept = [shot for shot in found if not shot.trashed_at]
    gone = [shot.pk for shot in found if shot.trashed_at]
    return _draw([*kept, *(frame_links.dependents(project_id, gone) if gone else [])])


def _nothing(audience):
    return ""


def _draw(shots):
    found = frame_links.sources(shots)
    rows = [_Link(shot, found.get(shot.pk)) for shot in shots]

    def draw(audience):
        money = audience == "money"
        return "".join(_of_row(row, money=money) for row in rows)

    return draw


def _of_row(row, *, money):
    context = {"row": row, "money": money, "may_edit": money and not row.shot.project.archived_at}
    return "".join(render_to_string(f"generation/reuse/_{name}.html", context) for name in ("stale", "chain"))
