"""What a take is expected to cost. The button, the plan sheet and the command line ask here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from studio.core import sql
from studio.core.money import ZERO, exact, from_column
from studio.core.release import derived
from studio.integrations import catalogue, providers
from studio.integrations.catalogue import Model
from studio.planning.ledger import calibration
from studio.planning.ledger.calibration import Fit
from studio.planning.projects.models import Shot

SAMPLE = 30  # the newest invoices of a model that count
DRIFT = Decimal("0.01")  # of the list price, from where it is shown
_FAR = 2  # times more or less than expected: a bill like that is asked about again before it counts
_APART = Decimal("0.1")  # of the estimate, from where a bill is marked
_KEPT_SECONDS = 5


@dataclass(frozen=True)
class Tariff:
    """What a model costs here: its list price, or what this installation's own invoices say."""

    model: Model
    fit: Fit | None
    invoices: int  # behind it

    def of(self, seconds: int | None) -> Decimal:
        """USD for one take."""
        return exact(self.fit.of(seconds) if self.fit else self.model.estimate(seconds))

    @property
    def drift(self) -> Decimal:
        """How far the invoices are from the list price, where it is farthest: 0.1 for a tenth dearer."""
        if self.fit is None:
            return ZERO
        apart = [
            self.of(seconds) / self.model.estimate(seconds) - 1 for seconds in self.model.durations or (None,)
        ]
        return max(apart, key=abs)

    @property
    def has_drifted(self) -> bool:
        return abs(self.drift) > DRIFT

    @property
    def basis(self) -> str:
        """Where the figure comes from, in words."""
        if self.fit is None:
            few = f"; {self.invoices} of {calibration.FEWEST} invoices so far" if self.invoices else ""
            mixed = self.invoices >= calibration.FEWEST
            return "list price; too few invoices of one length so far" if mixed else f"list price{few}"
        drift = f", {abs(self.drift):.0%} {'above' if self.drift > 0 else 'below'} the list price"
        return f"from {self.invoices} invoices{drift if self.has_drifted else ''}"


def is_near(cost: Decimal, estimate: Decimal) -> bool:
    """Whether a cost is one to be expected of this estimate."""
    return estimate / _FAR <= cost <= estimate * _FAR


def is_apart(cost: Decimal, estimate: Decimal) -> bool:
    """Whether a bill is so far from its estimate, which stood on a button, that people should see it."""
    return abs(cost - estimate) > estimate * _APART


def tariff(model: Model, *, sandbox: bool | None = None) -> Tariff:
    """What this model costs now: at most five seconds old, and new after each charge of this process.

    Args:
        sandbox: which money; None for the one that takes are bought with now.
    """
    purse = providers.sandboxed() if sandbox is None else sandbox
    key = _key(model.key, purse)
    kept: Tariff | None = derived.get(key)
    if kept is None:
        kept = _fitted(model, purse)
        derived.set(key, kept, _KEPT_SECONDS)
    return kept


def _key(model_key: str, sandbox: bool) -> str:
    return f"tariff:{model_key}:{sandbox}"


def forget(model_key: str, *, sandbox: bool) -> None:
    """An invoice came: fit again when somebody asks."""
    derived.delete(_key(model_key, sandbox))


def _fitted(model: Model, sandbox: bool) -> Tariff:
    """By what takes of shots were billed that came: what was bought to try the provider is of odd sizes."""
    found = sql.rows(
        "SELECT seconds, amount FROM costs_ledgerentry WHERE model = %s AND sandbox = %s"
        " AND kind = 'charge' AND source = 'provider' AND shot_ref IS NOT NULL AND result <> 'failed'"
        " ORDER BY id DESC LIMIT %s",
        [model.key, sandbox, SAMPLE],
    )
    invoices = [(seconds, from_column(amount) or ZERO) for seconds, amount in found]
    return Tariff(model, calibration.fit(model.price, invoices), len(invoices))


def of_take(model: Model, seconds: int | None) -> Decimal:
    """USD for one take, as things stand now."""
    return tariff(model).of(seconds)


def fingerprint() -> str:
    """Another text whenever any price is another; for what is kept with prices in it."""
    prices = [tariff(model).of(n) for model in catalogue.MODELS for n in model.durations or (None,)]
    return sha256(" ".join(map(str, prices)).encode()).hexdigest()[:16]


def of_shot(shot: Shot) -> Decimal | None:
    """USD for one take of a shot as it is set; None while its settings are not legal."""
    model = shot.catalogue_model
    if model.durations and shot.seconds not in model.durations:
        return None
    return of_take(model, shot.seconds if model.durations else None)
