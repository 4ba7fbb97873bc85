"""Render from the command line: beside a running server or alone."""

import json
import time
from pathlib import Path

from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from studio.bootstrap.embedded import Studio
from studio.core.money import plain
from studio.generation.orders import orders
from studio.generation.orders.orders import Wish
from studio.generation.renders import create_takes, lifecycle
from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.integrations.media import pictures
from studio.people.accounts import studio_owner
from studio.people.accounts.models import User
from studio.planning.projects import access, actions
from studio.planning.projects.models import Project
from studio.planning.projects.rights import Right
from studio.runtime.jobs import pause
from studio.runtime.jobs.engine import AlreadyRunning

POLL = 0.25  # seconds
STUCK = {"failed", "cancelled", "expired", "waiting"}
ENDED = {"ready", "kept", *STUCK}


class Command(BaseCommand):
    help = "Order takes of a new shot, and with --wait print one line of JSON for each when it is done."

    def add_arguments(self, parser):
        parser.add_argument(
            "--project", required=True, metavar="SLUG", help="made if there is none of that name"
        )
        parser.add_argument("--prompt", default="")
        parser.add_argument("--model", default="gen-4.5", choices=[m.key for m in catalogue.MODELS])
        parser.add_argument("--aspect", default="16:9", help='"16:9", or pixels: "1280x720"')
        parser.add_argument("--seconds", type=int)
        parser.add_argument("--takes", type=int, default=1)
        parser.add_argument("--first-frame", type=Path, metavar="FILE")
        parser.add_argument("--seed", type=int)
        parser.add_argument("--as", dest="email", help="who orders; the studio's owner if not given")
        parser.add_argument("--wait", action="store_true", help="until every take has ended")
        parser.add_argument("--json", action="store_true", help="one line of JSON for each take")

    def handle(self, *args, **options):
        call_command("migrate", verbosity=0, interactive=False)
        pause.refuse_commands()
        by = self._person(options["email"])
        project = self._project(options["project"], by)
        order, frame = self._order(project, by, options)
        shot = actions.create_shot(
            project,
            by=by,
            title=options["prompt"][:60],
            prompt=options["prompt"],
            model=order.model.key,
            aspect=order.preset.key,
            seconds=order.seconds,
            takes=order.takes,
            seed=options["seed"],
            first_frame=frame,
        )
        try:
            takes = lifecycle.start(shot=shot, by=by, order=order, undo_seconds=0)
        except create_takes.Closed as exc:
            raise CommandError(str(exc)) from exc
        if options["wait"]:
            self._wait(takes)
        takes = list(
            Render.objects.filter(pk__in=[t.pk for t in takes]).select_related("shot").order_by("pk")
        )
        for take in takes:
            self.stdout.write(
                json.dumps(_line(take)) if options["json"] else f"{take}: {take.get_state_display()}"
            )
        if bad := [take for take in takes if take.state in STUCK]:
            raise CommandError("; ".join(f"{take}: {_why(take)}" for take in bad))

    def _person(self, email):
        if not email:
            return studio_owner.find_or_make()[0]
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody here has the address {email}.")
        return user

    def _project(self, slug, by):
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            return actions.create_project(
                name=slug.replace("-", " ").capitalize(), slug=Project.free_slug(slug), by=by
            )
        if not access.may(by, project, Right.MAKE):
            raise CommandError(f"{by.email} may not render in {project.name}.")
        return project

    def _order(self, project, by, options):
        model = catalogue.get(options["model"])
        frame = self._picture(project, by, options["first_frame"]) if options["first_frame"] else None
        seconds = options["seconds"]
        wish = Wish(
            model=model.key,
            aspect=options["aspect"],
            prompt=options["prompt"],
            seconds=seconds if seconds is not None else model.default_seconds,
            takes=options["takes"],
            seed=options["seed"],
            first_frame=frame,
        )
        try:
            return orders.check(wish, project), frame
        except orders.Problems as problems:
            raise CommandError(str(problems)) from problems

    def _picture(self, project, by, path):
        try:
            with path.open("rb") as file:
                read = pictures.read(file)
        except (OSError, pictures.Unreadable) as exc:
            raise CommandError(f"{path}: {exc}") from exc
        return actions.keep_picture(project, read, by=by, name=path.name)

    def _wait(self, takes):
        """Wait for the running server to do the work; do it here when there is none."""
        own = None
        keys = [take.pk for take in takes]
        try:
            while Render.objects.filter(pk__in=keys).exclude(state__in=ENDED).exists():
                if own is None:
                    own = _begin()
                time.sleep(POLL)
        finally:
            if own:
                own.stop()


def _begin():
    """Run the engine here; None while a server has it (if that one ends, the next try gets it)."""
    studio = Studio()
    try:
        studio.start()
    except AlreadyRunning:
        return None
    return studio


def _line(take):
    return {
        "code": str(take.code),
        "take": str(take),
        "state": take.state,
        "seed": take.seed_used,
        "estimate": float(plain(take.estimate)),
        "charge_unknown": take.is_charge_unknown,
        "cost": float(plain(take.cost)) if take.cost is not None else None,
        "file": default_storage.path(take.file) if take.file else None,
        "seconds_waited": round(take.seconds_waited, 2),
    }


def _why(take):
    if take.state == "failed":
        return f"{take.failure_code} {take.failure}".strip()
    if take.state == "waiting":
        return f"waits to be allowed: {take.note}"
    return take.get_state_display().lower()
