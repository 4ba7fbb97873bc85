"""The cast, and a studio whose provider is the sandbox over a real port.

Ana is an artist, Pia produces, Rae reviews, Bo may only look, Cid is a stranger.
"""

import io
import ipaddress
import os
import socket
import time
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image
from xdist.scheduler import LoadScopeScheduling

from studio.bootstrap import clock_set_back
from studio.generation.orders import orders
from studio.generation.orders.orders import Wish
from studio.generation.renders import archive, lifecycle
from studio.generation.renders.models import ProviderHold, Render
from studio.integrations import catalogue, providers
from studio.integrations.media import pictures
from studio.integrations.sandbox import child
from studio.people.accounts import second_factor
from studio.people.accounts.models import User
from studio.planning.ledger import seal
from studio.planning.projects import actions
from studio.planning.projects.models import Membership
from tests import takes
from tests.integrations.sandbox.running import Running
from tests.patience import patient

hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

KITE = "A kite over dunes, slow push in"
# Each of these files starts something for all of its tests that takes long, so one worker does the whole file.
TOGETHER = {
    "tests/browser/test_every_page.py",
    "tests/bootstrap/test_running.py",
    "tests/hardening/test_over_https.py",
    "tests/generation/renders/test_killed.py",
    "tests/generation/renders/test_webhook_served.py",
    "tests/integrations/sandbox/test_other_sdks.py",
}


class Shared(LoadScopeScheduling):
    """With several workers (`-n 2`) every test goes where there is room, but for the files above."""

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        return file if file in TOGETHER else nodeid


def pytest_xdist_make_scheduler(config, log):
    return Shared(config, log)


