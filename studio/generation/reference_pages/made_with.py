"""The takes that were made with a picture as a reference. Each take froze its own in `Render.frames`."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from studio.core import sql
from studio.generation.renders.models import Render
from studio.planning.projects.models import Picture, Project

_EACH = {"sqlite": "json_each", "postgresql": "jsonb_array_elements"}


def _inputs() -> str:
    """The references of takes, one a row: `input.value` is what the take froze of it."""
    each = _EACH[connection.vendor]
    return (
        f"FROM renders_render take, {each}(take.frames) AS input"
        " WHERE input.value ->> 'position' = 'reference' AND take.project_id = %s"
    )


def counts(project: Project) -> dict[str, int]:
    """How many takes each picture went along with, by its code; one query."""
    statement = (
        f"SELECT input.value ->> 'picture', COUNT(DISTINCT take.id) {_inputs()}"  # noqa: S608
        " AND take.trashed_at IS NULL AND take.state <> 'cancelled'"
        " AND EXISTS (SELECT 1 FROM projects_shot shot"
        " WHERE shot.id = take.shot_id AND shot.trashed_at IS NULL)"
        " GROUP BY 1"
    )
    return dict(sql.rows(statement, [project.pk]))


def takes(project: Project, picture: Picture) -> QuerySet[Render]:
    """The takes it went along with."""
    these = RawSQL(  # noqa: S611 - values go beside it
        f"SELECT take.id {_inputs()} AND input.value ->> 'picture' = %s",
        [project.pk, str(picture.code)],
    )
    found = Render.objects.kept().filter(pk__in=these, shot__trashed_at=None)
    return found.exclude(state=Render.State.CANCELLED)
