"""An upgraded studio carries on: its pages, its sums, the takes that were in flight. Run as its own process.

`python -m tests.upgrades.carries_on FACTS.json [pages]` prints what became of it as JSON; with "pages" no take ends. Files of pictures and clips are
not in the dumps: of those the pages show an empty frame, and nothing here looks at them.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.utils import timezone  # noqa: E402

from studio.bootstrap import schema_repair  # noqa: E402
from studio.generation.renders import archive, lifecycle  # noqa: E402
from studio.integrations import providers  # noqa: E402
from studio.integrations.sandbox import child  # noqa: E402
from studio.oversight.reconciliation import listing  # noqa: E402
from tests import sums  # noqa: E402
from tests.integrations.sandbox.orders import kite  # noqa: E402
from tests.integrations.sandbox.running import Running  # noqa: E402
from tests.upgrades import facts  # noqa: E402

PROJECT = "/projects/tidal-observatory/"
PAGES = [
    "/projects/",
    PROJECT,
    f"{PROJECT}shots/010/",
    f"{PROJECT}shots/020/",
    f"{PROJECT}queue",
    f"{PROJECT}library",
    f"{PROJECT}activity",
    f"{PROJECT}costs",
    f"{PROJECT}costs/ledger",
    f"{PROJECT}costs.csv",
    f"{PROJECT}review/",
    f"{PROJECT}review/shots/010/",
    f"{PROJECT}cut/",
    f"{PROJECT}list/",
    f"{PROJECT}trash",
    f"{PROJECT}people/",
    "/costs",
    "/costs/reconciliation",
]


def main(before, *, takes=True):
    without_hashed_names()
    setup_test_environment()
    told = {
        "differences": [str(each) for each in schema_repair.Look(connection).differences],
        "facts": facts.read(),
        "numbers gone": numbers_gone(),
        "kept frames": kept_frames(),
        "comparisons": comparisons(),
        "added up": added_up(),
        "pages": pages(before["owner"]),
    }
    if takes:
        told["landed"] = landed(*before["flying"])
        told["added up after"] = added_up()
        told["pages after"] = pages(before["owner"])
    json.dump(told, sys.stdout)


def without_hashed_names():
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}
    settings.RETRY_PACE = 0


def pages(owner):
    """The status of each page, to the owner."""
    client = Client(raise_request_exception=False)
    client.force_login(apps.get_model("accounts.User").objects.get(email=owner))
    return {path: client.get(path).status_code for path in PAGES}


def added_up():
    """How many rows of the ledger agree with every sum that is kept beside it; fails where one does not."""
    return {
        project.slug: len(sums.add_up(project))
        for project in apps.get_model("projects.Project").objects.all()
    }


def numbers_gone():
    shots = apps.get_model("projects.Shot").objects.exclude(numbers_gone={})
    return {shot.code: shot.numbers_gone for shot in shots}


def kept_frames():
    """How many frames of each approved take are approved; None for all of them."""
    takes = apps.get_model("renders.Render").objects.filter(verdict="approved")
    return list(takes.values_list("kept_frames", flat=True))


def comparisons():
    """How many were kept, and how many of them cannot be gone on from; each is tried."""
    found = apps.get_model("reconcile.Comparison").objects.all()
    begun = found.exclude(beyond=None)
    for seen in begun.exclude(counted_from=None):
        listing._explained(seen)
    return [found.count(), begun.filter(counted_from=None).count()]


# --- takes in flight ------------------------------------------------------------------------


def landed(called, asked):
    """One take is told of by its callback, twice, and one is found by the sweep; what the ledger says of each."""
    begun = child.start(
        directory=Path(tempfile.mkdtemp(dir=settings.VAR_DIR)), wait=0.0, workers=1, options=("--no-drawing",)
    )
    try:
        providers.use_sandbox(begun.url, begun.key)
        running = Running(begun.url, begun.key)
        items = [running.made(kite(taskUUID=take["code"])) for take in (called, asked)]
        statuses = [knock(called["hook"], items[0]) for _ in range(2)]
        carry_on([called["code"], asked["code"]])
        late = knock(asked["hook"], items[1])
    finally:
        begun.stop()
    return {"statuses": [*statuses, late], "takes": [about(take["code"]) for take in (called, asked)]}


def knock(hook, item):
    body = json.dumps({"data": [item]}, default=float)
    return Client().post(hook, body, content_type="application/json").status_code


def carry_on(codes):
    """Do what the sweep would, until both have ended; what waits on purpose goes on waiting."""
    takes = apps.get_model("renders.Render").objects.filter(code__in=codes)
    until = time.monotonic() + 120
    while time.monotonic() < until:
        takes.update(check_at=timezone.now())
        lifecycle.ask()
        for code in takes.to_save().values_list("code", flat=True):
            archive.save(str(code))
        if not takes.exclude(state="ready").exists():
            return
        time.sleep(0.02)


def about(code):
    take = apps.get_model("renders.Render").objects.get(code=code)
    entries = apps.get_model("costs.LedgerEntry").objects.filter(render_code=code).order_by("pk")
    return {
        "state": take.state,
        "cost": str(take.cost),
        "ledger": sorted(entries.values_list("kind", flat=True)),
    }


main(json.loads(Path(sys.argv[1]).read_text()), takes=sys.argv[2:] != ["pages"])
