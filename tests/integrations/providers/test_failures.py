"""Every reason has its words in one place, and what follows from it is said nowhere else."""

import pytest

from studio.generation.orders import failure_help
from studio.generation.renders import failure_messages, provider_backoff
from studio.integrations.providers import failures
from studio.integrations.providers.failures import FailureReason
from studio.integrations.providers.runware import _BUSY_STATUS, _PATIENCE


def test_no_two_reasons_are_stored_under_one_name():
    assert len({reason.code for reason in FailureReason}) == len(FailureReason)


@pytest.mark.parametrize("reason", FailureReason)
def test_a_reason_is_explained_and_stored(reason):
    assert reason.about.title and reason.about.advice.endswith(".")
    assert failures.stored(reason.code) is reason
    assert (failures.our_own(reason.code) is reason) == reason.about.is_ours


@pytest.mark.parametrize("reason", [*_PATIENCE, *_BUSY_STATUS.values(), FailureReason.SERVER])
def test_what_makes_orders_wait_is_told_to_everyone(reason):
    assert provider_backoff.sentence(reason) == reason.about.waiting != ""


def test_a_name_nobody_knows_any_more_is_an_unknown_reason():
    assert failures.stored("of an older build") is FailureReason.UNKNOWN
    assert failures.our_own("of an older build") is None


@pytest.mark.parametrize("reason", [reason for reason in FailureReason if reason.about.is_ours])
def test_a_take_that_failed_for_a_reason_of_ours_says_so(reason, ready):
    take = ready(state="failed", failure_code=reason.code)
    told = failure_messages.of_failure(take)
    assert (told.title, told.advice) == (reason.about.title, reason.about.advice)
    assert failure_help.of(take).again_first == reason.about.passes


@pytest.mark.parametrize(
    ("code", "reason"),
    [("invalidWidth", "VALIDATION"), ("moderationFailed", "SAFETY"), ("quantumFlux", "UNKNOWN")],
)
def test_a_provider_s_code_is_told_as_what_it_means(code, reason, ready):
    take = ready(state="failed", failure_code=code)
    assert failure_messages.of_failure(take).title == FailureReason[reason].about.title
