"""What a take is expected to cost. The button, the form and the command line ask here."""

from decimal import Decimal

from studio.catalogue import Model
from studio.money import exact


def of_take(model: Model, seconds: int | None) -> Decimal:
    """USD for one take: list rate × seconds and the flat parts (`protocols.md` 5)."""
    return exact(model.estimate(seconds))
