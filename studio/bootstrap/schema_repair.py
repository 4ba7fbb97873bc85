"""Before `migrate`: complete databases of known broken stretches, and refuse what no Rushes has left.

Nothing is imported from the rest of the studio, and models come from the migrations: so this holds wherever
packages move to. A healthy database is only read.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import connection as default_connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from studio.bootstrap import schema_promise
from studio.bootstrap.known_breaks import BREAKS, RENAMED, Break
from studio.bootstrap.schema_promise import Difference

logger = logging.getLogger(__name__)


class Refused(Exception):
    """This database cannot be brought up to date; the message says why, in one sentence."""


class Look:
    """What is applied, and where the database differs from it."""

    def __init__(self, connection) -> None:
        self.loader = MigrationLoader(connection)
        rows = set(self.loader.applied_migrations)
        self.renamed = sorted(rows & RENAMED.keys())
        self.applied = {(app, RENAMED.get((app, name), name)) for app, name in rows}
        self._refuse_newer()
        self.promised = schema_promise.promised_apps(self.loader, self.applied)
        self.differences = schema_promise.differences(connection, self.loader, self.promised)
        self.breaks = _recognised(self.differences)

    def _refuse_newer(self) -> None:
        unknown = sorted(self.applied - self.loader.disk_migrations.keys())
        if unknown:
            names = ", ".join(f"{app}.{name}" for app, name in unknown[:3])
            raise Refused(
                f"This database was made by a newer Rushes ({names}{' …' if unknown[3:] else ''}):"
                " start that one, or put back a copy from before it."
            )

    @property
    def is_healthy(self) -> bool:
        return not self.renamed and not self.differences


def repair(connection=default_connection) -> None:
    """Complete the database if it is one of a known broken stretch; leave a healthy one alone.

    Raises:
        Refused: it is neither. Nothing was changed.
    """
    if _seems_healthy(connection):
        return
    with connection.schema_editor() as editor:  # one transaction, on both databases
        _lock(connection)
        look = Look(connection)  # another process may have been quicker
        _rename(connection, look.renamed)
        for each in look.breaks:
            each.complete(editor, look.promised)
        # complete means complete: whatever still differs takes all of it back
        _recognised(schema_promise.differences(connection, look.loader, look.promised), known=[])
    if not look.is_healthy:
        logger.warning(
            "The database was made by a migration that was edited later. Completed: %s", _told(look)
        )


def _seems_healthy(connection) -> bool:
    """False also for what is not understood: another process may be in the middle of a migration just now."""
    try:
        return Look(connection).is_healthy
    except Refused:
        return False


def _recognised(differences: list[Difference], known: Sequence[Break] = BREAKS) -> list[Break]:
    found = [each for each in known if each.lacks <= set(differences)]
    strange = set(differences).difference(*(each.lacks for each in found))
    if strange:
        first = min(strange)
        more = f", and {len(strange) - 1} more" if len(strange) > 1 else ""
        raise Refused(
            f"This database is not as any Rushes left it ({first}{more}), so nothing was changed:"
            " put back a copy from before that, or undo by hand what was done to it by hand."
        )
    return found


def _lock(connection) -> None:
    """One process repairs at a time. SQLite's transaction has the lock from its beginning.

    Without the table there is nothing to complete: what is there is refused.
    """
    if connection.vendor == "postgresql" and MigrationRecorder(connection).has_table():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE django_migrations IN SHARE ROW EXCLUSIVE MODE")


def _rename(connection, rows: list[tuple[str, str]]) -> None:
    migrations = MigrationRecorder(connection).migration_qs
    for app, name in rows:
        migrations.filter(app=app, name=name).update(name=RENAMED[app, name])


def _told(look: Look) -> str:
    renamed = ["migrations had other names"] if look.renamed else []
    return "; ".join([*renamed, *(each.story for each in look.breaks)])
