"""What the tests of bad luck share: the books, and a provider that says whatever a test wants."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
from django.db.models import Sum
from django.utils import timezone

from studio.generation.renders.models import Render
from studio.integrations import providers
from studio.integrations.providers import Runware
from studio.planning.ledger.models import Balance, LedgerEntry
from tests import sums as kept_sums
from tests.integrations.sandbox.running import read


def holds_money(take):
    """Whether its estimate is set aside."""
    return take.state in ("queued", "submitting", "rendering", "expired") or take.charge_unknown


def balanced(project):
    """Check the ledger against its sums and its takes; return what is spent and set aside."""
    kept_sums.add_up(project)
    entries = LedgerEntry.objects.filter(project=project)
    sums = {
        kind: entries.filter(kind=kind).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
        for kind in ("hold", "release", "charge", "adjustment")
    }
    row = Balance.objects.filter(project=project).first() or Balance()
    assert row.spent == sums["charge"] + sums["adjustment"]
    assert row.held == sums["hold"] - sums["release"]
    takes = Render.objects.filter(project=project)
    assert row.held == sum(take.estimate for take in takes if holds_money(take))
    charges = Counter(entries.filter(kind="charge").values_list("render_code", flat=True))
    assert set(charges.values()) <= {1}
    for take in takes:
        assert charges[take.code] == (take.cost is not None)
    return row


@pytest.fixture
def books(runware, project):
    """Check that the ledger is in balance and says what the sandbox billed; return the balance."""

    def books():
        billed = {
            entry["taskUUID"]: entry["billed"] for entry in read(runware.http.get(f"{runware.root}/tasks"))
        }
        codes = {
            str(code) for code in Render.objects.filter(project=project).values_list("task_code", flat=True)
        }
        row = balanced(project)
        assert row.spent == sum(billed.get(code, Decimal(0)) for code in codes)
        return row

    return books


@pytest.fixture
def posts(runware):
    """How often the order of a take reached the provider."""
    return lambda take: runware.book({"taskUUID": str(take.code)})["posts"]


@pytest.fixture
def answering():
    """Put a provider in place that answers as told: bodies that the sandbox would not write.

    `answering(handler)` takes an `httpx.MockTransport` handler; the list it returns fills with
    the requests that were made.
    """

    def answering(handler):
        seen = []

        def noted(request):
            seen.append(request)
            return handler(request)

        providers.use(
            Runware(
                url="https://api.runware.ai/v1",
                key="a key",
                result_hosts=["runware.ai"],
                timeout=1.0,
                transport=httpx.MockTransport(noted),
            )
        )
        return seen

    return answering


class Clock:
    """What the studio takes for now: the machine's clock put forward or back by `shift`, or one that stands."""

    def __init__(self, real):
        self._real, self._stands = real, None
        self.shift = timedelta()

    def __call__(self):
        return (self._stands or self._real()) + self.shift

    def show(self, moment):
        """Let the clock stand at this moment."""
        self._stands = moment


@pytest.fixture
def clock(monkeypatch):
    """The studio's clock: `clock.show(moment)`, `clock.shift = timedelta(days=-1)`."""
    clock = Clock(timezone.now)
    monkeypatch.setattr(timezone, "now", clock)
    return clock
