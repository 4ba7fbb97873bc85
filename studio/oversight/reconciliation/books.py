"""Compare our books with the provider's: by take where it still knows one, and in all by what its account used.

What it tells for sure is booked at once: a bill that never came, a result of a take that was given up. What
only a person can decide is listed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from studio.core.money import ZERO, exact
from studio.generation.renders import results, settlement
from studio.generation.renders.models import Render
from studio.integrations import providers
from studio.integrations.providers.base import Failure, Outcome, Result
from studio.oversight.provider_check.models import Job
from studio.oversight.reconciliation import listing
from studio.oversight.reconciliation.models import Comparison, Difference
from studio.people.accounts.models import User
from studio.planning.ledger import estimate
from studio.planning.ledger.models import LedgerEntry
from studio.runtime import jobs

logger = logging.getLogger(__name__)

DAYS = 30  # of the account's usage that is compared
BACK = 7  # days of takes that are asked about one by one; how long they are remembered is not documented
AT_ONCE = 50  # takes in one question
QUIET = timedelta(minutes=2)  # without a charge before the two sums are held against each other
LAG = timedelta(minutes=10)  # after which the account would show what a take that failed cost


def sweep() -> None:
    """Once a day, and soon after the first money was spent; again in an hour where nothing could be concluded.

    Sooner where a take failed and nobody said whether it was charged: the account may tell.
    """
    sandbox = providers.sandboxed()
    if cache.add("reconcile:asked-after-failures", 1, 900) and _has_new_failure(sandbox):
        jobs.soon("reconcile.compare")
        return
    if not cache.add("reconcile:looked", 1, 3600):
        return
    yesterday = timezone.now() - timedelta(days=1)
    if Comparison.objects.filter(sandbox=sandbox, at__gt=yesterday, conclusive=True).exists():
        return
    if LedgerEntry.objects.filter(sandbox=sandbox, kind=LedgerEntry.Kind.CHARGE).exists():
        jobs.soon("reconcile.compare")
    else:
        cache.set("reconcile:looked", 1, 300)


def _has_new_failure(sandbox: bool) -> bool:
    """Whether a take of unknown charge waits that the last conclusive comparison came too early for."""
    last = Comparison.objects.filter(sandbox=sandbox, conclusive=True).order_by("-pk").first()
    found = _of_unknown_charge(sandbox, timezone.now())
    return (found.filter(ended_at__gt=last.at - LAG) if last else found).exists()


def _of_unknown_charge(sandbox: bool, at: datetime) -> QuerySet[Render]:
    """Takes that failed so long before that moment that the account would show their charge."""
    return Render.objects.filter(charge_unknown=True, sandbox=sandbox, ended_at__lt=at - LAG)


def compare(*, by: User | None = None) -> Comparison:
    """Look at both sides, book what is certain, list the rest."""
    sandbox = providers.sandboxed()
    seen = Comparison.objects.create(sandbox=sandbox, by=by, days=DAYS, ours=ZERO)
    try:
        provider = providers.get(providers.Runware.name)
        for render, outcomes in _answers(provider, _to_ask(sandbox)):
            seen.asked += 1
            _compare_take(seen, render, outcomes)
        before = charged(sandbox)
        account = provider.account()
        seen.account, seen.theirs, seen.used_ever = account.name[:120], account.used_lately, account.used_ever
        seen.on_their_way = _on_their_way(sandbox)
        seen.conclusive = seen.used_ever is not None and not seen.on_their_way and _is_quiet(sandbox, before)
    except (providers.NoAnswer, providers.NotConfigured) as exc:
        seen.problem = f"The provider could not be asked: {exc}"[:200]
    seen.ours = charged(sandbox, since=timezone.now() - timedelta(days=DAYS))
    if seen.conclusive:
        listing.begin(seen, charged(sandbox))
        _settle_unknown(seen)
        listing.compare_usage(seen, charged(sandbox))
    seen.save()
    return seen


def charged(sandbox: bool, *, since=None) -> Decimal:
    """All that our ledgers say was paid, of all projects."""
    kinds = [LedgerEntry.Kind.CHARGE, LedgerEntry.Kind.ADJUSTMENT]
    found = LedgerEntry.objects.filter(sandbox=sandbox, kind__in=kinds)
    if since is not None:
        found = found.filter(at__gte=since)
    return found.aggregate(sum=Sum("amount"))["sum"] or ZERO


def _on_their_way(sandbox: bool) -> int:
    """What one side may have paid for and the other not yet: takes, and tasks of a check of the provider."""
    takes = Render.objects.filter(sandbox=sandbox, state__in=Render.IN_FLIGHT)
    return takes.count() + Job.objects.open().filter(sandbox=sandbox).count()


def _is_quiet(sandbox: bool, before: Decimal) -> bool:
    """Whether nothing was charged while we looked, nor just before: an account may lag a little."""
    lately = LedgerEntry.objects.filter(
        sandbox=sandbox, kind=LedgerEntry.Kind.CHARGE, at__gte=timezone.now() - QUIET
    )
    return charged(sandbox) == before and not lately.exists()


def _to_ask(sandbox: bool) -> QuerySet[Render]:
    """Takes worth a question: of the last days, charged or given up; and for longer those whose bill never came."""
    now = timezone.now()
    sent = Render.objects.filter(sandbox=sandbox, sent_at__gte=now - timedelta(days=DAYS))
    recent = Q(sent_at__gte=now - timedelta(days=BACK)) & (
        Q(cost__isnull=False) | Q(state__in=["failed", "expired"])
    )
    found = sent.filter(recent | Q(cost_source="computed"))
    return found.select_related("shot", "project").order_by("pk")


def _answers(provider, renders: QuerySet[Render]) -> Iterator[tuple[Render, list[Outcome]]]:
    """Each take with what the provider says of its task now."""
    last = 0
    while some := list(renders.filter(pk__gt=last)[:AT_ONCE]):
        last = some[-1].pk
        told: dict[UUID, list[Outcome]] = {}
        for outcome in provider.ask({render.task_code for render in some}):
            told.setdefault(outcome.code, []).append(outcome)
        for render in some:
            yield render, told.get(render.task_code, [])


def _compare_take(seen: Comparison, render: Render, outcomes: list[Outcome]) -> None:
    found = [outcome for outcome in outcomes if isinstance(outcome, Result)]
    for result in found:
        if _is_unknown(render, result):  # we had given it up and it was made, or it is one more
            results.receive(result, asked=True)
            seen.late_results += not _is_unknown(render, result)
    mine = next((result for result in found if result.uuid == render.result_uuid), None)
    if mine is not None:
        listing.settle_by_itself(render, Difference.Kind.FAILED)
        if mine.cost is not None:
            _compare_bill(seen, render, exact(mine.cost))
    elif not found:
        _compare_failure(render, [outcome for outcome in outcomes if isinstance(outcome, Failure)])


def _compare_failure(render: Render, told: list[Failure]) -> None:
    """What they say of a take that failed, beside what we booked for it. A failure alone says nothing of money."""
    for failure in told:
        results.receive(failure, asked=True)  # it may say by now what it cost
    render.refresh_from_db()
    costs = [failure.cost for failure in told if failure.cost is not None]
    if costs and exact(costs[-1]) == (render.cost or ZERO):
        listing.settle_by_itself(render, Difference.Kind.FAILED)
    elif costs and not render.charge_unknown:
        listing.add(Difference.Kind.FAILED, render, theirs=exact(costs[-1]))
    elif told and render.cost and render.result_uuid:
        listing.add(Difference.Kind.FAILED, render, theirs=ZERO)  # we have its file, and they say it failed


def _settle_unknown(seen: Comparison) -> None:
    """Settle takes that failed without a word about money, by what the account has used.

    Nothing beyond our ledger: none of them was charged. Just what all of them together were expected to cost, of an
    account that nobody else uses: each was. Anything else is for a person to settle.
    """
    others = Difference.objects.filter(sandbox=seen.sandbox, kind=Difference.Kind.USAGE).exclude(
        settled_at=None
    )
    settled = others.order_by("-settled_at").values_list("settled_at", flat=True).first()
    found = _of_unknown_charge(seen.sandbox, seen.at).filter(sent_at__gte=_covered_from(seen))
    if settled is not None:  # what a person settled may have been the charge of one that was sent before
        found = found.filter(sent_at__gt=settled)
    takes = list(found.select_related("shot").order_by("pk"))
    unexplained = listing.unexplained(seen, charged(seen.sandbox))
    if abs(unexplained) < listing.SMALLEST:
        for take in takes:
            settlement.free(take, reason="the provider's account shows no charge")
    elif takes and settled is None and unexplained == sum(take.estimate for take in takes):
        for take in takes:
            settlement.book(take)


def _covered_from(seen: Comparison) -> datetime:
    """From when on each use of this account is compared: earlier takes may have been charged to another."""
    since = seen.counted_from or seen.at
    others = (
        Comparison.objects.filter(sandbox=seen.sandbox).exclude(beyond=None).exclude(account=seen.account)
    )
    return since if others.exists() else since - timedelta(days=DAYS)


def _is_unknown(render: Render, result: Result) -> bool:
    """Whether no take of ours has this result. One that came without a name may be any."""
    ours = Render.objects.filter(task_code=render.task_code)
    return not ours.filter(result_uuid__in=[result.uuid, "result"]).exists()


def _compare_bill(seen: Comparison, render: Render, told: Decimal) -> None:
    computed = render.cost_source == LedgerEntry.Source.COMPUTED
    if computed and estimate.is_near(told, render.estimate):
        # also when the estimate was right: from now on it is the provider's own figure
        key = f"bill {render.result_uuid}"[:64]
        apart = told - (render.cost or ZERO)
        seen.late_bills += results.bill_again(render, apart, reason="the bill came late", key=key)
    elif told == render.cost:
        listing.settle_by_itself(render, Difference.Kind.BILL)
    elif computed or render.cost_source == LedgerEntry.Source.PROVIDER:
        listing.add(Difference.Kind.BILL, render, theirs=told)
