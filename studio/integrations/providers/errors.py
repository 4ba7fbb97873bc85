"""Runware's error codes as reasons of ours (`protocols.md` 1.7, the SDK's own classification)."""

from __future__ import annotations

import re

from studio.integrations.providers.failures import FailureReason

_EXACT = {
    "conflictTaskUUID": FailureReason.CONFLICT,
    "concurrentRequestLimitExceeded": FailureReason.RESERVED,
    # starts like a malformed request, but is the upstream provider's moderation
    "invalidProviderContent": FailureReason.SAFETY,
    "timeoutProvider": FailureReason.TIMEOUT,
    "modelNotOpen": FailureReason.MODEL,  # ours, for a refusal that concerns one model
}

# The first pattern that fits decides; narrower reasons stand before wider ones.
_PATTERNS: list[tuple[str, FailureReason]] = [
    (
        r"content(Policy|Moderation)|PolicyViolation|sensitiveContent|unsafeContent|nsfwContent"
        r"|promptBlocked|imageBlocked|moderationFailed",
        FailureReason.SAFETY,
    ),
    (r"Credit|credit|Quota|quota|Balance|balance|paymentRequired", FailureReason.QUOTA),
    (
        r"ApiKey|apiKey|^unauthorized|^forbidden|permissionDenied|insufficientPermissions|^token"
        r"|(account|organization|workspace)(Suspended|Disabled)",
        FailureReason.AUTH,
    ),
    (r"[rR]ateLimit|tooManyRequests|queueFull", FailureReason.RATE),
    (r"[tT]imeout", FailureReason.TIMEOUT),
    (r"NotFound$|Expired$|taskFailedOrNotFound|taskCancelled", FailureReason.NOT_FOUND),
    (
        r"^provider|inferenceError|processingFailed|taskFailed|downloadFailed|uploadFailed"
        r"|noAvailableServer|model(Unavailable|Disabled|NotReady)",
        FailureReason.PROVIDER,
    ),
    (r"internal(Server)?Error|serviceUnavailable|standardError|unknownError", FailureReason.SERVER),
    (
        r"^(invalid|missing|unsupported|conflict|duplicate|value|array|max)|unknownParameter"
        r"|incompatibleParameters|ProviderSettings|validationFailed",
        FailureReason.VALIDATION,
    ),
]
_COMPILED = [(re.compile(pattern), reason) for pattern, reason in _PATTERNS]


def reason_of(code: str) -> FailureReason:
    """The reason an error code gives; `UNKNOWN` for a new or renamed one."""
    if code in _EXACT:
        return _EXACT[code]
    return next((reason for pattern, reason in _COMPILED if pattern.search(code)), FailureReason.UNKNOWN)
