"""The jobs of money by name: they may run twice."""

from studio.planning.ledger import purse
from studio.runtime import jobs


def register() -> None:
    jobs.register("costs.ask_balance", purse.ask)
