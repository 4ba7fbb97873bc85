"""Set the budgets below a project's own: of a scene, and of what a person orders in a day."""

from __future__ import annotations

from decimal import Decimal

from studio.people.accounts.models import User
from studio.planning.ledger.models import Budget
from studio.planning.projects.models import Project
from studio.runtime.live import events


def set_line(
    project: Project,
    *,
    by: User,
    scope: str,
    amount: Decimal | None,
    scene: str = "",
    person: User | None = None,
) -> None:
    """Draw the line, move it, or with no amount take it away.

    Args:
        person: None for everybody who has no line of their own.
    """
    of_scene = scope == Budget.Scope.SCENE
    which = {"scope": scope, "scene": scene if of_scene else "", "person": None if of_scene else person}
    with events.locked(project.pk):
        mine = Budget.objects.filter(project=project, **which)
        if amount is None:
            mine.delete()
        elif not mine.update(amount=amount):
            Budget.objects.create(project=project, amount=amount, **which)
        events.record(project.pk, "project.changed", by=by, fields=["budget"])  # type: ignore[no-untyped-call]
