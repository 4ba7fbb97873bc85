"""Tell the producers when a budget is nearly used, and when it is passed. Once for each budget and line."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from django.urls import reverse
from django.utils import timezone

from studio.people.notifications import actions as notices
from studio.people.notifications.models import Notice
from studio.planning.ledger import lines
from studio.planning.ledger.purchase import Purchase
from studio.planning.projects import access
from studio.planning.projects.models import Project, Shot
from studio.planning.projects.rights import Right


@dataclass(frozen=True)
class Now:
    """How a project stands after a movement of money."""

    committed: Decimal  # spent and set aside
    budget: Decimal | None
    more_lines: bool  # scenes or people have budgets of their own


def look(about: Purchase, now: Now, moved: Decimal) -> None:
    """See whether what has just been moved passed a line on its way up."""
    if moved <= 0:
        return
    if now.budget is not None:
        _tell_if_crossed(about, "the project's budget", "project", now.budget, now.committed, moved)
    if now.more_lines:
        _look_below(about, moved)


def look_again(project: Project, *, sandbox: bool) -> None:
    """A budget was set: tell where what is used is near its line or behind it."""
    there = lines.Allowances(project, sandbox=sandbox)
    for line in filter(None, [there.project, *there.scenes.values()]):
        said = lines.standing(line.what, line.amount, line.used)
        if said:
            _tell(project, sandbox, said, f"{_key(line)} {_which(line.amount, line.used)}", line.amount)


def _key(line: lines.Line) -> str:
    return f"{line.scope} {line.scene}".strip()


def _which(amount: Decimal, used: Decimal) -> str:
    return "hard" if used > amount else "soft"


def _look_below(about: Purchase, moved: Decimal) -> None:
    """The lines of the scene and of the person's day."""
    project = Project.objects.get(pk=about.project_id)
    scene = Shot.objects.filter(pk=about.shot_ref or 0).values_list("scene", flat=True).first() or ""
    mine = lines.allowance(project, person_id=about.by_id, sandbox=about.sandbox, scene=scene)
    for line in mine.of_project(scene):
        if line.scope != "project":
            key = _key(line) if line.scene else f"{line.scope} {about.by_id} {timezone.localdate()}"
            _tell_if_crossed(about, line.what, key, line.amount, line.used, moved)


def _tell_if_crossed(
    about: Purchase, what: str, key: str, amount: Decimal, used: Decimal, moved: Decimal
) -> None:
    before = used - moved
    crossed = before <= amount < used or before < amount * lines.SOFT <= used
    said = lines.standing(what, amount, used) if crossed else ""
    if said:
        project = Project.objects.get(pk=about.project_id)
        _tell(project, about.sandbox, said, f"{key} {_which(amount, used)}", amount)


def _tell(project: Project, sandbox: bool, said: str, key: str, amount: Decimal) -> None:
    money = "sandbox" if sandbox else "real"  # neither is silent because the other was told
    notices.tell(
        access.people_with(project, Right.PRODUCE),
        kind=Notice.Kind.BUDGET,
        project=project.name,
        text=f"{said[0].upper()}{said[1:]}{' (sandbox money)' if sandbox else ''}",
        path=reverse("reports:costs", args=[project.slug]),
        subject=sha256(f"{project.pk} {money} {key} {amount.normalize():f}".encode()).hexdigest(),
    )
