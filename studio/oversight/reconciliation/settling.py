"""A person settles a difference: our books are adjusted, or it is left as it is. Both with a reason."""

from __future__ import annotations

from django.utils import timezone

from studio.core.money import ZERO
from studio.generation.renders import results
from studio.generation.renders.models import Render
from studio.oversight.reconciliation.models import Difference
from studio.planning.ledger import ledger
from studio.planning.ledger.models import LedgerEntry
from studio.planning.ledger.purchase import Purchase
from studio.planning.projects.models import Project
from studio.runtime.live import events


class NoProject(ValueError):
    """Money of no take must be booked on some project; choose one."""


def adjust(difference: Difference, *, by, reason: str, project: Project | None = None) -> bool:
    """Book what the provider counts beyond ours, or less, by the figures that `difference` holds.

    False: somebody has settled it already, or its figures are others now.

    Args:
        project: where it is booked, for what belongs to no take.

    Raises:
        NoProject: it belongs to no take, and none was chosen.
    """
    where = difference.project or project
    if where is None:
        raise NoProject
    with events.locked(where.pk):
        if not _settle(difference, by=by, reason=reason, adjusted=difference.apart, project=where):
            return False
        key = f"difference {difference.code.hex}"
        render = _take(difference)
        if render is not None:
            results.bill_again(render, difference.apart, reason=reason, by=by, key=key)
        else:
            ledger.adjust(
                _purchase(difference, where),
                difference.apart,
                reason=reason,
                source=LedgerEntry.Source.PERSON,
                by=by,
                key=key,
            )
            events.record(where.pk, "project.adjusted", by=by)
    return True


def leave(difference: Difference, *, by, reason: str) -> bool:
    """Leave our books as they are. False: it is settled already, or its figures are others now."""
    return bool(_settle(difference, by=by, reason=reason, adjusted=None, project=difference.project))


def _settle(difference, *, by, reason, adjusted, project) -> int:
    mine = Difference.objects.filter(
        pk=difference.pk, settled_at=None, ours=difference.ours, theirs=difference.theirs
    )
    return mine.update(
        settled_at=timezone.now(), settled_by=by, reason=reason[:200], adjusted=adjusted, project=project
    )


def _take(difference: Difference) -> Render | None:
    """The take it is about, while that is there."""
    if difference.render_code is None:
        return None
    return Render.objects.filter(code=difference.render_code).select_related("shot", "project").first()


def _purchase(difference: Difference, project: Project) -> Purchase:
    """What the adjustment is about, where no take is there any more, or never was."""
    code = difference.render_code or difference.code
    paid = LedgerEntry.objects.filter(render_code=code, kind="charge").first()
    if paid is None:
        return Purchase(
            project_id=project.pk,
            render_code=difference.code,
            what=difference.what,
            shot_code="",
            model="",
            seconds=None,
            sandbox=difference.sandbox,
            by_id=None,
            estimate=ZERO,
        )
    return Purchase(
        project_id=project.pk,
        render_code=paid.render_code,
        what=paid.what,
        shot_code=paid.shot_code,
        model=paid.model,
        seconds=paid.seconds,
        sandbox=paid.sandbox,
        by_id=paid.by_id,
        estimate=paid.estimate or ZERO,
        shot_ref=paid.shot_ref,
        task_code=paid.task_code,
        provider=paid.provider,
    )
