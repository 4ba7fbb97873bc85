"""The token in a callback's address: made for one take, checked before its body is read."""

import hashlib
import hmac
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from studio.runtime.jobs import engine


def make(code):
    """The token of this take: its code and a truncated HMAC of it."""
    return f"{code.hex}{_mac(code)}"


def render_code(token):
    """The code of the take this token was made for; None for one we did not make."""
    try:
        code = UUID(token[:32])
    except ValueError:
        return None
    return code if constant_time_compare(token[32:], _mac(code)) else None


def address(code):
    """Where the provider may call about this take; "" when it cannot reach us."""
    running = engine.running()
    base = settings.PUBLIC_URL or (running.web_base if running and not settings.RUNWARE_API_KEY else "")
    return f"{base}{reverse('renders:hook', args=[make(code)])}" if base else ""


def _mac(code):
    key = f"studio.renders.tokens{settings.SECRET_KEY}".encode()
    return hmac.new(key, code.bytes, hashlib.sha256).hexdigest()[:32]
