"""What the code that runs says of its database: in the tree of an earlier commit, and in ours after an upgrade.

Models are found by their labels, so that this reads the same wherever packages stand.
"""

from decimal import Decimal

from django.apps import apps
from django.db import connection

CHANGING = {"django_migrations", "django_content_type", "auth_permission", "sqlite_sequence"}


def read():
    projects = apps.get_model("projects.Project").objects.order_by("pk")
    shots = apps.get_model("projects.Shot").objects.select_related("project")
    takes = apps.get_model("renders.Render").objects.order_by("pk")
    owner = apps.get_model("accounts.User").objects.filter(is_superuser=True).first()
    return {
        "owner": owner.email,
        "rows": {
            table: rows(table) for table in connection.introspection.table_names() if table not in CHANGING
        },
        "projects": {project.slug: of_project(project) for project in projects},
        "shots": sorted(f"{shot.project.slug} {shot.code}" for shot in shots),
        "takes": {str(take.code): [take.state, amount(take.cost), take.label] for take in takes},
    }


def rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
        return cursor.fetchone()[0]


def of_project(project):
    """Sums of the ledger by kind, what is spent and held, how many takes are in each state, who is on it."""
    sums, states = {}, {}
    for kind, much in entries(project).values_list("kind", "amount"):
        sums[kind] = sums.get(kind, Decimal(0)) + much
    takes = apps.get_model("renders.Render").objects.filter(project=project)
    for state in takes.values_list("state", flat=True):
        states[state] = states.get(state, 0) + 1
    seats = apps.get_model("projects.Membership").objects.filter(project=project)
    return {
        "ledger": {kind: amount(much) for kind, much in sums.items()},
        "balance": {
            str(row.sandbox): [amount(row.spent), amount(row.held)]
            for row in apps.get_model("costs.Balance").objects.filter(project=project)
        },
        "states": states,
        "members": sorted(seats.values_list("user__email", flat=True)),
    }


def entries(project):
    return apps.get_model("costs.LedgerEntry").objects.filter(project=project)


def amount(much):
    return None if much is None else str(much)
