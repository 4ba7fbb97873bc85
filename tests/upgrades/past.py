"""A studio as an earlier commit makes it, with its own code: run inside that commit's tree, never in ours.

`make_dumps.py` runs it there as a script. It asks before it uses what later commits brought, so that the same
file serves all of them, and prints as JSON what the old code says of its own database: that is what an upgrade
is held against. The names it imports are those of earlier commits: they do not follow a move.
"""

import json
import sys
import time
import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import django

django.setup()

import facts  # noqa: E402  beside this script
import httpx  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402
from studio.accounts import links  # noqa: E402
from studio.accounts.models import User  # noqa: E402
from studio.projects import actions  # noqa: E402
from studio.projects.models import Membership  # noqa: E402
from studio.renders import archive, orders, pipeline, sample, tokens  # noqa: E402
from studio.renders.models import Render  # noqa: E402
from studio.sandbox import child  # noqa: E402

from studio import providers  # noqa: E402

HAS_PEOPLE = find_spec("studio.projects.people") is not None
HAS_TRASH = find_spec("studio.renders.trash") is not None
HAS_REVIEW = find_spec("studio.review") is not None
HAS_CHECKS = find_spec("studio.checks") is not None
HAS_BOOKS = find_spec("studio.reconcile") is not None
FAR = 36500  # days: no link of these dumps runs out


def main(folder):
    call_command("migrate", verbosity=0, interactive=False)
    owner = sample.owner()[0]
    sample.make(owner)
    begun = child.start(directory=folder / "sandbox", wait=0.0, workers=1, options=("--no-drawing",))
    try:
        providers.use_sandbox(begun.url, begun.key)
        told = Story(owner, begun).tell()
    finally:
        begun.stop()
    json.dump({**told, **facts.read()}, sys.stdout, indent=1, sort_keys=True, default=str)


