"""What a provider can answer to a paid task: nothing breaks, and the books stay right."""

from decimal import Decimal

import pytest

from studio.oversight.provider_check.models import Job
from tests.oversight.provider_check.conftest import seen

ALL = "prompt:kite"  # every paid task that has a prompt


@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("html", {}),
        ("html", {"status": 200, "accepted": True}),
        ("truncated_json", {}),
        ("empty_body", {}),
        ("http_500", {}),
        ("http_500", {"accepted": True}),
        ("error_singular", {}),
        ("answer_lost", {}),
        ("dropped", {}),
        ("dropped", {"accepted": False}),
        ("http_503", {}),
        ("http_504", {}),
        ("unknown_code", {}),
        ("refuse", {"code": "x" * 500}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_whatever_comes_back_the_books_say_what_was_billed(check, runware, books, settings, fault, more):
    settings.RESEND_GRACE_SECONDS = 0.2
    runware.faults(fault, match=ALL, times=1, **more)

    report = check("0.10")

    assert report.ok
    assert books() == report.spent
    assert "Gen-4 Image, 720 × 720" in report.text()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("insufficient_credits", "insufficientCredits"),
        ("concurrent_limit", "concurrentRequestLimitExceeded"),
        ("http_429", "rateLimitExceeded"),
        ("invalid_key", "invalidApiKey"),
    ],
)
def test_after_a_no_for_now_nothing_more_is_sent(check, runware, books, fault, code):
    runware.faults(fault, match=ALL, times=1)

    report = check()

    assert "Gen-4 Image, 720 × 720: HTTP 4" in report.text()
    assert f"Gen-4 Turbo, 2 s: left out: the provider said {code}" in seen(report, "11.6")
    assert (books(), report.spent) == (0, 0)
    assert Job.objects.get(key="still").failure_code == code


def test_headers_about_limits_are_told(check, runware):
    runware.faults("http_429", match=ALL, times=1, retry_after=7)

    assert "headers about limits: retry-after: 7 (" in seen(check(), "11.9")


@pytest.mark.parametrize(("charged", "fall"), [(False, "$0"), (True, "$0.08")])
def test_what_fails_while_it_is_made_is_told_with_what_the_balance_did(check, runware, charged, fall):
    runware.faults("moderation", match=ALL, times=1, charged=charged)

    report = check("0.08")

    assert (
        f"Gen-4 Image, 720 × 720 was not made (invalidProviderContent) (the balance fell by {fall}"
        in seen(report, "11.5")
    )
    assert Job.objects.get(key="still").state == "failed"


@pytest.mark.parametrize("fault", ["poll_failed_as_200", "poll_error_in_data"])
def test_a_failure_is_a_failure_in_every_shape(check, runware, books, fault):
    runware.faults("timeout_provider", match=ALL, times=1)
    runware.faults(fault)

    report = check("0.08")

    assert Job.objects.get(key="still").failure_code == "timeoutProvider"
    assert books() == report.spent


def test_a_missing_cost_is_booked_at_the_estimate_and_said(check, runware, books):
    runware.faults("cost_missing", match=ALL, times=1)

    report = check("0.08")

    assert books() == Decimal("0.08")
    assert (
        "Gen-4 Image, 720 × 720: no cost told, expected $0.08 (the balance fell by $0.08, the same)"
        in seen(report, "11.6")
    )


def test_an_acknowledgement_that_is_the_result_already(check, runware, books):
    runware.faults("ack_with_result", match=ALL)

    check("0.08")

    assert books() == Decimal("0.08")


@pytest.mark.parametrize(
    "fault", ["result_404", "result_truncated", "result_wrong_type", "result_foreign_host"]
)
def test_a_file_that_cannot_be_read_is_said(check, runware, books, fault):
    runware.faults(fault)

    report = check("0.27")

    assert "Gen-4 Image without a size: its file could not be read" in seen(report, "11.7")
    books()


def test_a_balance_that_does_not_fall_as_billed_is_said(check, runware):
    runware.faults("cost_value", match=ALL, times=1, value="0.05")

    assert "$0.05, expected $0.08 (the balance fell by $0.08, not the same; others may use" in seen(
        check("0.08"), "11.6"
    )
