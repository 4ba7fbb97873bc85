"""Tell the producers when a budget is nearly used, and when it is passed. Once for each budget and line."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from studio.costs import lines
from studio.money import dollars, round_dollars
from studio.notices import actions as notices
from studio.notices.models import Notice
from studio.projects import access
from studio.projects.models import Project, Shot
from studio.projects.rights import Right

if TYPE_CHECKING:
    from studio.costs.ledger import Purchase


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


def _look_below(about: Purchase, moved: Decimal) -> None:
    """The lines of the scene and of the person's day."""
    project = Project.objects.get(pk=about.project_id)
    scene = Shot.objects.filter(pk=about.shot_ref or 0).values_list("scene", flat=True).first() or ""
    mine = lines.allowance(project, person_id=about.by_id, sandbox=about.sandbox)
    for line in mine.of(scene):
        if line.scope != "project":
            key = line.scene if line.scene else f"{about.by_id} {timezone.localdate()}"
            _tell_if_crossed(about, line.what, f"{line.scope} {key}", line.amount, line.used, moved)


def _tell_if_crossed(
    about: Purchase, what: str, key: str, amount: Decimal, used: Decimal, moved: Decimal
) -> None:
    before = used - moved
    if before <= amount < used:
        _tell(about, f"{what} is passed: {dollars(used)} of {round_dollars(amount)}", f"{key} hard", amount)
    elif amount and before < amount * lines.SOFT <= used:  # of a budget of nothing there is no share
        said = f"{what} is {100 * used / amount:.0f} % used: {dollars(used)} of {round_dollars(amount)}"
        _tell(about, said, f"{key} soft", amount)


def _tell(about: Purchase, said: str, key: str, amount: Decimal) -> None:
    project = Project.objects.get(pk=about.project_id)
    money = "sandbox" if about.sandbox else "real"  # neither is silent because the other was told
    notices.tell(
        access.people_with(project, Right.PRODUCE),
        kind=Notice.Kind.BUDGET,
        project=project.name,
        text=f"{said[0].upper()}{said[1:]}{' (sandbox money)' if about.sandbox else ''}",
        path=reverse("reports:costs", args=[project.slug]),
        subject=sha256(f"{project.pk} {money} {key} {amount.normalize():f}".encode()).hexdigest(),
    )
