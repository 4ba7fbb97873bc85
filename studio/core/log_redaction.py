"""What is written to the log, without anything that would let its reader in."""

from __future__ import annotations

import logging
import re

from django.conf import settings

_GONE = "[…]"
_END = r"[^\s\"'<>?&)\]},;]+"
# what follows in such an address lets somebody in, whatever it looks like
_ADDRESSES = re.compile(rf"(/(?:hooks/[a-z]+|signin|invitations|reset|s)/){_END}")
_BEARER = re.compile(r"(?i)(\bbearer )[\w.~+/=-]+")
_PASSWORD_IN_URL = re.compile(r"(\b[a-z][a-z0-9+]{0,30}://[^\s/:@]*:)[^\s/@]+(?=@)")
_SECRET_NAMES = re.compile(r"_(KEY|PASSWORD|SECRET|TOKEN)$")
_SHORTEST = 8  # characters; a shorter value would blot out ordinary words
_AROUND = 4_000  # characters; longer than any secret
_LONGEST = 32_000  # characters of a line; what a stranger asks for may be of any length


def scrubbed(text: str) -> str:
    """The text without tokens, one-time links, passwords and the values of secret settings."""
    for value in _secrets():
        text = text.replace(value, _GONE)
    text = _ADDRESSES.sub(rf"\1{_GONE}", text)
    text = _BEARER.sub(rf"\1{_GONE}", text)
    return _PASSWORD_IN_URL.sub(rf"\1{_GONE}", text)


def _secrets() -> list[str]:
    """The values to blot out, the longest first: one may be part of another."""
    values = [getattr(settings, name) for name in dir(settings) if _SECRET_NAMES.search(name)]
    found = {value for value in values if isinstance(value, str) and len(value) >= _SHORTEST}
    return sorted(found, key=len, reverse=True)


class Discreet(logging.Formatter):
    """Scrubs the line as it is written, so that tracebacks are scrubbed as well as messages.

    A filter sees a record before its traceback is text, and would change it for other handlers.
    """

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return scrubbed(line) if len(line) <= _LONGEST else _short(line)


def _short(line: str) -> str:
    """The beginning and the end of a line that is too long, where a traceback says what happened.

    Each is scrubbed with more of the line than is written: what stands at the cut is whole then.
    """
    half = _LONGEST // 2
    first = scrubbed(line[: half + _AROUND])[:-_AROUND]
    last = scrubbed(line[-half - _AROUND :])[_AROUND:]
    return f"{first} [… {len(line) - 2 * half:,} characters …] {last}"
