"""A studio of before there were days, shots and names in the ledger, brought up to date. Run as its own process.

`python -m tests.planning.ledger.older migrate` or `… "migrate costs" migrate`: the commands that bring it up to date, in order.
Prints what became of its ledger as JSON.
"""

import json
import os
import sys
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import IntegrityError, connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from studio.planning.ledger.models import LedgerEntry  # noqa: E402
from studio.planning.projects.models import Project  # noqa: E402
from tests import sums  # noqa: E402

BEFORE = [
    ("renders", "0004_what_was_said_of_a_take"),
    ("costs", "0001_initial"),
    ("accounts", "0001_initial"),
]
PRICE = Decimal("0.605")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATE = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # the next day in Berlin


def main(*commands):
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    Before(executor.loader.project_state(BEFORE).apps).write()
    for command in commands:
        call_command(*command.split(), verbosity=0)
    for project in Project.objects.all():
        assert all(sums.on_its_day(entry) for entry in sums.add_up(project))
    rows = [about(entry) for entry in LedgerEntry.objects.order_by("pk")]
    print(json.dumps({"rows": rows, "sealed": is_sealed()}))


def is_sealed():
    try:
        LedgerEntry.objects.update(reason="never mind")
    except IntegrityError:
        return True
    return False


def about(entry):
    return {
        "what": entry.what,
        "kind": entry.kind,
        "day": str(entry.day),
        "shot": entry.shot_ref,
        "own task": entry.task_code == entry.render_code,
        "by": entry.by_name,
        "reason": entry.reason,
    }


class Before:
    """Rows as the studio wrote them then."""

    def __init__(self, apps):
        self.apps = apps
        users = apps.get_model("accounts", "User").objects
        self.ana = users.create(email="ana@studio.example", name="Ana")
        self.nameless = users.create(email="nameless@studio.example", name="")

    def write(self):
        first, second = self.project("one"), self.project("two")
        self.paid(self.take(first, self.ana), amount=PRICE)
        self.paid(self.take(first, self.ana), amount=Decimal("6.050000001"), at=LATE)
        self.failed(self.take(first, self.nameless))
        self.entry(self.take(second, None), "hold", PRICE)
        self.paid(self.take(second, self.ana, sandbox=False), amount=Decimal("0.6"))
        extra = self.take(second, self.ana, task_code=uuid.uuid4())
        self.entry(extra, "charge", PRICE, result="second")
        gone = self.take(second, self.ana)
        self.paid(gone, amount=Decimal("0.1"))
        gone.delete()
        for project in (first, second):
            self.balance(project)

    def project(self, name):
        project = self.apps.get_model("projects", "Project").objects.create(name=name, slug=name)
        self.apps.get_model("projects", "Shot").objects.create(
            project=project, code="010", model="gen-4.5", aspect="1280x720"
        )
        return project

    def take(self, project, by, **columns):
        code = uuid.uuid4()
        renders = self.apps.get_model("renders", "Render").objects
        return renders.create(**{
            "code": code, "task_code": code, "project": project, "shot": project.shots.get(), "created_by": by,
            "number": renders.count() + 1, "kind": "video", "sandbox": True, "model": "gen-4.5", "model_id": "m",
            "aspect": "16:9", "width": 1280, "height": 720, "seconds": 5, "format": "MP4", "quality": 95,
            "safety": "none", "threshold": "auto", "estimate": PRICE, "state": "ready", **columns,
        })  # fmt: skip

    def paid(self, take, *, amount, at=NOON):
        self.entry(take, "hold", PRICE)
        self.entry(take, "charge", amount, result="a", at=at)
        self.entry(take, "release", PRICE, at=at)

    def failed(self, take):
        self.entry(take, "hold", PRICE)
        self.entry(take, "release", PRICE)

    def entry(self, take, kind, amount, *, result="", at=NOON):
        entries = self.apps.get_model("costs", "LedgerEntry").objects
        row = entries.create(
            project=take.project, render_code=take.code, kind=kind, result=result, amount=amount, estimate=PRICE,
            source="provider", sandbox=take.sandbox, by=take.created_by, shot_code="010", model=take.model,
            what=f"{take.project.name} {take.number}", seconds=5,
        )  # fmt: skip
        entries.filter(pk=row.pk).update(at=at)

    def balance(self, project):
        rows = list(project.ledger.all())
        for sandbox in {row.sandbox for row in rows}:
            of = dict.fromkeys(("hold", "release", "charge"), 0)
            for row in rows:
                of[row.kind] += row.amount if row.sandbox == sandbox else 0
            project.balances.create(sandbox=sandbox, spent=of["charge"], held=of["hold"] - of["release"])


if __name__ == "__main__":
    main(*sys.argv[1:])
