"""Codes belong to families; the traps of `protocols.md` 1.7 among them."""

import pytest

from studio.integrations.providers.base import Family
from studio.integrations.providers.errors import family_of


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("invalidWidth", Family.VALIDATION),
        ("unsupportedDuration", Family.VALIDATION),
        ("invalidPositivePromptLength", Family.VALIDATION),
        ("unknownParameter", Family.VALIDATION),
        ("mismatchProviderSettingsProvider", Family.VALIDATION),
        ("invalidProviderContent", Family.SAFETY),
        ("providerContentPolicyViolation", Family.SAFETY),
        ("nsfwContentDetected", Family.SAFETY),
        ("moderationFailed", Family.SAFETY),
        ("invalidApiKey", Family.AUTH),
        ("unauthorized", Family.AUTH),
        ("accountSuspended", Family.AUTH),
        ("insufficientCredits", Family.QUOTA),
        ("providerInsufficientCredits", Family.QUOTA),
        ("quotaExceeded", Family.QUOTA),
        ("concurrentRequestLimitExceeded", Family.RESERVED),
        ("rateLimitExceeded", Family.RATE),
        ("timeoutProvider", Family.TIMEOUT),
        ("providerGatewayTimeout", Family.TIMEOUT),
        ("providerError", Family.PROVIDER),
        ("noAvailableServer", Family.PROVIDER),
        ("taskNotFound", Family.NOT_FOUND),
        ("taskExpired", Family.NOT_FOUND),
        ("internalServerError", Family.SERVER),
        ("internalError", Family.SERVER),
        ("conflictTaskUUID", Family.CONFLICT),
        ("quantumFluxMisaligned", Family.UNKNOWN),
        ("", Family.UNKNOWN),
    ],
)
def test_a_code_belongs_to_its_family(code, family):
    assert family_of(code) is family
