"""A real studio in a process of its own, and a real browser that watches for every complaint."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests import lent
from tests.browser.beside import Beside
from tests.browser.both import ChromiumPage
from tests.browser.firefox import Firefox
from tests.patience import patient

ROOT = Path(__file__).resolve().parents[2]
# The browser's own surroundings: two pages of its address bar for every window, a process in reserve for every
# page. They took as much time as our pages did. The last list of such names counts, so Playwright's is repeated.
SURROUNDINGS = [
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "PreloadTopChromeWebUI",
    "SpareRendererForSitePerProcess",
]
PLAYWRIGHTS = [
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
]
ARGS = [
    "--disable-features=" + ",".join([*PLAYWRIGHTS, *SURROUNDINGS]),
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
expect.set_options(timeout=patient(15) * 1000)
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Studio:
    """`make run`, but for the Makefile: one process group on a port of its own."""

    def __init__(self, folder, **more):
        self.folder = Path(folder)
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = self.folder / "server.log"
        inherited = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "RUNWARE_API_KEY")}
        self.env = {
            **inherited,
            "VAR_DIR": str(self.folder),
            "PORT": str(self.port),
            "ENGINE": "true",
            "UNDO_SECONDS": "2",
            "SANDBOX_WAIT_SECONDS": "0.5",
            **more,
            "DJANGO_SETTINGS_MODULE": "studio.settings",
        }
        self._beside = None

    def start(self):
        lent.lend(self.folder)
        with self.log.open("ab") as log:
            command = [sys.executable, "manage.py", "serve"]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        self.wait_for("Sandbox at", seconds=60)
        lent.keep(self.folder)
        found = re.search(r"http://\S+/signin/\S+", self.log.read_text())
        self.link = found and found.group(0)
        return self

    def wait_for(self, words, *, seconds):
        until = time.monotonic() + patient(seconds)
        while words not in (self.log.read_text() if self.log.exists() else ""):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.1)

    def stop(self):
        if self._beside:
            self._beside.stop()
            self._beside = None
        with suppress(ProcessLookupError):  # it is gone: what failed before is the news
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(patient(15))
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)

    def kill(self):
        """End it at once, whatever it was doing; it can be started again."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.unlink()

    def manage(self, *words):
        """Run a management command in a process of its own; returns what it printed."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def beside(self, *words):
        """The same in a process that stays, which is twenty times as fast."""
        if not self._beside:
            with (self.folder / "beside.log").open("ab") as log:
                self._beside = Beside(cwd=ROOT, env=self.env, stderr=log)
        return self._beside.manage(*words)

    def shell(self, code):
        return self.beside("shell", "-v", "0", "-c", code)

    def link_for(self, email):
        return self.beside("signin-link", email).strip()


@pytest.fixture(scope="session")
def studio(tmp_path_factory):
    studio = Studio(tmp_path_factory.mktemp("studio")).start()
    yield studio
    studio.stop()


def chromium_path():
    names = [
        os.environ.get("CHROMIUM", ""),
        "chromium-headless-shell",  # the same engine without what draws windows: two thirds of the work
        "chromium",
        "chromium-browser",
        "google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ]
    return next(path for name in names if name and (path := shutil.which(name)))


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGS)
        yield browser
        browser.close()


def sign_in(page, link):
    """Open a sign-in link and press its button."""
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Projects").wait_for()


@pytest.fixture(scope="session")
def signed_in(studio, chromium):
    """The owner's cookies: the one link of the first run, used once.

    Nothing else is kept: what a page has stored would be put back by a page opened before each page.
    """
    context = chromium.new_context()
    page = context.new_page()
    sign_in(page, studio.link)
    cookies = context.cookies()
    context.close()
    return {"cookies": cookies, "origins": []}


def listen(page, complaints):
    """Write down whatever the browser says is wrong."""

    def console(message):
        if message.type not in ("error", "warning") or hasattr(page, "measured"):
            return  # once axe has measured the page, it is axe's own styles that the CSP refuses
        if not {"409", "422", "429"} & set(
            re.findall(r"\d{3}", message.text)
        ):  # refused on purpose: browsers say so
            complaints.append(f"{message.text} at {message.location}")

    page.on("console", console)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", lambda r: complaints.append(f"{r.status} {r.url}") if r.status >= 500 else None)


@pytest.fixture
def open_page(chromium, studio, signed_in):
    """Open a page as somebody; at the end nothing may have been said on the console."""
    contexts, complaints = [], []

    def open_page(path="/projects/", *, size=DESK, state=signed_in, **options):
        context = chromium.new_context(viewport=size, storage_state=state, base_url=studio.base, **options)
        contexts.append(context)
        context.set_default_timeout(patient(30) * 1000)
        page = context.new_page()
        page.complaints = complaints
        listen(page, complaints)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.cookies()  # what was said until now is here with the answer
    said = list(complaints)  # a page that is closed may complain of its open line
    for context in contexts:
        context.close()
    assert not said, said


@pytest.fixture(scope="session")
def firefox(tmp_path_factory):
    """One Firefox for all tests of a worker; none of them may have called anybody outside."""
    firefox = Firefox(tmp_path_factory.mktemp("firefox"))
    yield firefox
    firefox.stop()
    assert not firefox.outside.asked, firefox.outside.asked


@pytest.fixture(params=["chromium", "firefox"])
def browser_page(request):
    """Open a page as the owner, in each of the browsers: `browser_page("/projects/…")`."""
    opened = request.getfixturevalue(f"open_in_{request.param}")
    return opened


@pytest.fixture
def open_in_chromium(open_page):
    def open_in_chromium(path="/projects/", *, size=DESK):
        page = open_page(path, size=size)
        return ChromiumPage(page, page.complaints)

    return open_in_chromium


@pytest.fixture
def open_in_firefox(firefox, studio, signed_in):
    person, pages, complaints = firefox.new_person(), [], []

    def open_in_firefox(path="/projects/", *, size=DESK):
        page = firefox.new_page(person, base=studio.base, size=size, complaints=complaints)
        pages.append(page)
        page.set_cookies(signed_in["cookies"], person)
        page.goto(path)
        return page

    yield open_in_firefox
    for page in pages:
        page.close()
    firefox.forget(person)
    assert not complaints, complaints


@pytest.fixture
def new_shot(studio):
    """A shot in a project of its own; returns its path."""

    def new_shot(name, **fields):
        code = (
            "from studio.planning.projects import actions; from studio.people.accounts.models import User;"
            "by = User.objects.first();"
            f"p = actions.create_project(name={name!r}, by=by);"
            f"s = actions.create_shot(p, by=by, **{fields!r});"
            "print(s.get_absolute_url())"
        )
        return studio.shell(code).strip()

    return new_shot


NUMBERED = """
from tests import numbered
from studio.people.accounts.models import User
from studio.planning.projects import actions
by = User.objects.first()
project = actions.create_project(name={name!r}, by=by)
for number, takes in enumerate({shots!r}, start=1):
    shot = actions.create_shot(project, by=by, title=f"Shot {{number}}", prompt="A clip of numbers, slow push in")
    for take in range(takes):
        numbered.take_of(shot, frames={frames}, first=take * 128, **{more!r})
print(project.slug)
"""


@pytest.fixture
def numbered_film(studio):
    """A project whose shots have so many takes each, every frame of which carries its number.

    The numbers of the n-th take of a shot begin at 128 (n - 1). Returns the project's slug.
    """

    def numbered_film(name, shots, *, frames=48, **more):
        return studio.shell(NUMBERED.format(name=name, shots=list(shots), frames=frames, more=more)).strip()

    return numbered_film


@pytest.fixture
def member(studio, open_page):
    """Open a page as somebody else: `member(slug, "Rae", "reviewer", path)`."""

    def member(slug, name, role, path, **options):
        email = f"{name.lower()}@{slug}.example"
        studio.shell(
            "from studio.people.accounts.models import User; from studio.planning.projects.models import Membership, Project;"
            f"user = User.objects.filter(email={email!r}).first() or"
            f" User.objects.create_user({email!r}, 'tidal observatory 9', name={name!r});"
            f"project = Project.objects.get(slug={slug!r});"
            f"Membership.objects.get_or_create(project=project, user=user, defaults=dict(role={role!r}))"
        )
        page = open_page("/signin", state=None, **options)
        sign_in(page, studio.link_for(email))
        page.goto(path)
        return page

    return member
