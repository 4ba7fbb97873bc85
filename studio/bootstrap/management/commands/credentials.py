"""What a file says of how it was made, and whether it is still the file that was signed."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from studio.integrations.credentials import manifests
from studio.integrations.credentials.manifests import State

_STEPS = {step.value: step.name.lower() for step in manifests.Step}


class Command(BaseCommand):
    help = "Read the content credentials (C2PA) of files. Exits with 1 unless each is as it was when it was signed."

    def add_arguments(self, parser):
        parser.add_argument("files", type=Path, nargs="+", metavar="FILE")

    def handle(self, *args, **options):
        states = [self._tell(path) for path in options["files"]]
        if set(states) != {State.WHOLE}:
            raise SystemExit(1)

    def _tell(self, path):
        try:
            read = manifests.read(path)
        except OSError as exc:
            raise CommandError(f"{path} cannot be read: {exc.strerror or exc}.") from exc
        self.stdout.write(f"{path}: {read.state.value}")
        if read.state in (State.WHOLE, State.CHANGED):
            trust = "" if read.is_trusted else ", not on a trust list"
            self.stdout.write(f"  signed by {_plain(read.by)}{trust}")
            kind = "AI" if read.is_by_a_model else "a program, not by AI"
            self.stdout.write(f"  made by {_plain(read.model)} ({kind})")
            if read.steps:
                self.stdout.write(
                    f"  since then {', '.join(_STEPS.get(step, _plain(step)) for step in read.steps)}"
                )
            if read.source:
                self.stdout.write(
                    f"  the original came with a manifest of its own: sha256 {_plain(read.source)}"
                )
        return read.state


def _plain(words):
    """What somebody else wrote, without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(words))
