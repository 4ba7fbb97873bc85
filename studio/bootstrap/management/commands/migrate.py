"""`migrate`, after a look at what is there: older databases are completed first, strange ones refused."""

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from studio.bootstrap import schema_repair

ONLY_LOOKS = ("plan", "check_unapplied")
KNOWS_BETTER = ("fake", "fake_initial")  # whoever says so is mending something by hand


class Command(migrate.Command):
    def handle(self, *args, **options):
        if not any(options[name] for name in (*ONLY_LOOKS, *KNOWS_BETTER)):
            try:
                schema_repair.repair(connections[options["database"]])
            except schema_repair.Refused as refused:
                raise CommandError(str(refused)) from refused
        return super().handle(*args, **options)
