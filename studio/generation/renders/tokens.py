"""The token in a callback's address: made for one take, checked before its body is read."""

import hashlib
import hmac

from django.conf import settings
from django.urls import reverse

from studio.core.code_tokens import CallbackCodes
from studio.runtime.jobs import engine


def _mac(code):
    key = f"studio.renders.tokens{settings.SECRET_KEY}".encode()
    return hmac.new(key, code.bytes, hashlib.sha256).hexdigest()[:32]


_tokens = CallbackCodes(_mac)
make = _tokens.make  # the token of the take with this code
render_code = _tokens.read  # the code of the take that a token was made for; None for one we did not make


def address(code):
    """Where the provider may call about this take; "" when it cannot reach us."""
    running = engine.running()
    base = settings.PUBLIC_URL or (running.web_base if running and not settings.RUNWARE_API_KEY else "")
    return f"{base}{reverse('renders:hook', args=[make(code)])}" if base else ""
