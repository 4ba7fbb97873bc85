"""The token in a check's callback address: made for one job, checked before its body is read."""

from uuid import UUID

from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac


def make(code):
    """The token of this job: its code and a truncated HMAC of it."""
    return f"{code.hex}{_mac(code)}"


def job_code(token):
    """The code of the job this token was made for; None for one we did not make."""
    try:
        code = UUID(token[:32])
    except ValueError:
        return None
    return code if constant_time_compare(token[32:], _mac(code)) else None


def address(base, token):
    """Where to call with this token, at a studio that is reached by this address; "" without one."""
    return f"{base}{reverse('checks:hook', args=[token])}" if base else ""


def _mac(code):
    return salted_hmac("studio.checks.tokens", code.bytes, algorithm="sha256").hexdigest()[:32]
