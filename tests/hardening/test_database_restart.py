"""After PostgreSQL was restarted no page fails because of a connection that was kept from before."""

import threading

import pytest
from django.db import connection, connections

from studio.people.accounts.models import User

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is no server"),
]
END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid()"


def in_threads(work, number=6):
    """Do this in so many threads at once, each with a connection of the pool; what came of each."""
    found, ready = [], threading.Barrier(number)

    def run():
        try:
            ready.wait(10)
            found.append(work(ready))
        except Exception as exc:
            found.append(exc)
        finally:
            connections.close_all()  # into the pool

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def ask(ready):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ready.wait(10)  # each has one of its own
        return cursor.fetchone()[0]


def test_six_pages_after_a_restart_have_connections_that_live(pia):
    """All that lay in the pool were dead, and each cost a page: 500 as many times as there were."""
    before = in_threads(ask)
    assert len(set(before)) == 6
    with connection.cursor() as cursor:
        cursor.execute(END_ALL)
    after = in_threads(lambda ready: User.objects.get().name)
    assert after == ["Pia"] * 6
