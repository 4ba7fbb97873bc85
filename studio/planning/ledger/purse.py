"""What is left on the provider's account: asked now and then, with a word before it is empty."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from studio.core.money import ZERO, dollars, exact
from studio.integrations import providers
from studio.people.accounts.models import User
from studio.people.notifications import actions as notices
from studio.people.notifications.models import Notice
from studio.planning.ledger.models import DaySpend, Purse
from studio.planning.projects.models import Membership
from studio.planning.projects.rights import Role
from studio.runtime import jobs

logger = logging.getLogger(__name__)

BURN_DAYS = 7  # the days whose spending is the burn rate
LOW_DAYS = 3  # of spending left: people are told


@dataclass(frozen=True)
class Standing:
    """The account as it was last seen, and how long it lasts as things go."""

    purse: Purse
    burn: Decimal  # USD a day, of the last week

    @property
    def days_left(self) -> int | None:
        """Whole days; None while nothing is spent or nothing is known."""
        balance = self.purse.balance
        return None if balance is None or self.burn <= 0 else max(0, int(balance / self.burn))

    @property
    def is_low(self) -> bool:
        return self.is_empty or (self.days_left is not None and self.days_left < LOW_DAYS)

    @property
    def is_empty(self) -> bool:
        return self.purse.balance is not None and self.purse.balance <= 0


def standing(*, sandbox: bool) -> Standing | None:
    """How the account stands; None before it was ever asked about. Two queries."""
    purse = Purse.objects.filter(provider=providers.Runware.name, sandbox=sandbox).first()
    return Standing(purse, burn(sandbox=sandbox)) if purse else None


def burn(*, sandbox: bool) -> Decimal:
    """USD a day that all projects together have spent in the last week, today's part included."""
    since = timezone.localdate() - timedelta(days=BURN_DAYS - 1)
    found = DaySpend.objects.filter(sandbox=sandbox, day__gte=since).aggregate(spent=Sum("spent"))
    return exact((found["spent"] or ZERO) / BURN_DAYS)


def sweep() -> None:
    """Ask again when the last answer is old."""
    if cache.add("purse:asked", 1, settings.BALANCE_SECONDS):
        jobs.soon("costs.ask_balance")


def ask() -> None:
    """Ask the provider what is left, keep it, and tell people once when it is nearly empty."""
    sandbox = providers.sandboxed()
    known: dict[str, Any] = {"provider": providers.Runware.name, "sandbox": sandbox}
    try:
        account = providers.get(providers.Runware.name).account()
    except (providers.NoAnswer, providers.NotConfigured) as exc:
        logger.info("The balance could not be asked: %s", exc)
        Purse.objects.filter(**known).update(problem=str(exc)[:200])
        return
    balance = _usable(account.balance)
    with transaction.atomic():
        purse, _ = Purse.objects.select_for_update().get_or_create(**known)
        before, purse.balance = purse.balance, balance
        purse.account, purse.asked_at, purse.problem = account.name[:120], timezone.now(), ""
        now = Standing(purse, burn(sandbox=sandbox))
        if balance is not None and (not now.is_low if before is None else balance > before):
            purse.low_since = purse.empty_since = None  # it was filled up
        _tell_if_low(now)
        purse.save()


def _usable(balance: Decimal | None) -> Decimal | None:
    """What the provider says is left, unless it is beyond all reason."""
    try:
        return None if balance is None else exact(balance)
    except ValueError:
        return None


def _tell_if_low(now: Standing) -> None:
    """Say once that it is nearly empty, and once that it is empty, until the account has been filled up.

    What all projects spend a day is for the owner alone.
    """
    purse = now.purse
    if purse.balance is None or not now.is_low or (purse.empty_since if now.is_empty else purse.low_since):
        return
    purse.low_since = purse.low_since or timezone.now()
    days = now.days_left
    lasts = (
        f", about {days} day{'' if days == 1 else 's'} at {dollars(now.burn)} a day"
        if days is not None
        else ""
    )
    said, figures = "is nearly empty", f": {dollars(purse.balance)}{lasts}"
    if now.is_empty:
        purse.empty_since, said, figures = timezone.now(), "is empty", ""
    for people, more in (
        (payers().filter(is_superuser=True), figures),
        (payers().filter(is_superuser=False), ""),
    ):
        notices.tell(
            people,
            kind=Notice.Kind.BALANCE,
            text=f"The {'sandbox' if purse.sandbox else 'Runware'} account {said}{more}",
            path=reverse("dashboard:projects"),
            subject=f"{purse.pk} {said} {timezone.now():%Y-%m-%dT%H:%M:%S}",
        )


def payers() -> QuerySet[User]:
    """The studio's owner and whoever produces something."""
    producing = Membership.objects.filter(
        role=Role.PRODUCER, project__trashed_at=None, project__archived_at=None
    )
    people = User.objects.filter(is_active=True)
    return people.filter(is_superuser=True) | people.filter(pk__in=producing.values("user"))
