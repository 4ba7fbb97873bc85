"""A whole studio in one file, while it runs."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from studio.bootstrap.backup import Refused, making


class Command(BaseCommand):
    help = "Write rows, files and keys of this studio into one file that only you can read, and read it back."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--without-media", action="store_true", help="rows and keys alone; copy var/media yourself"
        )
        parser.add_argument("--force", action="store_true", help="replace FILE")
        parser.add_argument(
            "--strict", action="store_true", help="exit non-zero when a file that a row names is nowhere"
        )

    def handle(self, *args, **options):
        try:
            made = making.make(options["file"], media=not options["without_media"], force=options["force"])
        except Refused as exc:
            raise CommandError(str(exc)) from exc
        contents = made.contents
        files = f"{made.files} files" if contents.with_media else "no media"
        self.stdout.write(
            f"{made.path}: {contents.rows} rows, {files}, {made.size} bytes, read back and equal."
        )
        for name in contents.missing:
            self.stderr.write(f"A row names {name}, which is nowhere in this studio's files.")
        if contents.missing and options["strict"]:
            raise CommandError(f"The backup is made; {len(contents.missing)} files were missing before it.")
