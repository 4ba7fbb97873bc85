"""A check of the sandbox, at a pace that suits a test."""

from decimal import Decimal

import httpx
import pytest
from django.db.models import Sum

from studio.integrations import providers
from studio.integrations.providers import Runware
from studio.oversight.provider_check import run
from studio.oversight.provider_check.check import Pace
from studio.oversight.provider_check.models import Job
from studio.planning.ledger.models import Balance, LedgerEntry
from tests.integrations.sandbox.running import read

QUICK = Pace(poll=0.01, longest_poll=0.05, job=5, dry_run=0.05, callbacks=5, balance=0.01)
IMPATIENT = Pace(poll=0.01, longest_poll=0.02, job=0.2, dry_run=0.05, callbacks=0.2, balance=0.01)
EVERYTHING = Decimal("2.00")  # but for the longest clip


@pytest.fixture
def check(runware, db):
    """Run a check against the sandbox: `check(limit="0.10")`."""

    def check(limit=EVERYTHING, *, client=None, sandbox=True, **more):
        client = client or providers.get("runware")
        return run.run(client, limit=Decimal(limit), sandbox=sandbox, **{"pace": QUICK, **more})

    return check


@pytest.fixture
def billed(runware):
    """What the sandbox has billed for each job."""

    def billed():
        tasks = read(runware.http.get(f"{runware.root}/tasks"))
        codes = {str(code) for code in Job.objects.values_list("code", flat=True)}
        return {entry["taskUUID"]: entry["billed"] for entry in tasks if entry["taskUUID"] in codes}

    return billed


@pytest.fixture
def books(billed):
    """Check the ledger against its sums and what the sandbox billed; return the sum that was charged."""

    def books():
        entries = {
            kind: LedgerEntry.objects.filter(kind=kind).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
            for kind in ("hold", "release", "charge")
        }
        still_held = sum(job.estimate for job in Job.objects.open())
        row = Balance.objects.first() or Balance(spent=Decimal(0), held=Decimal(0))
        assert row.spent == entries["charge"] == sum(billed().values())
        assert row.held == entries["hold"] - entries["release"] == still_held
        charges = LedgerEntry.objects.filter(kind="charge")
        assert charges.count() == Job.objects.filter(state="done").count()
        return row.spent

    return books


@pytest.fixture
def answering():
    """A provider that answers as told: what the sandbox would not write."""

    def answering(handler, *, key="a key of ours"):
        return Runware(
            url="https://api.runware.ai/v1",
            key=key,
            result_hosts=["runware.ai"],
            timeout=1.0,
            transport=httpx.MockTransport(handler),
        )

    return answering


def seen(report, point):
    """The words of a point, all findings in one."""
    return "; ".join(str(finding) for finding in report.findings if finding.point == point)
