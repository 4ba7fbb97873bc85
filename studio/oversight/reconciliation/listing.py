"""The list of differences: each stands there once, follows the figures, and goes when they agree."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from studio.core.money import ZERO
from studio.generation.renders.models import Render
from studio.oversight.reconciliation.models import Comparison, Difference
from studio.people.accounts import studio_owner
from studio.people.notifications import actions as notices
from studio.people.notifications.models import Notice

SMALLEST = Decimal("0.000001")  # less apart than this is no difference


def add(kind: str, render: Render, *, theirs: Decimal) -> None:
    """List a difference of a take, unless it was settled with these very figures."""
    ours = render.cost or ZERO
    known = Difference.objects.filter(kind=kind, render_code=render.code)
    if known.exclude(settled_at=None).filter(ours=ours, theirs=theirs).exists():
        return
    figures = {"ours": ours, "theirs": theirs, "seen_at": timezone.now()}
    about = {"sandbox": render.sandbox, "project": render.project, "what": render.purchase.what}
    with transaction.atomic():
        _, new = Difference.objects.update_or_create(
            kind=kind,
            render_code=render.code,
            settled_at=None,
            defaults=figures,
            create_defaults={**figures, **about},
        )
        if new:
            _tell(render.purchase.what, render.code)


def settle_by_itself(render: Render, kind: str) -> None:
    """Both sides agree on it again."""
    Difference.objects.filter(kind=kind, render_code=render.code, settled_at=None).delete()


# --- all takes together -------------------------------------------------------------------


def begin(seen: Comparison, charged: Decimal) -> None:
    """Say from where the account's use is counted: as the comparison before, or anew.

    An account of another name, or whose use has fallen, is another account. What it used before the days
    that are compared, beyond our ledger, is none of our business.
    """
    before = Comparison.objects.filter(sandbox=seen.sandbox).exclude(beyond=None).order_by("-pk").first()
    used = seen.used_ever or ZERO
    if before is not None and before.account == seen.account and used >= (before.used_ever or ZERO):
        seen.beyond, seen.counted_from = before.beyond, before.counted_from
        return
    lately = ZERO if seen.theirs is None else seen.theirs - seen.ours
    seen.beyond, seen.counted_from = used - charged - lately, seen.at


def compare_usage(seen: Comparison, charged: Decimal) -> None:
    """List what the account has used beyond our charges and the differences listed by take."""
    apart = unexplained(seen, charged)
    with transaction.atomic():
        open_one = Difference.objects.filter(
            sandbox=seen.sandbox, kind=Difference.Kind.USAGE, settled_at=None
        )
        if abs(apart) < SMALLEST:
            open_one.delete()
            return
        what = "Counted by the account" if apart > 0 else "Not counted by the account"
        figures = {"ours": ZERO, "theirs": apart, "seen_at": seen.at, "what": what}
        found, new = Difference.objects.update_or_create(
            sandbox=seen.sandbox, kind=Difference.Kind.USAGE, settled_at=None, defaults=figures
        )
        if new:
            _tell(what, found.code)


def unexplained(seen: Comparison, charged: Decimal) -> Decimal:
    """What the account has used beyond our charges and the differences listed by take."""
    return (seen.used_ever or ZERO) - charged - (seen.beyond or ZERO) - _explained(seen)


def _explained(seen: Comparison) -> Decimal:
    """What is listed by take, and what people have decided to leave as it is since we began to count.

    Of several differences of a take the last one says how the sides stand.
    """
    known = Difference.objects.filter(sandbox=seen.sandbox, found_at__gte=seen.counted_from).order_by("pk")
    last: dict[object, Difference] = {}
    for each in known:
        last[each.render_code or each.pk] = each
    standing = [each for each in last.values() if _stands(each)]
    return sum((each.apart for each in standing), ZERO)


def _stands(difference: Difference) -> bool:
    """Whether the sides differ by it still: it is open, or was left as it is."""
    if difference.settled_at is None:
        return difference.kind != Difference.Kind.USAGE
    return difference.adjusted is None


def _tell(what: str, code: object) -> None:
    """The studio's owner hears of a new difference."""
    notices.tell(
        studio_owner.owners(),
        kind=Notice.Kind.BALANCE,
        text=f"The provider's account and our ledger differ: {what}",
        path=reverse("reconcile:page"),
        subject=f"difference {code}",
    )
