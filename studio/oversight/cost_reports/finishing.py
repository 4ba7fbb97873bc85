"""What finishing the shot list will cost if takes go on being approved as often as they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count

from studio.core.money import ZERO
from studio.generation.renders import shot_status
from studio.integrations import catalogue
from studio.integrations.catalogue import Model
from studio.oversight.cost_reports.outcomes import FEWEST, Rate
from studio.planning.ledger import estimate
from studio.planning.projects.models import Project


@dataclass
class Finishing:
    """Shots to go, and between which sums they will lie; none while too little is known."""

    shots: int = 0
    low: Decimal = ZERO
    high: Decimal = ZERO
    unknown: int = 0  # of them no sum can be told
    unapproved: int = 0  # of those, enough is judged and nothing approved
    basis: list[str] = field(default_factory=list)

    @property
    def is_known(self) -> bool:
        return self.shots > 0 and not self.unknown

    @property
    def why_unknown(self) -> str:
        if self.unapproved == self.unknown:
            return "what they will cost is not known while no take is approved"
        return f"too few takes are judged to say what they will cost: {FEWEST} of a model are needed"


def forecast(project: Project, by_model: Mapping[str, Rate], *, sandbox: bool) -> Finishing:
    """For each shot that is not approved: the price of a take, by how many it takes until one is approved.

    A model with too few judged takes goes by all models together. One query, beside the prices'.
    """
    together = Rate()
    for rate in by_model.values():
        for verdict in ("approved", "retake", "rejected"):
            together.add(verdict, getattr(rate, verdict))
    to_go = (
        shot_status.with_status(project.shots.kept())
        .exclude(status="approved")
        .values("model", "seconds")
        .annotate(number=Count("pk"))
        .order_by()
    )
    sums = Finishing()
    said: dict[str, str] = {}
    for row in to_go:
        model, seconds = _legal(row["model"], row["seconds"])
        own = by_model.get(model.key, Rate())
        price = estimate.tariff(model, sandbox=sandbox).of(seconds) * row["number"]
        _count(sums, row["number"], price, own if own.is_claimed else together)
        if own.is_claimed or together.is_claimed:
            said[model.name] = _said(model, own, together)
    sums.basis = list(said.values())
    return sums


def _legal(key: str, seconds: int | None) -> tuple[Model, int | None]:
    try:
        model = catalogue.get(key)
    except catalogue.UnknownModel:
        model = catalogue.default()
    if not model.durations:
        return model, None
    return model, seconds if seconds in model.durations else model.default_seconds


def _count(sums: Finishing, number: int, price: Decimal, rate: Rate) -> None:
    sums.shots += number
    low, high = rate.bounds
    if not rate.is_claimed or not rate.approved:
        sums.unknown += number
        sums.unapproved += number if rate.is_claimed else 0
        return
    sums.low += price / Decimal(high)
    sums.high += price / Decimal(low)


def _said(model: Model, own: Rate, together: Rate) -> str:
    if own.is_claimed:
        return f"{model.name} {own.percent} of {own.judged}"
    return f"{model.name} as all models: {together.percent} of {together.judged}"
