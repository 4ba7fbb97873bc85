"""Codes belong to families; the traps of `protocols.md` 1.7 among them."""

import pytest

from studio.integrations.providers.bodies import parameter_of
from studio.integrations.providers.errors import reason_of
from studio.integrations.providers.failures import FailureReason


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("invalidWidth", FailureReason.VALIDATION),
        ("unsupportedDuration", FailureReason.VALIDATION),
        ("invalidPositivePromptLength", FailureReason.VALIDATION),
        ("unsupportedParameter", FailureReason.VALIDATION),
        ("missingParameter", FailureReason.VALIDATION),
        ("unknownParameter", FailureReason.VALIDATION),
        ("missingPositivePrompt", FailureReason.VALIDATION),
        ("unsupportedDimensions", FailureReason.VALIDATION),
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


@pytest.mark.parametrize(
    ("item", "parameter"),
    [
        ({"code": "missingParameter", "parameter": "inputs.video", "message": "'width'"}, "inputs.video"),
        ({"code": "unsupportedParameter", "parameter": ["width", "height"]}, "width, height"),
        ({"code": "missingParameter", "message": "Required and absent: 'inputs.video'."}, "inputs.video"),
        ({"code": "unsupportedParameter", "message": "Not here: 'fps'. But: 'ttl', 'seed'."}, "fps"),
        ({"code": "missingParameter", "message": "Something isn't there, or it's lost."}, ""),
        ({"code": "missingWidth", "parameter": "width"}, "width"),
        ({"code": "providerError", "message": "It stumbled over 'fps'."}, ""),
        ({"code": "unsupportedParameter", "parameter": None, "message": None}, ""),
    ],
)
def test_an_error_names_its_parameter(item, parameter):
    assert parameter_of(item) == parameter
