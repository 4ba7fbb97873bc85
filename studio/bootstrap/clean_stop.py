"""The last thing a web process does: leave SQLite's one file complete, without the log beside it."""

import logging

from django.db import connection

from studio.bootstrap.backup import places

logger = logging.getLogger(__name__)

PATIENCE = 3  # seconds for whoever still reads; a server is killed when its stop takes long


def complete_the_file() -> None:
    """Write what the log of SQLite holds into its file and empty the log. Nothing to do on PostgreSQL.

    Connections that stay open do no harm; one that still reads an older moment keeps the log from being
    emptied, and then the log belongs to the file.
    """
    if connection.vendor != "sqlite":
        return
    own = places.own_connection(connection)
    own.settings_dict["OPTIONS"]["timeout"] = PATIENCE
    try:
        with own.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, _, _ = cursor.fetchone()
        if busy:
            logger.warning("Another process still reads the database: its file is complete when that ends")
    except Exception:
        logger.exception("The log of the database could not be written into its file; it belongs to it")
    finally:
        own.close()
