"""The job of reconciling by name: it may run twice."""

from studio.oversight.reconciliation import books
from studio.people.accounts.models import User
from studio.runtime import jobs


def register() -> None:
    jobs.register("reconcile.compare", compare)


def compare(user_id: int | None = None) -> None:
    """Compare now, for the person who asked, if one did."""
    books.compare(by=User.objects.filter(pk=user_id).first() if user_id else None)
