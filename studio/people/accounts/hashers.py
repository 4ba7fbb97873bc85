"""How passwords are kept: with Argon2, looked at one after the other, behind the work of those who are in."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.hashers import Argon2PasswordHasher

from studio.core import sql

_BEHIND = 5  # as `nice` counts: a fifth or so of a busy core stays for it, so nobody waits long to come in


def _stand_back() -> None:
    if sys.platform == "linux":  # elsewhere a thread has no such number of its own
        behind = max(os.getpriority(os.PRIO_PROCESS, 0), _BEHIND)  # nobody may come forward again
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), behind)


_hashing = ThreadPoolExecutor(1, thread_name_prefix="password", initializer=_stand_back)


class OneAtATime(Argon2PasswordHasher):
    """Argon2 on one core, for one password of this process at a time.

    Each takes 100 MB and a sixth of a second. Guesses from many addresses at once would have all cores and a
    gigabyte; so they wait for each other, and the pages of those who work do not wait for them.
    """

    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        sql.give_back_connection()
        return str(_hashing.submit(super().encode, password, salt).result())

    def verify(self, password: str, encoded: str) -> bool:
        sql.give_back_connection()
        return bool(_hashing.submit(super().verify, password, encoded).result())
