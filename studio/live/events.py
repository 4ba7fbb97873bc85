"""Write down that something changed, in the transaction that changed it."""

from contextlib import contextmanager
from functools import partial

from django.apps import apps
from django.db import transaction
from django.db.models import F

from studio.live import hub
from studio.live.models import Event


@contextmanager
def locked(project_id):
    """A transaction that holds the project's row: the one lock order everywhere begins here.

    On SQLite the immediate transaction is that lock. Yields the project, freshly read.
    """
    project_model = apps.get_model("projects", "Project")
    with transaction.atomic():
        yield project_model.objects.select_for_update().get(pk=project_id)


def record(project_id, kind, *, subject="", by=None, **payload):
    """Add an event to the project's history and announce it after commit.

    Call it under `locked`; the number it takes is then in commit order.
    """
    projects = apps.get_model("projects", "Project").objects.filter(pk=project_id)
    projects.update(last_event=F("last_event") + 1)
    seq = projects.values_list("last_event", flat=True).get()
    event = Event.objects.create(
        project_id=project_id, seq=seq, kind=kind, subject=str(subject), by=by, payload=payload
    )
    transaction.on_commit(partial(hub.announce, project_id))
    return event
