"""What is bought: the words that every entry of the ledger about it repeats."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True)
class Purchase:
    """What an entry is about, in the words it will be read in years later."""

    project_id: int
    render_code: UUID
    what: str
    shot_code: str
    model: str
    seconds: int | None
    sandbox: bool
    by_id: int | None
    estimate: Decimal
    shot_ref: int | None = None
    task_code: UUID | None = None  # the provider's name of it, where that is not the render's code
    provider: str = "runware"
