"""`manage.py reconcile`: our books beside the provider's, now."""

import json

from django.core.management.base import BaseCommand, CommandError

from studio.core.money import plain
from studio.integrations.sandbox.child import DidNotStart
from studio.oversight.reconciliation import books
from studio.oversight.reconciliation.models import Difference
from studio.runtime.jobs import pause
from studio.runtime.provider_connection import NoSandbox, reached


class Command(BaseCommand):
    help = "Compare our charges with the provider's account; exits non-zero while anything is to be settled."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="one object for scripts")

    def handle(self, *args, **options):
        pause.refuse_commands()
        try:
            with reached():
                seen = books.compare()
        except (NoSandbox, DidNotStart) as exc:
            raise CommandError(str(exc)) from exc
        found = list(
            Difference.objects.filter(sandbox=seen.sandbox, settled_at=None).select_related("project")
        )
        self.stdout.write(json.dumps(_data(seen, found)) if options["json"] else _told(seen, found))
        if seen.problem:
            raise CommandError(seen.problem)
        if found:
            raise CommandError(f"{len(found)} to settle, on the page /costs/reconciliation.")


def _data(seen, found):
    return {
        "money": "sandbox" if seen.sandbox else "real",
        "days": seen.days,
        "ours": plain(seen.ours),
        "theirs": None if seen.theirs is None else plain(seen.theirs),
        "conclusive": seen.conclusive,
        "asked": seen.asked,
        "late_bills": seen.late_bills,
        "late_results": seen.late_results,
        "differences": [
            {
                "what": each.what,
                "kind": each.kind,
                "project": each.project.slug if each.project else None,
                "ours": plain(each.ours),
                "theirs": plain(each.theirs),
            }
            for each in found
        ],
    }


def _told(seen, found):
    theirs = "does not say" if seen.theirs is None else f"${plain(seen.theirs)}"
    lines = [
        f"Last {seen.days} days: ours ${plain(seen.ours)}, the provider's account {theirs}.",
        f"{seen.asked} takes asked about: {seen.late_bills} late bills booked, {seen.late_results} late results filed.",
    ]
    lines += [
        f"  {each.what}: ours {plain(each.ours)}, theirs {plain(each.theirs)} ({each.get_kind_display()})"
        for each in found
    ]
    if not seen.conclusive and not seen.problem:
        lines.append(
            "The sums were not compared: something is on its way, or was charged just now. Try again later."
        )
    elif not found:
        lines.append("Nothing is missing on either side.")
    return "\n".join(lines)