@pytest.fixture(autouse=True, scope="session")
def only_loopback():
    """Nothing in these tests may leave this machine."""
    connect = socket.socket.connect

    def checked(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            assert ipaddress.ip_address(address[0]).is_loopback, f"tried to call {address}"
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", checked)
        yield


@pytest.fixture(autouse=True)
def plain(settings, tmp_path):
    """No hashed names, undo window, waits or limits, quick passwords; files in a folder of this test's own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, not safe
    settings.UNDO_SECONDS = 0
    settings.RETRY_PACE = 0
    settings.PRESSES_PER_MINUTE = settings.UPLOADS_PER_MINUTE = settings.WRONG_TOKENS_PER_MINUTE = 0
    settings.SIGNINS_PER_MINUTE = settings.MAILS_PER_HOUR = settings.GUESSES_PER_HOUR = 0
    settings.NOTES_PER_MINUTE = settings.VERDICTS_PER_MINUTE = settings.POINTS_PER_MINUTE = 0
    for name in settings.CACHES:
        caches[name].clear()
    # a question that a process asks every half minute, at whichever page: no page is counted with it
    caches["default"].set(second_factor.RULE, False, None)
    clock_set_back.forget()
    yield
    providers.forget()


@pytest.fixture(autouse=True, scope="session")
def unsealed_for_flushes():
    """Tests with threads empty the tables when they are done; the ledger's seal is put back after each."""
    operations = type(connection.ops)
    flush = operations.sql_flush

    def broken_first(self, style, tables, **options):
        return [*seal.breaking(self.connection.vendor), *flush(self, style, tables, **options)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", broken_first)
        yield


# --- the cast -----------------------------------------------------------------------------


def _person(name):
    return User.objects.create_user(f"{name.lower()}@studio.example", "a long enough word", name=name)


@pytest.fixture
def pia(db):
    return _person("Pia")


@pytest.fixture
def ana(project):
    return _member(project, "Ana", "artist")


@pytest.fixture
def rae(project):
    return _member(project, "Rae", "reviewer")


@pytest.fixture
def bo(project):
    return _member(project, "Bo", "viewer")


@pytest.fixture
def cid(db):
    return _person("Cid")


def _member(project, name, role):
    user = _person(name)
    Membership.objects.create(project=project, user=user, role=role)
    return user


@pytest.fixture
def project(pia):
    return actions.create_project(name="Tidal Observatory", by=pia)


@pytest.fixture
def shot(project, pia):
    return actions.create_shot(project, by=pia, title="Kite", prompt=KITE)


@pytest.fixture
def client_of():
    """A browser signed in as somebody."""

    def client_of(user):
        client = Client()
        client.force_login(user)
        return client

    return client_of


# --- orders -------------------------------------------------------------------------------


def _picture_bytes(width=1600, height=900, kind="JPEG", colour=(200, 120, 60)):
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return out.getvalue()


@pytest.fixture
def picture_bytes():
    """A picture as a browser would upload it."""
    return _picture_bytes


@pytest.fixture(scope="session")
def _board():
    """What is read of a picture, once for all tests: it cannot be changed."""
    return pictures.read(io.BytesIO(_picture_bytes()))


@pytest.fixture
def frame(project, pia, _board):
    """A picture the project holds."""
    return actions.keep_picture(project, _board, by=pia, name="board.jpg")


@pytest.fixture
def order(shot, ana):
    """Queue takes of the shot as Ana: `order(model="gen-4-turbo", takes=2)`."""

    def order(*, shot=shot, by=ana, **wish):
        model = catalogue.get(wish.get("model", shot.model))
        base = Wish.of(shot)
        if "model" in wish:
            base = replace(base, aspect=model.presets[0].key, seconds=model.default_seconds)
        return lifecycle.start(shot=shot, by=by, order=orders.check(replace(base, **wish), shot.project))

    return order


@pytest.fixture
def ready(shot, ana):
    """Takes that are there already, made straight in the database: `ready(kind="still", circled=True)`."""

    def ready(*, shot=shot, by=ana, **columns):
        return takes.ready(shot, by, **columns)

    return ready


# --- the provider -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _sandbox_child(tmp_path_factory, only_loopback):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAR_DIR", str(tmp_path_factory.mktemp("var")))
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            patch.delenv(name)
        begun = child.start(
            directory=Path(tmp_path_factory.mktemp("sandbox")), wait=0.0, workers=1, options=("--no-drawing",)
        )
    yield begun
    begun.stop()


@pytest.fixture
def runware(_sandbox_child):
    """The sandbox as the studio's provider: it finishes at once and serves tiny files.

    `runware.faults(...)` makes something go wrong; see `studio/integrations/sandbox/faults.py`.
    """
    running = Running(_sandbox_child.url, _sandbox_child.key)
    running.reset()
    providers.use_sandbox(_sandbox_child.url, _sandbox_child.key)
    yield running
    running.reset()


@pytest.fixture
def engine(runware):
    """Do what the engine's threads and its sweep would do, here and now.

    `engine.step()` looks at everything once, as if its time had come; `engine.run()` until
    nothing moves any more.
    """
    return Engine()


class Engine:
    def hurry(self):
        """Everything that waits for a moment in time: that moment has come."""
        now = timezone.now()
        open_now = Render.objects.filter(state__in=[*Render.OPEN, "expired"])
        open_now.update(due_at=now, check_at=now)
        Render.objects.filter(state="ready", review_wanted=True).update(check_at=now)
        ProviderHold.objects.update(until=now)

    def step(self):
        self.hurry()
        for batch in set(Render.objects.to_send().values_list("batch", flat=True)):
            lifecycle.submit(str(batch))
        self.hurry()
        lifecycle.ask()
        for code in list(Render.objects.to_save().values_list("code", flat=True)):
            archive.save(str(code))
        for code in list(Render.objects.to_copy().values_list("code", flat=True)):
            archive.copy_for_review(str(code))

    def until(self, true, *, seconds=20):
        """Look at everything until this is true."""
        limit = time.monotonic() + patient(seconds)
        while not true():
            assert time.monotonic() < limit, list(Render.objects.values_list("state", "note", "failure"))
            self.step()
            time.sleep(0.01)

    def run(self, *, seconds=20):
        """Until every take has ended; fails when one has not after so many seconds."""
        until = time.monotonic() + patient(seconds)
        moving = [state for state in Render.OPEN if state != "waiting"]
        while Render.objects.filter(state__in=moving).exists():
            assert time.monotonic() < until, list(Render.objects.values_list("state", "note", "failure"))
            self.step()
            time.sleep(0.01)
