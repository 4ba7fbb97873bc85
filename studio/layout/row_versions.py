"""What tells an open page that words it shows are others now: the version of a row, without the words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.utils.html import format_html_join

from studio.core.versions import Versioned
from studio.planning.projects.models import Project, Shot
from studio.runtime.live import frames
from studio.runtime.live.frames import News


def register() -> None:
    frames.register("shot", _of_shots)
    frames.register("project", _of_project)


def signals(rows: Iterable[Versioned], events: Sequence[News]) -> str:
    """An element for each of these rows: a page that shows its words has one of the same id.

    Args:
        events: what happened to them; the last of it is told too, for what has no version.
    """
    last = max(event.seq for event in events)
    named = ((row.row_name, row.version, last) for row in rows)
    return format_html_join("", '<span id="row-{}" hidden data-version="{}" data-seq="{}"></span>', named)


def _of_shots(project_id: int, events: Sequence[News]) -> Callable[[str], str]:
    codes = {event.subject for event in events if event.kind == "shot.changed"}
    html = signals(Shot.objects.kept().filter(project_id=project_id, code__in=codes), events) if codes else ""
    return lambda audience: html


def _of_project(project_id: int, events: Sequence[News]) -> Callable[[str], str]:
    changed = any(event.kind == "project.changed" and event.payload.get("fields") for event in events)
    html = signals(Project.objects.filter(pk=project_id), events) if changed else ""
    return lambda audience: html
