"""The header for dry runs is tried with one task, and believed only where nothing was made and nothing paid."""

from dataclasses import replace
from decimal import Decimal

import httpx
import pytest

from studio.oversight.provider_check.models import Job
from tests.oversight.provider_check.conftest import IMPATIENT, QUICK, seen

BOAT = "prompt:paper boat"


def tried():
    return Job.objects.get(key="dry-run")


def test_a_provider_that_heeds_the_header_is_believed(check, runware, books):
    report = check("0.08")

    assert seen(report, "dry run") == (
        "the header works: the task is not known and not paid, priced at $0.08 "
        "(HTTP 200, data 1; the balance fell by $0)"
    )
    assert report.ok
    assert (tried().state, tried().failure_code, tried().cost) == ("failed", "dryRun", None)
    assert books() == report.spent == Decimal("0.08")  # all of the limit is still there for a real task


def test_one_that_ignores_it_makes_a_task_like_any_other(check, runware, books):
    runware.faults("dry_run_ignored")

    report = check("0.15")

    assert (
        "the header is ignored: the task is made and billed $0.08 (HTTP 200, data 1; the balance fell by"
        in (seen(report, "dry run"))
    )
    assert tried().state == "done"
    assert books() == report.spent == Decimal("0.08")
    assert "left out: it would cost $0.08" in seen(report, "11.6")


def test_it_is_not_sent_where_the_limit_could_not_pay_for_it(check, runware):
    report = check("0.07")

    assert seen(report, "dry run") == "not asked: left out: it would cost $0.08"
    assert not Job.objects.filter(key="dry-run").exists()


def test_one_that_is_paid_unseen_is_not_believed_and_stays_in_the_books(check, runware):
    runware.faults("dry_run_ignored")
    runware.faults("poll_empty", match=BOAT)

    report = check("0.15")

    assert "not believed: it is neither known as a task nor shown to be checked for nothing" in seen(
        report, "dry run"
    )
    assert tried().is_open
    assert "left out: it would cost $0.08" in seen(report, "11.6")


def test_one_that_is_still_being_made_is_asked_about_by_the_next_check(check, runware, books):
    runware.faults("dry_run_ignored", times=1)
    runware.faults("never_ends", match=BOAT)
    report = check("0.10", pace=IMPATIENT)
    assert "the header is ignored: the task is still open" in seen(report, "dry run")

    runware.finish({"taskUUID": str(tried().code)})
    report = check("0.01")

    assert tried().state == "done"
    assert books() == report.spent == Decimal("0.08")


def test_one_that_is_made_after_all_is_a_problem(check, runware, books):
    """It is shown late: the task was hidden, and its price not yet on the bill."""
    runware.faults("dry_run_ignored", times=1)
    runware.faults("never_ends", match=BOAT)
    runware.faults("poll_empty", match=BOAT, times=1)

    report = check("0.10", pace=replace(QUICK, poll=0.06))  # one look, whatever the machine is busy with

    (problem,) = report.problems
    assert (
        problem == "A dry run of Gen-4 Image, 720 × 720 was taken for a real task after all; it may be paid."
    )


@pytest.mark.parametrize(
    ("fault", "more", "words"),
    [
        ("refuse", {"code": "unsupportedParameter"}, "refused (unsupportedParameter) (HTTP 400"),
        ("http_429", {}, "refused (rateLimitExceeded) (HTTP 429"),
        ("answer_lost", {}, "no answer, and the task is still open"),
        ("html", {}, "not believed"),
    ],
)
def test_other_answers_are_told_and_prove_nothing(check, runware, fault, more, words):
    runware.faults(fault, match=BOAT, **more)

    assert words in seen(check("0.10", pace=IMPATIENT), "dry run")


def test_without_a_balance_nothing_could_be_proved(check, runware, answering):
    """The account answers, and keeps what is on it to itself."""
    posted = []

    def answer(request):
        posted.append(request.headers.get("X-Runware-Dry-Run"))
        return httpx.Response(200, json={"data": [{"taskType": "accountManagement", "usage": {"total": {}}}]})

    report = check("0.08", client=answering(answer), pace=IMPATIENT)

    assert seen(report, "dry run").startswith("not asked: the balance is not told")
    assert set(posted) == {None}
