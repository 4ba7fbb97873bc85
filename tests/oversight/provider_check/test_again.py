"""A UUID that is sent again: where it is made a second time, that is booked and told."""

import json
from decimal import Decimal

import httpx
import pytest

from studio.oversight.provider_check.models import Job
from studio.planning.ledger.models import LedgerEntry
from tests.oversight.provider_check.conftest import IMPATIENT, seen


class Careless:
    """A provider that knows no conflict: what is posted twice is made and paid twice."""

    def __init__(self, *, again="made"):
        self.again = again
        self.balance = Decimal(10)
        self.results = {}  # by task

    def __call__(self, request):
        tasks = json.loads(request.content)
        if "X-Runware-Dry-Run" in request.headers:
            data = [{"taskUUID": task["taskUUID"], "cost": 0.08} for task in tasks]
        else:
            data = [item for task in tasks for item in self.answer(task)]
        return httpx.Response(200, content=json.dumps({"data": data}).encode())

    def answer(self, task):
        if task["taskType"] == "accountManagement":
            return [{"balance": float(self.balance)}]
        name = task["taskUUID"]
        if task["taskType"] == "getResponse":
            return self.results.get(name, [])
        if task.get("width", 1) == 1:  # nonsense, or a picture
            return []
        known = self.results.setdefault(name, [])
        if not known or self.again == "made":
            self.balance -= Decimal("0.08")
            url = "https://vm.runware.ai/a.jpg"
            known.append({"taskUUID": name, "imageUUID": f"{len(known)}", "imageURL": url, "cost": 0.08})
        return [{"taskUUID": name}]


@pytest.fixture
def careless(answering, settings):
    settings.RESEND_GRACE_SECONDS = 0.1

    def careless(**more):
        return answering(Careless(**more))

    return careless


def test_a_second_result_is_booked_and_told(check, careless):
    report = check("0.16", client=careless())

    assert seen(report, "11.3").startswith(
        "a UUID sent again is made and paid a second time (HTTP 200, data 1; the balance fell by $0.08)"
    )
    charges = LedgerEntry.objects.filter(kind="charge")
    assert [entry.amount for entry in charges] == [Decimal("0.08")] * 2
    assert Job.objects.get(key="still").cost == report.spent == Decimal("0.16")


def test_one_that_is_taken_without_a_result_counts_against_the_limit(check, careless):

    report = check("0.23", client=careless(again="ignored"), pace=IMPATIENT)

    assert "taken again, without another result so far" in seen(report, "11.3")
    assert "Gen-4 Image without a size: left out: it would cost $0.08" in seen(report, "11.7")
    assert LedgerEntry.objects.filter(kind="charge").count() == 1
    assert report.spent == Decimal("0.08")


def test_a_second_result_that_comes_later_is_booked_by_the_next_check(check, careless):
    client = careless(again="ignored")
    check("0.08", client=client, pace=IMPATIENT)
    job = Job.objects.get(key="still")
    again = {
        "taskUUID": str(job.code),
        "imageUUID": "late",
        "imageURL": "https://vm.runware.ai/b.jpg",
        "cost": 0.09,
    }
    client._http._transport.handler.results[str(job.code)].append(again)

    for _ in range(2):
        check("0.01", client=client)

    job.refresh_from_db()
    assert job.cost == Decimal("0.17")
    assert LedgerEntry.objects.filter(kind="charge").count() == 2
