"""The jobs of money by name: they may run twice."""

from studio.planning.ledger import purse, studio_watch
from studio.runtime import jobs


def register() -> None:
    jobs.register("costs.ask_balance", purse.ask)
    jobs.register("costs.watch_studio", studio_watch.look)
