"""Let a restored studio go on, where nobody is at a page."""

from django.core.management.base import BaseCommand, CommandError

from studio.people.accounts import audit
from studio.runtime.jobs import pause


class Command(BaseCommand):
    help = "Confirm that the other copy of a restored studio is switched off: this one goes on."

    def add_arguments(self, parser):
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args, **options):
        standing = pause.current()
        if standing is None:
            self.stdout.write("This studio goes on already.")
            return
        self.stdout.write(
            f"{pause.sentence(standing)} Two copies that run would both send, buy and mail what was on its way."
        )
        if not options["yes"]:
            self._ask()
        if pause.confirm(by=None):
            audit.record(audit.Kind.RESUMED, detail="on the command line")
        self.stdout.write("It goes on.")

    def _ask(self):
        try:
            answer = input("Is the other copy switched off for good? [y/N] ")
        except EOFError:
            raise CommandError("Nobody is there to say yes; give --yes. It stands still.") from None
        if answer.strip().lower() not in ("y", "yes"):
            raise CommandError("It stands still.")
