"""The shape of rows at a moment of the code's history, told by the migrations applied until then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from studio.bootstrap.backup import Refused

Node = tuple[str, str]
Model = type[models.Model]

# Who is signed in where stays behind: a session is a key to the door of the studio it was made in, and in a
# second copy it would open that one too. So do wrong passwords, which count against an address for minutes.
LEFT_OUT = {
    "django_session",
    "accounts_device",
    "axes_accessattempt",
    "axes_accessattemptexpiration",
    "axes_accessfailurelog",
    "axes_accesslog",
}


def applied(connection: BaseDatabaseWrapper) -> list[Node]:
    """The migrations this database has seen, of apps that are installed.

    Raises:
        Refused: there is no studio in it.
    """
    if "django_migrations" not in connection.introspection.table_names():
        raise Refused("There is no studio here yet: start it once, or say by VAR_DIR which one is meant.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT app, name FROM django_migrations ORDER BY app, name")
        found = cursor.fetchall()
    installed = {each.label for each in apps.get_app_configs()}
    return [(app, name) for app, name in found if app in installed]


class Schema:
    """Models and tables as they were after these migrations.

    Raises:
        Refused: this code does not know one of them, so it is older than what made them.
    """

    def __init__(self, migrations: Iterable[Node]) -> None:
        loader = MigrationLoader(None, ignore_no_migrations=True)
        self.migrations = known = set(migrations)
        if strange := sorted(known - set(loader.graph.nodes)):
            app, name = strange[0]
            raise Refused(
                f"This was made by a newer Rushes than this one ({app} {name} is not known here); update it first."
            )
        self.targets = [node for node in sorted(known) if not _follower(loader, node, known)]
        state = loader.project_state(self.targets)
        every = state.apps.get_models(include_auto_created=True)
        self.tables: dict[str, Model] = {
            model._meta.db_table: model
            for model in sorted(every, key=lambda model: model._meta.db_table)
            if _is_kept(model._meta)
        }


def _follower(loader: MigrationLoader, node: Node, known: set[Node]) -> bool:
    """Whether a later migration of the same app is among the known."""
    children = {child.key for child in loader.graph.node_map[node].children}
    return any(child in known and child[0] == node[0] for child in children)


def _is_kept(meta: Any) -> bool:
    return meta.managed and not meta.proxy and not meta.swapped and meta.db_table not in LEFT_OUT


def fields(model: Model) -> list[Any]:
    """Its columns."""
    return list(model._meta.local_concrete_fields)
