import logging
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.integrations.sandbox import server
from studio.integrations.sandbox.app import Config


class Command(BaseCommand):
    help = "Run a server that behaves like Runware's API: real files, no money. Its key is SANDBOX_KEY."
    requires_system_checks = []  # it uses none of the studio's database or pages

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8400, help="0 picks a free one")
        parser.add_argument("--dir", type=Path, default=settings.VAR_DIR / "sandbox")
        parser.add_argument(
            "--wait",
            type=float,
            default=settings.SANDBOX_WAIT_SECONDS,
            help="how long a task takes at least, give or take a quarter",
        )
        parser.add_argument("--workers", type=int, default=settings.SANDBOX_WORKERS)
        parser.add_argument("--seed", type=int, default=0, help="decides every UUID, seed, wait and fault")
        parser.add_argument("--webhook-attempts", type=int, default=8)
        parser.add_argument("--until-eof", action="store_true", help="end when stdin ends")
        parser.add_argument(
            "--no-drawing", action="store_true", help="serve one tiny file for every result, for load tests"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX_KEY:
            raise CommandError("Set SANDBOX_KEY to the key that clients of the sandbox shall send.")
        logging.getLogger("uvicorn").setLevel(logging.WARNING)
        options["dir"].mkdir(parents=True, exist_ok=True)
        config = Config(
            directory=options["dir"].resolve(),
            key=settings.SANDBOX_KEY,
            base="",
            wait=options["wait"],
            workers=options["workers"],
            seed=options["seed"],
            drawing=not options["no_drawing"],
            webhook_attempts=options["webhook_attempts"],
        )
        try:
            server.run(
                config,
                host=options["host"],
                port=options["port"],
                until_eof=options["until_eof"],
                say=self._say,
            )
        except OSError as exc:
            raise CommandError(f"Cannot listen on {options['host']}:{options['port']}: {exc}") from exc

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
