"""The token in a check's callback address: made for one job, checked before its body is read."""

from django.urls import reverse
from django.utils.crypto import salted_hmac

from studio.core.code_tokens import CallbackCodes


def _mac(code):
    return salted_hmac("studio.checks.tokens", code.bytes, algorithm="sha256").hexdigest()[:32]


_tokens = CallbackCodes(_mac)
make = _tokens.make  # the token of the job with this code
job_code = _tokens.read  # the code of the job that a token was made for; None for one we did not make


def address(base, token):
    """Where to call with this token, at a studio that is reached by this address; "" without one."""
    return f"{base}{reverse('checks:hook', args=[token])}" if base else ""
