"""A check of the sandbox with all it may buy: what it finds, and what it pays."""

import json
from decimal import Decimal

from studio.oversight.provider_check.models import Job
from studio.oversight.provider_check.report import POINTS
from studio.planning.ledger.models import LedgerEntry
from studio.planning.projects.models import Project
from tests.oversight.provider_check.conftest import seen


def test_every_point_is_answered_or_says_why_not(check):
    report = check()

    assert report.ok
    assert {finding.point for finding in report.findings} == set(POINTS)
    for point in ("11.2", "11.3", "11.4", "11.6", "11.7", "11.8", "11.9"):
        assert any(finding.asked for finding in report.findings if finding.point == point), point
    for point in ("11.1", "11.5", "11.10"):
        assert seen(report, point).startswith("not asked: "), point


def test_what_it_finds_is_what_the_sandbox_does(check):
    report = check()

    assert seen(report, "key") == "accepted (HTTP 200, data 1)"
    assert seen(report, "balance") == "$1000 (it is an object of amount, currency)"
    assert "last7Days" in seen(report, "usage")
    assert "alone (HTTP 400, data 0, errors 1 (unsupportedParameter))" in seen(report, "11.2")
    assert "together (HTTP 200, data 1, errors 1 (unsupportedParameter))" in seen(report, "11.2")
    assert "refused as known (HTTP 400, data 0, errors 1 (conflictTaskUUID); the balance fell by $0)" in seen(
        report, "11.3"
    )
    assert seen(report, "11.4") == "no item at all (HTTP 200, data 0)"
    assert "Gen-4 Turbo, 2 s: $0.1042, expected $0.1042 (the balance fell by $0.1042, the same)" in seen(
        report, "11.6"
    )
    assert "accepted and made" in seen(report, "11.8")


def test_every_task_is_paid_once_and_in_the_books(check, books):
    report = check()

    assert books() == report.spent == Decimal("1.5784")
    (project,) = Project.objects.all()
    assert project.name == "Provider check"
    assert project.created_by.is_superuser
    assert set(LedgerEntry.objects.values_list("project", "sandbox")) == {(project.pk, True)}
    assert Job.objects.filter(state="done").count() == 6


def test_the_next_check_pays_from_the_same_project_and_asks_about_the_tasks_of_this_one(check, books):
    check("0.10")
    report = check("0.10")

    assert books() == Decimal("0.16")
    assert Project.objects.count() == 1
    assert "the oldest result that is still told is 0 d 0 h 0 min old (1 of 1 tasks)" in seen(report, "11.3")


def test_what_they_have_forgotten_is_told_too(check, runware):
    check("0.10")
    runware.faults("poll_empty", match=str(Job.objects.get(state="done").code))

    assert "no earlier result is told (0 of 1 tasks; the newest that is not told is" in seen(
        check("0.01"), "11.3"
    )


def test_the_report_reads_as_lines_and_as_json(check):
    report = check("0.10")
    lines = report.text().splitlines()

    assert lines[2] == "Against the sandbox, no real money: allowed $0.1000, spent $0.0800."
    for point in POINTS:
        assert sum(line.startswith(f"- **{point}** ") for line in lines) == 1
    facts = json.loads(json.dumps(report.facts()))
    assert (facts["ok"], facts["limit"], facts["spent"]) == (True, "0.1", "0.08")
    (job,) = facts["jobs"]
    assert (job["key"], job["status"], job["estimate"], job["cost"], job["fall"]) == (
        "still", 200, "0.08", "0.08", "0.08",
    )  # fmt: skip


def test_a_balance_that_is_a_bare_number_is_read_too(check, runware):
    runware.faults("balance_number")

    assert seen(check("0.01"), "balance") == "$1000 (it is a number)"


def test_an_unknown_uuid_may_be_an_error(check, runware):
    runware.faults("poll_not_found", status=404)

    assert seen(check("0.01"), "11.4") == "an error, taskNotFound (HTTP 404, data 0, errors 1 (taskNotFound))"
