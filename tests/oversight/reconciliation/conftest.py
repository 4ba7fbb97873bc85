"""Our books and the sandbox's begin level: what its other tests used is beyond ours."""

from datetime import timedelta

import pytest
from django.utils import timezone

from studio.integrations import providers
from studio.oversight.reconciliation import books
from studio.oversight.reconciliation.models import Comparison, Difference
from tests.generation.conftest import answering  # noqa: F401 - the same provider that says what it is told


@pytest.fixture
def level(runware, db, monkeypatch):
    monkeypatch.setattr(books, "QUIET", timedelta(0))
    account = providers.get("runware").account()
    return Comparison.objects.create(
        sandbox=True,
        ours=0,
        account=account.name,
        theirs=0,
        used_ever=account.used_ever,
        beyond=account.used_ever,
        counted_from=timezone.now(),
    )


@pytest.fixture
def open_ones(db):
    return lambda: list(Difference.objects.filter(settled_at=None).order_by("pk"))
