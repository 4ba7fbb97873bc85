"""The token in a callback's address: made for one take, checked before its body is read."""

import hashlib
import hmac

from django.conf import settings
from django.urls import reverse

from studio.core import public_url
from studio.core.code_tokens import CallbackCodes
from studio.integrations import providers
from studio.runtime.jobs import engine


def _mac(code):
    key = f"studio.renders.tokens{settings.SECRET_KEY}".encode()
    return hmac.new(key, code.bytes, hashlib.sha256).hexdigest()[:32]


_tokens = CallbackCodes(_mac)
make = _tokens.make  # the token of the take with this code
render_code = _tokens.read  # the code of the take that a token was made for; None for one we did not make


def address(code):
    """Where the provider may call about this take; "" when it cannot reach us."""
    base = _base()
    return f"{base}{reverse('renders:hook', args=[make(code)])}" if base else ""


def _base():
    """Where callbacks reach us. Our own sandbox calls this machine alone, by loopback; "" where nobody reaches us."""
    if not providers.sandboxed():
        return settings.PUBLIC_URL
    running = engine.running()
    bases = (settings.PUBLIC_URL, running.web_base if running else "")
    return next((base for base in bases if public_url.is_loopback(base)), "")
