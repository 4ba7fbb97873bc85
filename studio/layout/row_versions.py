"""What tells an open page that words it shows are others now: the version of a row, without the words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.utils.html import format_html

from studio.core.versions import Versioned
from studio.planning.projects.models import Project
from studio.runtime.live import frames
from studio.runtime.live.frames import News


def register() -> None:
    frames.register("project", _of_project)


def signal(row: Versioned, choices: str = "") -> str:
    """An element about a row: a page that shows its words has one of the same id.

    Args:
        choices: what is chosen beside the words, in a word; "" where nothing is.
    """
    return format_html(
        '<span id="row-{}" hidden data-version="{}" data-choices="{}"></span>',
        row.row_name,
        row.version,
        choices,
    )


def signals(rows: Iterable[Versioned]) -> str:
    return "".join(map(signal, rows))


def _of_project(project_id: int, events: Sequence[News]) -> Callable[[str], str]:
    changed = any(event.kind == "project.changed" and event.payload.get("fields") for event in events)
    html = signals(Project.objects.filter(pk=project_id)) if changed else ""
    return lambda audience: html
