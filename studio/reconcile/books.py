"""Compare our books with the provider's: by take where it still knows one, and in all by what its account used.

What it tells for sure is booked at once: a bill that never came, a result of a take that was given up. What
only a person can decide is listed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q, Sum
from django.utils import timezone

from studio import providers
from studio.costs.models import LedgerEntry
from studio.money import ZERO, exact
from studio.providers.base import Failure, Outcome, Result
from studio.reconcile import tasks
from studio.reconcile.models import Comparison, Difference
from studio.renders import results
from studio.renders.models import Render

logger = logging.getLogger(__name__)

DAYS = 30  # of the account's usage that is compared
BACK = 7  # days of takes that are asked about one by one; how long they are remembered is not documented
AT_ONCE = 50  # takes in one question
SMALLEST = Decimal("0.000001")  # less apart than this is no difference


def sweep() -> None:
    """Once a day, and soon after the first money was spent."""
    if not cache.add("reconcile:looked", 1, 600):
        return
    sandbox = providers.sandboxed()
    yesterday = timezone.now() - timedelta(days=1)
    if Comparison.objects.filter(sandbox=sandbox, at__gt=yesterday).exists():
        return
    if LedgerEntry.objects.filter(sandbox=sandbox, kind=LedgerEntry.Kind.CHARGE).exists():
        tasks.compare.enqueue()


def compare(*, by=None) -> Comparison:
    """Look at both sides, book what is certain, list the rest."""
    sandbox = providers.sandboxed()
    seen = Comparison(sandbox=sandbox, by=by, days=DAYS, ours=ZERO)
    try:
        provider = providers.get(providers.Runware.name)
        for render, outcomes in _answers(provider, _to_ask(sandbox)):
            seen.asked += 1
            _compare_take(seen, render, outcomes)
        account = provider.account()
        seen.account, seen.theirs, seen.used_ever = account.name[:120], account.used_lately, account.used_ever
    except (providers.NoAnswer, providers.NotConfigured) as exc:
        seen.problem = f"The provider could not be asked: {exc}"[:200]
    seen.ours = _charged(sandbox, since=timezone.now() - timedelta(days=DAYS))
    seen.on_their_way = Render.objects.filter(sandbox=sandbox, state__in=Render.IN_FLIGHT).count()
    seen.beyond = _beyond(seen)
    seen.save()
    _compare_usage(seen)
    return seen


def _charged(sandbox, *, since=None) -> Decimal:
    """All that our ledgers say was paid, of all projects."""
    kinds = [LedgerEntry.Kind.CHARGE, LedgerEntry.Kind.ADJUSTMENT]
    found = LedgerEntry.objects.filter(sandbox=sandbox, kind__in=kinds)
    if since is not None:
        found = found.filter(at__gte=since)
    return found.aggregate(sum=Sum("amount"))["sum"] or ZERO


def _to_ask(sandbox) -> list[Render]:
    """Takes worth a question: of the last days, charged or given up; and for longer those whose bill never came."""
    now = timezone.now()
    sent = Render.objects.filter(sandbox=sandbox, sent_at__gte=now - timedelta(days=DAYS))
    recent = Q(sent_at__gte=now - timedelta(days=BACK)) & (
        Q(cost__isnull=False) | Q(state__in=["failed", "expired"])
    )
    return list(
        sent.filter(recent | Q(cost_source="computed")).select_related("shot", "project").order_by("pk")
    )


def _answers(provider, renders: list[Render]) -> Iterable[tuple[Render, list[Outcome]]]:
    """Each take with what the provider says of its task now."""
    for start in range(0, len(renders), AT_ONCE):
        some = renders[start : start + AT_ONCE]
        told: dict[UUID, list[Outcome]] = {}
        for outcome in provider.ask({render.task_code for render in some}):
            told.setdefault(outcome.code, []).append(outcome)
        for render in some:
            yield render, told.get(render.task_code, [])


def _compare_take(seen: Comparison, render: Render, outcomes: list[Outcome]) -> None:
    found = [outcome for outcome in outcomes if isinstance(outcome, Result)]
    mine = next((result for result in found if (result.uuid or "result") == render.result_uuid), None)
    if not render.result_uuid and found:  # we had given it up, and it was made
        for result in found:
            results.receive(result, asked=True)
        seen.late_results += 1
    elif mine is not None and mine.cost is not None:
        _compare_bill(seen, render, mine.cost)
    elif render.cost and any(isinstance(outcome, Failure) for outcome in outcomes) and not found:
        _list(Difference.Kind.FAILED, render, theirs=ZERO)


def _compare_bill(seen: Comparison, render: Render, told: Decimal) -> None:
    cost = exact(told)
    apart = cost - (render.cost or ZERO)
    if render.cost_source == LedgerEntry.Source.COMPUTED:
        # also when the estimate was right: from now on it is the provider's own figure
        key = f"bill {render.result_uuid}"[:64]
        seen.late_bills += results.bill_again(render, apart, reason="the bill came late", key=key)
    elif render.cost_source == LedgerEntry.Source.PROVIDER and abs(apart) >= SMALLEST:
        _list(Difference.Kind.BILL, render, theirs=cost)


def _list(kind: str, render: Render, *, theirs: Decimal) -> None:
    """Keep a difference, unless it is listed or was settled with these very figures."""
    ours = render.cost or ZERO
    known = Difference.objects.filter(kind=kind, render_code=render.code)
    if known.exclude(settled_at=None).filter(ours=ours, theirs=theirs).exists():
        return
    Difference.objects.update_or_create(
        kind=kind,
        render_code=render.code,
        settled_at=None,
        defaults={"ours": ours, "theirs": theirs, "seen_at": timezone.now()},
        create_defaults={
            "ours": ours,
            "theirs": theirs,
            "sandbox": render.sandbox,
            "project": render.project,
            "what": render.purchase.what,
        },
    )


def _beyond(seen: Comparison) -> Decimal | None:
    """What the account had used beyond our ledger before we began to compare; the same from then on.

    An account of another name, or whose use has fallen, is another account: then it begins anew.
    """
    if seen.used_ever is None or seen.theirs is None:
        return None
    before = Comparison.objects.filter(sandbox=seen.sandbox).exclude(beyond=None).order_by("-pk").first()
    same = (
        before is not None and before.account == seen.account and seen.used_ever >= (before.used_ever or ZERO)
    )
    if before is not None and same:
        return before.beyond
    return seen.used_ever - _charged(seen.sandbox) - (seen.theirs - seen.ours)


def _compare_usage(seen: Comparison) -> None:
    """List what the account has used beyond our charges and the differences listed by take.

    While takes are on their way either side may be ahead: then nothing is concluded.
    """
    if seen.beyond is None or seen.used_ever is None or seen.on_their_way:
        return
    known = Difference.objects.filter(sandbox=seen.sandbox)
    by_take = known.filter(settled_at=None).exclude(kind=Difference.Kind.USAGE)
    left_alone = known.exclude(settled_at=None).filter(adjusted=None)
    explained = sum((each.apart for each in [*by_take, *left_alone]), ZERO)
    unexplained = seen.used_ever - _charged(seen.sandbox) - seen.beyond - explained
    open_one = known.filter(kind=Difference.Kind.USAGE, settled_at=None)
    if abs(unexplained) < SMALLEST:
        open_one.delete()
        return
    figures = {"ours": ZERO, "theirs": unexplained, "seen_at": seen.at}
    if not open_one.update(**figures):
        Difference.objects.create(
            kind=Difference.Kind.USAGE,
            sandbox=seen.sandbox,
            what="Counted by the account" if unexplained > 0 else "Not counted by the account",
            **figures,
        )
