"""Check the provider: key, balance, callbacks, and the smallest paid tasks."""

import argparse
import json
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from studio.core import public_url
from studio.core.money import LARGEST, plain
from studio.integrations import providers
from studio.integrations.sandbox.child import DidNotStart
from studio.oversight.provider_check import books
from studio.oversight.provider_check import run as checks
from studio.runtime import provider_connection
from studio.runtime.jobs import pause


def amount(text):
    """An amount of USD above zero."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount of USD, like 2.00") from None
    if not value.is_finite() or not 0 < value <= LARGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is not above zero: give an amount of USD, like 2.00")
    return value


class Command(BaseCommand):
    help = (
        "Test key, balance and callbacks, try a dry run, then buy the smallest tasks that fit the limit, and write "
        "down what the provider's pages leave open. Without a key it runs against the sandbox."
    )

    def add_arguments(self, parser):
        parser.add_argument("--max-spend", required=True, type=amount, metavar="USD", help="the hard limit")
        parser.add_argument("--yes", action="store_true", help="do not ask before real money is spent")
        parser.add_argument(
            "--json", type=Path, metavar="FILE", help="write the findings here too, for a script"
        )

    def handle(self, *args, **options):
        limit, real = options["max_spend"], not providers.sandboxed()
        if real and not options["yes"]:
            self._ask(limit)
        call_command("migrate", verbosity=0, interactive=False)
        pause.refuse_commands()
        try:
            with provider_connection.reached() as client:
                report = checks.new_report(client, limit=limit, sandbox=not real)
                self._run(client, report)
        except (provider_connection.NoSandbox, DidNotStart, books.OverBudget) as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(report.text())
        self._keep(report, options["json"])
        if not report.ok:
            raise CommandError(" ".join(report.problems))

    def _ask(self, limit):
        try:
            answer = input(f"This spends up to ${plain(limit)} of real money. Go on? [y/N] ")
        except EOFError:
            raise CommandError("Nobody is there to say yes; give --yes to go on. Nothing was sent.") from None
        if answer.strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was sent.")

    def _run(self, client, report):
        try:
            checks.run(
                client,
                limit=report.limit,
                sandbox=report.sandbox,
                public_url=settings.PUBLIC_URL,
                loopback=public_url.loopback(),
                say=self.stderr.write,
                report=report,
            )
        except KeyboardInterrupt:
            report.problem("It was stopped before its end; the next check asks about what is still open.")
            report.fill("the check was stopped")

    def _keep(self, report, for_script):
        """Write both files."""
        path = Path(settings.VAR_DIR) / f"provider-check-{report.begun:%Y-%m-%d-%H%M%S}.md"
        try:
            path.write_text(report.text())
            if for_script:
                for_script.write_text(json.dumps(report.facts(), indent=2) + "\n")
        except OSError as exc:
            raise CommandError(f"The report could not be written: {exc}") from exc
        self.stderr.write(f"Kept in {path}")
