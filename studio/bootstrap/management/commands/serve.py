"""`make run`: prepare the studio and be its web process."""

import socket

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from studio.bootstrap import sample
from studio.core import public_url
from studio.integrations import providers
from studio.integrations.credentials import manifests, signer
from studio.people.accounts import links, studio_owner
from studio.runtime.jobs import engine
from studio.runtime.server import Server


class Command(BaseCommand):
    help = "Migrate, make the owner and the sample on the first run, print a sign-in link, and serve."

    def handle(self, *args, **options):
        if engine.held_elsewhere():
            raise CommandError(
                f"Another Rushes already runs on {settings.VAR_DIR}. Stop it, or give this one its own VAR_DIR."
            )
        self._check_port()
        try:
            manifests.signing()  # with what is made on the first run
        except signer.Unusable as exc:
            raise CommandError(str(exc)) from exc
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        owner, _ = studio_owner.find_or_make()
        sample.make(owner)
        Server(on_answer=lambda: self._greet(owner), host=settings.HOST, port=settings.PORT).run()

    def _check_port(self):
        family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.HOST, settings.PORT))
            except OSError as exc:
                raise CommandError(
                    f"Port {settings.PORT} on {settings.HOST} is taken ({exc.strerror}). Try: make run PORT=8010"
                ) from exc

    def _greet(self, owner):
        self.stdout.write(f"\n  Rushes is at {public_url.absolute()}")
        if providers.sandboxed():
            self.stdout.write("  No RUNWARE_API_KEY: takes are made in the sandbox, and cost nothing.")
        if owner.last_login is None:
            self.stdout.write(
                f"  Sign in once as {owner.email} with this link:\n\n  {public_url.absolute(links.path_for(owner))}\n"
            )
        else:
            self.stdout.write(f"  A new sign-in link: .venv/bin/python manage.py signin-link {owner.email}\n")
        self.stdout.flush()
