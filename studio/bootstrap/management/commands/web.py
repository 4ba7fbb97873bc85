"""What the Procfile starts: the web process and nothing else, with the same server as `make run`."""

from django.conf import settings
from django.core.management.base import BaseCommand

from studio.runtime.server import Server


class Command(BaseCommand):
    help = "Serve on HOST and PORT. Migrating and collecting static files are done before (see Procfile)."
    requires_system_checks = ()

    def handle(self, *args, **options):
        Server(host=settings.HOST, port=settings.PORT).run()
