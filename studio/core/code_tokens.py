"""A code in an address that proves we wrote it there. A row's code alone opens nothing.

The salts are stored data: an address that was mailed, shared or given to a provider holds its signature for good.
They stay as they are wherever the code that names them moves.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils.crypto import constant_time_compare

_CODE = 32  # digits of a UUID


class SignedCodes:
    """Tokens of Django's signer: "code:signature"."""

    def __init__(self, salt: str) -> None:
        self._signer = Signer(salt=salt)

    def make(self, code: UUID) -> str:
        return self._signer.sign(code.hex)

    def read(self, token: str) -> UUID | None:
        """The code of a token; None for one that we did not make."""
        try:
            return UUID(hex=self._signer.unsign(token))
        except (BadSignature, ValueError):
            return None


class CallbackCodes:
    """Short tokens for addresses that a provider calls: the code, and a keyed hash of it behind.

    Args:
        hash_of: the hash of a code, in 32 hexadecimal digits.
    """

    def __init__(self, hash_of: Callable[[UUID], str]) -> None:
        self._hash_of = hash_of

    def make(self, code: UUID) -> str:
        return f"{code.hex}{self._hash_of(code)}"

    def read(self, token: str) -> UUID | None:
        """The code of a token, compared in constant time; None for one that we did not make."""
        try:
            code = UUID(token[:_CODE])
        except ValueError:
            return None
        return code if constant_time_compare(token[_CODE:], self._hash_of(code)) else None
