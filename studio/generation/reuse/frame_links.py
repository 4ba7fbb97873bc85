"""Which shot starts from a frame of which take, and whether that take still stands for its shot.

The link is the first frame itself: a picture knows its take and frame. Whether a shot is stale is worked
out when somebody looks, never stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from studio.core import sql
from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.integrations.catalogue import Need
from studio.planning.projects.models import Shot

MOST_NAMED = 6  # shots that a take is said to continue in


@dataclass(frozen=True)
class Named:
    """A take by the name people know it by."""

    code: UUID
    label: str  # "take 3"
    veiled: bool = False


@dataclass(frozen=True)
class Source:
    """Where the first frame of a shot came from: a frame of a take."""

    label: str  # "from 010, take 3, frame 191"
    slug: str  # of the project
    shot: str  # the code of the shot that take is of; "" once it is gone
    take: Named
    frame: int
    there: bool  # neither the take nor its shot is in the trash
    own: bool  # it is a take of the very shot that starts from it
    now: Named | None  # what the shot it is of circles instead

    @property
    def is_stale(self) -> bool:
        """Another take stands for that shot now, or this one was thrown away."""
        return not self.own and (not self.there or self.now is not None)

    @property
    def can_be_refreshed(self) -> bool:
        return self.is_stale and self.now is not None and not self.now.veiled

    @property
    def why(self) -> str:
        """What it starts from and what stands for that shot instead; "" while it is not stale."""
        if not self.is_stale:
            return ""
        if not self.shot:
            return f"Starts {self.label}; that take is gone."
        said = f"Starts from {self.shot} {self.take.label}"
        if not self.there:
            said += ", which was thrown away"
        if self.now:
            said += f"; {self.shot} now circles {self.now.label}"
        return f"{said}."

    @property
    def url(self) -> str:
        """The take with that frame on its viewer; "" where there is no such take any more."""
        if not self.there:
            return ""
        return at(self.slug, self.shot, self.take.code, self.frame)


def at(slug: str, shot: str, take: UUID, frame: int) -> str:
    """Where a take is shown at one of its frames."""
    query = urlencode({"take": take, "frame": frame})
    return f"{reverse('board:shot', args=[slug, shot])}?{query}"


_SOURCES = (
    "SELECT d.id, project.slug, p.from_take, p.from_frame, p.from_label, t.shot_id, t.number, t.kind,"
    " (t.trashed_at IS NULL AND s.trashed_at IS NULL), s.code, c.code, c.number, c.kind,"
    " (c.flagged AND c.unveiled_at IS NULL)"
    " FROM projects_shot AS d JOIN projects_project AS project ON project.id = d.project_id"
    " JOIN projects_picture AS p ON p.id = d.first_frame_id AND p.from_take IS NOT NULL"
    " LEFT JOIN renders_render AS t ON t.code = p.from_take AND t.project_id = d.project_id"
    " LEFT JOIN projects_shot AS s ON s.id = t.shot_id"
    " LEFT JOIN renders_render AS c ON c.shot_id = s.id AND c.id <> t.id AND c.circled"
    " AND c.trashed_at IS NULL AND s.trashed_at IS NULL"
    " WHERE d.id IN (%s)"
)


def sources(shots: Iterable[Shot]) -> dict[int, Source]:
    """What those shots start from that start from a take, by their keys; one query, none without frames."""
    keys = [shot.pk for shot in shots if shot.first_frame_id and _starts_from_it(shot)]
    if not keys:
        return {}
    return {row[0]: _source(*row) for row in sql.rows(_SOURCES % sql.marks(keys), keys)}


def _starts_from_it(shot: Shot) -> bool:
    """A model that takes no first frame leaves it aside, however old it is."""
    return shot.catalogue_model.first_frame is not Need.REFUSED


def _source(
    shot_id, slug, take, frame, label, of_shot, number, kind, there, code, now, now_number, now_kind, veiled
) -> Source:
    return Source(
        label=label or "from a take",
        slug=slug,
        shot=code or "",
        take=Named(sql.read_uuid(take), _label(kind, number)),
        frame=frame or 0,
        there=bool(code and there),
        own=of_shot == shot_id,
        now=Named(sql.read_uuid(now), _label(now_kind, now_number), bool(veiled)) if now else None,
    )


def _label(kind: str | None, number: int | None) -> str:
    return f"still {number}" if kind == catalogue.Kind.STILL else f"take {number}"


def source_of(shot: Shot) -> Source | None:
    """What this shot starts from, if that is a frame of a take."""
    return sources([shot]).get(shot.pk)


def linked(rows: list[Any]) -> list[Any]:
    """Give each line of the board its source."""
    found = sources(row.shot for row in rows)
    for row in rows:
        row.source = found.get(row.shot.pk)
    return rows


def continued_in(take: Render) -> list[Shot]:
    """The other shots that start from a frame of this take, in their order; the first of them."""
    found = Shot.objects.kept().filter(project=take.project_id, first_frame__from_take=take.code)
    return list(found.exclude(pk=take.shot_id).in_order()[:MOST_NAMED])


def dependents(project_id: int, shots: Iterable[int]) -> list[Shot]:
    """The shots that start from a take of these shots (by their keys)."""
    takes = Render.objects.filter(shot__in=list(shots)).values("code")
    found = Shot.objects.kept().filter(project=project_id, first_frame__from_take__in=takes)
    return list(found.select_related("project"))
