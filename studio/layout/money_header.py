"""What the header says about money, for those who may see it: on every page, and live."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string

from studio.core import sql
from studio.core.money import ZERO, from_column
from studio.integrations import providers
from studio.planning.ledger import lines
from studio.planning.ledger.models import Balance
from studio.planning.projects.models import Project

_TEMPLATES = ("layout/_money.html", "layout/_budget_line.html")
_waiting = ["0"]


def count_waiting_by(expression: str) -> None:
    """Say in SQL how many orders of a project wait for a producer; its one parameter is the project's key.

    An expression, and not a function, since the whole header is one statement on every page and every
    piece of news.
    """
    _waiting[0] = expression


def context(project: Project) -> dict[str, Any]:
    """What its templates show; one query, and one more where scenes have budgets."""
    sandbox = providers.sandboxed()
    of = "(SELECT {} FROM costs_balance WHERE project_id = %s AND sandbox = %s)"
    parameters = [*[project.pk, sandbox] * 2, project.pk, *[project.pk] * _waiting[0].count("%s")]
    ((spent, held, of_scenes, waiting),) = sql.rows(
        f"SELECT {of.format('spent')}, {of.format('held')},"  # noqa: S608
        f" EXISTS (SELECT 1 FROM costs_budget WHERE project_id = %s AND scope = 'scene'), {_waiting[0]}",
        parameters,
    )
    now = Balance(spent=from_column(spent) or ZERO, held=from_column(held) or ZERO)
    near = project.budget is not None and now.committed >= project.budget * lines.SOFT
    return {
        "project": project,
        "balance": now,
        "committed": now.committed,
        "waiting": waiting,
        "near_line": near,
        "near_scenes": _near_scenes(project, sandbox) if of_scenes else [],
    }


def _near_scenes(project: Project, sandbox: bool) -> list[lines.Line]:
    """The budgets of scenes that are nearly used, or passed."""
    return [line for line in lines.Allowances(project, sandbox=sandbox).scenes.values() if line.is_soft]


def live(project: Project) -> Callable[[str], str]:
    """Draw it for an audience as it is now; nothing for those who see no money."""

    def draw(audience: str) -> str:
        if audience != "money":
            return ""
        shown = context(project)
        return "".join(render_to_string(name, shown) for name in _TEMPLATES)

    return draw


def of_events(project_id: int, events: Any) -> Callable[[str], str]:
    """The header after the project itself was changed, as `frames.register` wants it."""
    return live(Project.objects.get(pk=project_id))
