"""Which family a Runware error code belongs to (`protocols.md` 1.7, the SDK's own classification)."""

from __future__ import annotations

import re

from studio.integrations.providers.base import Family

_EXACT = {
    "conflictTaskUUID": Family.CONFLICT,
    "concurrentRequestLimitExceeded": Family.RESERVED,
    # starts like a malformed request, but is the upstream provider's moderation
    "invalidProviderContent": Family.SAFETY,
    "timeoutProvider": Family.TIMEOUT,
}

# The first pattern that fits decides; narrower families stand before wider ones.
_PATTERNS: list[tuple[str, Family]] = [
    (
        r"content(Policy|Moderation)|PolicyViolation|sensitiveContent|unsafeContent|nsfwContent"
        r"|promptBlocked|imageBlocked|moderationFailed",
        Family.SAFETY,
    ),
    (r"Credit|credit|Quota|quota|Balance|balance|paymentRequired", Family.QUOTA),
    (
        r"ApiKey|apiKey|^unauthorized|^forbidden|permissionDenied|insufficientPermissions|^token"
        r"|(account|organization|workspace)(Suspended|Disabled)",
        Family.AUTH,
    ),
    (r"[rR]ateLimit|tooManyRequests|queueFull", Family.RATE),
    (r"[tT]imeout", Family.TIMEOUT),
    (r"NotFound$|Expired$|taskFailedOrNotFound|taskCancelled", Family.NOT_FOUND),
    (
        r"^provider|inferenceError|processingFailed|taskFailed|downloadFailed|uploadFailed"
        r"|noAvailableServer|model(Unavailable|Disabled|NotReady)",
        Family.PROVIDER,
    ),
    (r"internal(Server)?Error|serviceUnavailable|standardError|unknownError", Family.SERVER),
    (
        r"^(invalid|missing|unsupported|conflict|duplicate|value|array|max)|unknownParameter"
        r"|incompatibleParameters|ProviderSettings|validationFailed",
        Family.VALIDATION,
    ),
]
_COMPILED = [(re.compile(pattern), family) for pattern, family in _PATTERNS]


def family_of(code: str) -> Family:
    """The family of an error code; `UNKNOWN` for a new or renamed one."""
    if code in _EXACT:
        return _EXACT[code]
    return next((family for pattern, family in _COMPILED if pattern.search(code)), Family.UNKNOWN)