class Story:
    """What happened in that studio before somebody upgraded it."""

    def __init__(self, owner, sandbox):
        self.owner, self.sandbox = owner, sandbox
        self.ana = User.objects.create_user("ana@studio.example", name="Ana")
        self.project = actions.create_project(name="Tidal Observatory", by=owner, budget=Decimal(40))
        Membership.objects.create(project=self.project, user=self.ana, role="artist")
        self.kite = self.shot("010", "A kite over dunes, slow push in")
        self.lamp = self.shot("020", "A lamp on a ridge", model="gen-4-image", aspect="1360x768")

    def shot(self, code, prompt, **fields):
        return actions.create_shot(self.project, by=self.owner, code=code, prompt=prompt, **fields)

    def tell(self):
        ready = [*self.ended(self.kite, takes=2), *self.ended(self.lamp, takes=1)]
        self.refused()
        if HAS_TRASH:
            self.thrown_away()
        told = self.reviewed(ready) if HAS_REVIEW else {}
        if HAS_BOOKS:
            self.compared()
        (waiting,) = self.order(self.kite, takes=1, undo_seconds=10**8)
        told["flying"] = [self.in_flight("rendering"), self.in_flight("submitting", fault="answer_lost")]
        told["waiting"] = str(waiting.code)
        told["signin"] = {"path": links.path_for(self.ana), "email": self.ana.email}
        if HAS_CHECKS:
            told["check"] = self.check_of_the_provider()
        if HAS_PEOPLE:
            told["invitation"] = self.invitation()
        return told

    # --- takes ----------------------------------------------------------------------------

    def order(self, shot, *, takes, undo_seconds=0):
        wish = replace(orders.Wish.of(shot), takes=takes)
        legal = orders.check(wish, self.project)
        return pipeline.start(shot=shot, by=self.ana, order=legal, undo_seconds=undo_seconds)

    def ended(self, shot, *, takes):
        """Order and carry on until all have ended."""
        found = self.order(shot, takes=takes)
        deadline = time.monotonic() + 30
        while any(take.state in Render.OPEN for take in found):
            assert time.monotonic() < deadline, [(take.state, take.note) for take in found]
            self.step({take.pk for take in found})
            for take in found:
                take.refresh_from_db()
            time.sleep(0.02)
        return found

    def step(self, keys):
        Render.objects.filter(pk__in=keys, state__in=Render.OPEN).update(
            due_at=timezone.now(), check_at=timezone.now()
        )
        for batch in set(Render.objects.to_send().filter(pk__in=keys).values_list("batch", flat=True)):
            pipeline.submit(str(batch))
        pipeline.ask()
        for code in list(Render.objects.to_save().values_list("code", flat=True)):
            archive.save(str(code))
        for code in list(Render.objects.to_copy().values_list("code", flat=True)):
            archive.copy_for_review(str(code))

    def refused(self):
        """A take that moderation refuses: its hold is released."""
        self.fault("refuse_moderation")
        (take,) = self.ended(self.kite, takes=1)
        assert take.state == "failed", take.state

    def in_flight(self, state, *, fault=""):
        """A take the provider has, and the address at which it may tell of it."""
        if fault:
            self.fault(fault)
        (take,) = self.order(self.kite, takes=1)
        pipeline.submit(str(take.batch))
        take.refresh_from_db()
        assert take.state == state, take.state
        return {"code": str(take.code), "hook": f"/hooks/runware/{tokens.make(take.code)}"}

    def fault(self, name):
        root, headers = self.sandbox.url.removesuffix("/v1"), {"Authorization": f"Bearer {self.sandbox.key}"}
        asked = [{"fault": name, "times": 1}]
        httpx.post(f"{root}/faults", json=asked, headers=headers, trust_env=False).raise_for_status()

    def thrown_away(self):
        """One take in the trash, and one that is gone from it: of it the ledger alone still knows."""
        from studio.renders import trash

        lying, gone = self.ended(self.lamp, takes=2)
        for take in (lying, gone):
            trash.trash_take(take, by=self.owner)
        Render.objects.filter(pk=gone.pk).update(trashed_at=timezone.now() - timedelta(days=400))
        trash.empty()
        assert not Render.objects.filter(pk=gone.pk).exists()

    # --- what later commits brought ---------------------------------------------------------

    def reviewed(self, ready):
        """Two verdicts, a note and a list, and a link by which guests see it."""
        from studio.projects import access
        from studio.review.subjects import Voice, check_span
        from studio.sharing import links as share_links

        from studio.review import lists, notes, verdicts

        voice = Voice(user=self.owner, role=access.seat_on(self.owner, self.project).role)
        first, second, still = ready
        for take, value, frame in ((first, "approved", 3), (second, "retake", None)):
            span = check_span(take, frame, None)
            verdicts.give(take, voice, code=uuid.uuid4(), value=value, span=span)
        notes.write(first, voice, code=uuid.uuid4(), text="Lovely light", span=check_span(first, 5, None))
        asked = lists.create(
            self.project, by=self.owner, name="Dailies", takes=[first, still], people=[self.ana]
        )
        link = share_links.create(
            self.project,
            by=self.owner,
            review_list=asked,
            label="The client",
            expires_on=timezone.localdate() + timedelta(days=FAR),
        )
        return {
            "share": {"path": "/s/" + share_links.address_of(link).partition("/s/")[2], "list": asked.name}
        }

    def compared(self):
        """Our books beside the sandbox's account, twice; and what is left there."""
        from studio.costs import purse
        from studio.reconcile import books

        purse.ask()
        books.compare()
        books.compare(by=self.owner)

    def check_of_the_provider(self):
        from studio.checks import tokens as tokens_of_checks

        return f"/hooks/check/{tokens_of_checks.make(uuid.uuid4())}"

    def invitation(self):
        from studio.projects import people

        made = people.invite(self.project, role="reviewer", by=self.owner, days=FAR)
        return {"path": people.path_of(made), "role": made.role}


main(Path(sys.argv[1]))
