"""Write down that something changed, in the transaction that changed it."""

from contextlib import contextmanager
from functools import partial

from django.db import connection, transaction
from django.utils.functional import SimpleLazyObject

from studio.core import sql
from studio.runtime.live import hub, numbers
from studio.runtime.live.models import Event


@contextmanager
def locked(project_id, *, savepoint=True):
    """A transaction that holds the project's row: the one lock order everywhere begins here.

    Yields the project, read under the lock when something of it is asked for.

    Args:
        savepoint: False where nothing but a broken database can raise inside, and the outer
            transaction, if there is one, had better end with it.
    """
    with transaction.atomic(savepoint=savepoint):
        lock(pk=project_id)
        yield SimpleLazyObject(partial(_projects().get, pk=project_id))


def lock(**which):
    """Hold the row of the project found by these lookups until the transaction ends.

    On SQLite the immediate transaction is that lock.
    """
    if connection.features.has_select_for_update:
        list(_projects().select_for_update(of=("self",)).filter(**which).values_list("pk"))


def record(project_id, kind, *, subject="", by=None, **payload):
    """Add an event to the project's history and announce it after commit; return its number.

    Call it under `locked`; the number it takes is then in commit order.
    """
    seq = _next_number(project_id)
    sql.insert(Event(project_id=project_id, seq=seq, kind=kind, subject=str(subject), by=by, payload=payload))
    transaction.on_commit(partial(hub.announce, project_id))
    return seq


def _next_number(project_id):
    table = numbers.projects()._meta.db_table
    ((number,),) = sql.rows(
        f"UPDATE {table} SET last_event = last_event + 1 WHERE id = %s RETURNING last_event",  # noqa: S608
        [project_id],
    )
    return number


def _projects():
    return numbers.projects()._default_manager
