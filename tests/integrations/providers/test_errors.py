"""Codes belong to families; the traps of `protocols.md` 1.7 among them."""

import pytest

from studio.integrations.providers.errors import reason_of
from studio.integrations.providers.failures import FailureReason


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("invalidWidth", FailureReason.VALIDATION),
        ("unsupportedDuration", FailureReason.VALIDATION),
        ("invalidPositivePromptLength", FailureReason.VALIDATION),
        ("unknownParameter", FailureReason.VALIDATION),
        ("mismatchProviderSettingsProvider", FailureReason.VALIDATION),
        ("invalidProviderContent", FailureReason.SAFETY),
        ("providerContentPolicyViolation", FailureReason.SAFETY),
        ("nsfwContentDetected", FailureReason.SAFETY),
        ("moderationFailed", FailureReason.SAFETY),
        ("invalidApiKey", FailureReason.AUTH),
        ("unauthorized", FailureReason.AUTH),
        ("accountSuspended", FailureReason.AUTH),
        ("insufficientCredits", FailureReason.QUOTA),
        ("providerInsufficientCredits", FailureReason.QUOTA),
        ("quotaExceeded", FailureReason.QUOTA),
        ("concurrentRequestLimitExceeded", FailureReason.RESERVED),
        ("rateLimitExceeded", FailureReason.RATE),
        ("timeoutProvider", FailureReason.TIMEOUT),
        ("providerGatewayTimeout", FailureReason.TIMEOUT),
        ("providerError", FailureReason.PROVIDER),
        ("noAvailableServer", FailureReason.PROVIDER),
        ("taskNotFound", FailureReason.NOT_FOUND),
        ("taskExpired", FailureReason.NOT_FOUND),
        ("internalServerError", FailureReason.SERVER),
        ("internalError", FailureReason.SERVER),
        ("conflictTaskUUID", FailureReason.CONFLICT),
        ("quantumFluxMisaligned", FailureReason.UNKNOWN),
        ("", FailureReason.UNKNOWN),
    ],
)
def test_a_code_belongs_to_its_family(code, family):
    assert reason_of(code) is family
