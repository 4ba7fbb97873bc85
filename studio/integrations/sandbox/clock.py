"""The sandbox's own clock, which a test may push forward instead of sleeping."""

from __future__ import annotations

import asyncio
import time


class Clock:
    def __init__(self) -> None:
        self._ahead = 0.0
        self._pushed = asyncio.Event()

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move time forward and wake whoever is waiting for it."""
        self._ahead += seconds
        self.wake()

    def wake(self) -> None:
        self._pushed.set()
        self._pushed = asyncio.Event()

    async def until(self, moment: float) -> None:
        """Sleep until our clock shows `moment`."""
        while (left := moment - self.now()) > 0:
            await self.nudged(left)

    async def nudged(self, seconds: float) -> None:
        """Sleep this long, or less if something changes meanwhile."""
        try:
            await asyncio.wait_for(self._pushed.wait(), seconds)
        except TimeoutError:
            return
