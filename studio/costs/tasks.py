"""The jobs of money by name: they may run twice."""

from studio import jobs
from studio.costs import purse


def register() -> None:
    jobs.register("costs.ask_balance", purse.ask)
