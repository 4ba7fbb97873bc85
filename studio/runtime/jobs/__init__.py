"""Work that need not be done at once. A job has a name, and is given the code of a row.

Those who want it done know the name alone; `tasks.py` of the package that does it registers it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django_tasks import task
from django_tasks.base import Task

_jobs: dict[str, Task[..., Any]] = {}


def register(name: str, do: Callable[..., Any]) -> None:
    """Have `soon(name, …)` call this function of a module. It may run twice without harm."""
    _jobs[name] = task()(do)


def soon(name: str, *args: object) -> None:
    """Have a job done by the engine that the settings choose. Where none runs, its sweep finds the row later.

    Raises:
        LookupError: no package has registered this name.
    """
    _jobs[name].enqueue(*args)
