"""The jobs: they may run twice."""

from django_tasks import task


@task()
def ask_balance() -> None:
    from studio.costs import purse

    purse.ask()
