"""The limit is hard: nothing is sent that could pass it."""

from decimal import Decimal
from uuid import uuid4

import pytest

from studio.oversight.provider_check import books as checkbooks
from studio.oversight.provider_check import plans
from studio.oversight.provider_check.models import Job
from studio.planning.ledger import studio_budgets
from studio.planning.ledger.models import LedgerEntry
from tests.oversight.provider_check.conftest import IMPATIENT, seen


def test_too_small_for_everything_pays_nothing_and_still_asks_what_is_free(check, runware, books):
    report = check("0.01")

    assert report.ok
    assert books() == report.spent == 0
    assert not LedgerEntry.objects.exists()
    assert runware.balance() == 1000
    for point in ("key", "balance", "usage", "11.2", "11.4", "11.9"):
        assert any(finding.asked for finding in report.findings if finding.point == point), point
    assert seen(report, "11.6").startswith("not asked: Gen-4 Image, 720 × 720: left out: it would cost $0.08")


@pytest.mark.parametrize("limit", ["0.0799", "0.08", "0.15", "0.2641", "0.2642", "0.7", "0.79", "2", "2.79"])
def test_never_more_than_allowed(check, books, limit):
    spent = books() if (report := check(limit)) else None

    assert spent == report.spent <= Decimal(limit)
    left_out = [
        plan.estimate for plan in plans.PLANS if f"{plan.what}: left out: it would cost" in report.text()
    ]
    assert all(spent + price > Decimal(limit) for price in left_out)


def test_a_uuid_is_only_sent_again_where_a_second_price_could_be_paid(check):
    assert "a UUID sent again might cost $0.08 more" in seen(check("0.15"), "11.3")
    assert "refused as known" in seen(check("0.16"), "11.3")


def test_what_an_earlier_check_left_open_counts(check, runware, books):
    runware.faults("never_ends", match="prompt:kite", times=1)
    check("0.08", pace=IMPATIENT)
    assert Job.objects.open().count() == 1

    report = check("0.15")

    assert "Gen-4 Turbo, 2 s: left out: it would cost $0.1042" in seen(report, "11.6")
    assert report.spent == books() == 0


def test_a_bill_above_its_estimate_is_booked_and_counts(check, runware, books):
    runware.faults("price_factor", match="prompt:kite", value="5", times=1)

    report = check("0.45")

    assert books() == report.spent == Decimal("0.4")
    assert "Gen-4 Image, 720 × 720: $0.4, expected $0.08 (the balance fell by $0.4, the same)" in seen(
        report, "11.6"
    )


def test_the_studios_budget_is_a_limit_too(check, books):
    """Whatever the command was allowed."""
    studio_budgets.set_line("day", Decimal("0.10"))
    report = check("2")
    assert 0 < books() <= Decimal("0.10")
    assert "left out: it would cost" in report.text()


def test_what_would_pass_it_at_the_last_moment_is_not_written_down(db, pia):
    """Somebody has ordered since it was looked at."""
    project = checkbooks.project(pia)
    studio_budgets.set_line("month", Decimal("0.01"))
    with pytest.raises(checkbooks.OverBudget, match="the studio's budget for a month"):
        checkbooks.draw_up(plans.STILL, project=project, by=pia, run=uuid4(), sandbox=True)
    assert not Job.objects.exists()
