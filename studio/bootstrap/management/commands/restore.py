"""A studio from a backup, where there is none."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from studio.bootstrap.backup import Refused, restoring


class Command(BaseCommand):
    help = "Make a studio of a backup in an empty VAR_DIR and database. It stands still until its owner confirms."
    requires_system_checks = []  # some look at the database, which is not there yet

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args, **options):
        try:
            done = restoring.restore(options["file"])
        except Refused as exc:
            raise CommandError(str(exc)) from exc
        contents = done.contents
        self.stdout.write(f"{contents.rows} rows and {done.files} files are in {settings.VAR_DIR}.")
        if not contents.with_media:
            self.stdout.write(f"The backup was made without media: copy them to {settings.MEDIA_ROOT}.")
        for name in contents.missing:
            self.stdout.write(f"A row names {name}, which was nowhere when the backup was made.")
        if done.other_key:
            self.stdout.write(
                "The environment sets another SECRET_KEY: links, invitations and callback addresses made before"
                f" will not open. Take it out, and {Path(settings.VAR_DIR) / 'secret_key'} is used."
            )
        self.stdout.write(
            "It stands still: nothing is sent, bought or mailed until its owner confirms, on any page or by"
            " `manage.py confirm-restore`, that the other copy is switched off."
        )
