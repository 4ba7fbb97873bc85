"""Times taken turn by turn, so that a noisy neighbour disturbs all alike; memory in a process of its own."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median


def times(
    rounds: int, *, clock: Callable[[], float] = time.process_time, **ways: Callable[[], object]
) -> dict[str, float]:
    """The median time of each way in ms, every round trying each of them.

    Args:
        clock: processor time of this process, unless another one does the work.
    """
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            began = clock()
            way()
            if number:  # the first is for warming up
                taken[name].append(1000 * (clock() - began))
    return {name: median(values) for name, values in taken.items()}


def peak_mb(module: str, name: str, *arguments: str) -> tuple[float, float]:
    """MB of memory at most while `module.name(*arguments)` runs alone, beyond what importing takes; and that."""
    from tests.bench.servers import python

    before, peak = python("-m", "tests.bench.measured", module, name, *arguments).split()[-2:]
    return float(peak) - float(before), float(before)


def _main(module: str, name: str, *arguments: str) -> None:
    import importlib

    import django

    django.setup()
    way = getattr(importlib.import_module(module), name)
    before = _peak()
    way(*arguments)
    print(before, _peak())


def _peak() -> float:
    # not ru_maxrss: a child begins with what its parent had
    (line,) = [
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    _main(*sys.argv[1:])
