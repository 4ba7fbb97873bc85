"""How long a test waits for a condition: longer on a machine that is slow, or busy with something else.

A limit is not a measure of speed; it only keeps a test that can never be green from waiting for ever.
"""

import os
import time
from hashlib import sha256

_QUIET = 0.055  # seconds that the work below takes on one quiet core of the machine it was written on
_MOST = 5.0  # times as long as on a quiet machine


def _work() -> float:
    began = time.perf_counter()
    digest = b""
    for _ in range(40):
        digest = sha256(digest + bytes(500_000)).digest()
    return time.perf_counter() - began


def _factor() -> float:
    """How many times as long as on a quiet machine things take here, by its speed and by what waits for its cores."""
    slower = _work() / _QUIET
    waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return min(_MOST, max(1.5, slower, 1 + waiting))


FACTOR = _factor()


def patient(seconds: float) -> float:
    """So many seconds of a quiet machine, in seconds of this one."""
    return seconds * FACTOR


LONG = patient(40) * 1000  # milliseconds in which a take of the sandbox is there, as Playwright counts
