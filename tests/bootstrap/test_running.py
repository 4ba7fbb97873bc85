"""A backup made while takes land, restored elsewhere, with a provider that is a process of its own.

One story, told once: each test looks at a part of how it ended.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import uuid
from decimal import Decimal
from types import SimpleNamespace

import httpx
import psycopg
import pytest

from studio.integrations.sandbox import child
from tests import lent
from tests.bootstrap.conftest import contents, media, rows
from tests.bootstrap.turnstile import Turnstile
from tests.generation.renders.served import ROOT, Studio, uuid_of
from tests.integrations.sandbox.running import Running, eventually

PRICE = "0.080000000"
LATER = 40  # takes that land one after the other while the backup is made


class Beside(Studio):
    """A studio with a key, whose provider runs without it."""

    def __init__(self, folder, turnstile, key, *, database=""):
        folder.mkdir()
        super().__init__(folder)
        self.environment |= {"RUNWARE_URL": turnstile.url, "RUNWARE_API_KEY": key, "IN_FLIGHT_LIMIT": "100"}
        self.environment.pop("DATABASE_URL", None)
        if database:
            self.environment["DATABASE_URL"] = database
        self.base = f"http://127.0.0.1:{self.port}"

    def start(self):
        lent.lend(self.folder)
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.bootstrap.beside", "serve"],
                cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.wait_for(self._answers, within=60)

    def _answers(self):
        try:
            return (
                httpx.get(f"{self.base}/signin", trust_env=False, verify=False, timeout=5).status_code == 200
            )
        except httpx.HTTPError:
            return False

    def manage(self, *words, fails=False):
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stderr if fails else done.stdout

    def told(self, code):
        """What a line of Python prints as JSON, in a process of its own."""
        return json.loads(
            self.manage("shell", "-v", "0", "-c", f"import json; print(json.dumps({code}, default=str))")
        )

    def looks(self):
        path = self.folder / "looks"
        return path.stat().st_size if path.exists() else 0


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    folder = tmp_path_factory.mktemp("provider")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAR_DIR", str(folder))
        begun = child.start(directory=folder, wait=0.0, workers=1, options=("--no-drawing",))
    turnstile = Turnstile(int(begun.url.rpartition(":")[2].partition("/")[0]))
    yield SimpleNamespace(sandbox=Running(begun.url, begun.key), key=begun.key, turnstile=turnstile)
    turnstile.close()
    begun.stop()


@pytest.fixture(scope="module")
def database():
    """Where the restored studio keeps its rows: an empty PostgreSQL where there is one, else its own SQLite."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        yield ""
        return
    name = f"restored_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as postgres:
        postgres.execute(f"CREATE DATABASE {name}")
        yield f"{server.rpartition('/')[0]}/{name}"
        postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def story(tmp_path_factory, provider, database):
    folder = tmp_path_factory.mktemp("story")
    seen = SimpleNamespace(backup=folder / "b.tar", provider=provider)
    one = Beside(folder / "one", provider.turnstile, provider.key)
    two = Beside(folder / "two", provider.turnstile, provider.key, database=database)
    try:
        _run_and_back_up(seen, one)
        _restore(seen, two)
        _stand_still(seen, two)
        _go_on(seen, two)
        yield seen
    finally:
        one.stop()
        two.stop()


def _run_and_back_up(seen, one):
    """Takes land all the while; then the machine is gone."""
    sandbox = seen.provider.sandbox
    for name in ("later", "in flight"):
        sandbox.faults("never_ends", match=f"prompt:{name}")
    one.start()
    seen.codes = one.order(
        {**{f"later {n}": 0 for n in range(LATER)}, "in flight": 0, "held back": 3600, "ready": 0}
    )
    wanted = {"ready": "ready", "in flight": "rendering", "held back": "queued"}
    one.wait_for(lambda: {name: one.states()[seen.codes[name]] for name in wanted} == wanted)
    one.wait_for(lambda: one.states()[seen.codes[f"later {LATER - 1}"]] == "rendering")

    making = subprocess.Popen(
        [sys.executable, "manage.py", "backup", str(seen.backup)],
        cwd=ROOT, env=one.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    landing = threading.Thread(target=_land, args=(seen, one, making))
    landing.start()
    seen.said, errors = making.communicate()
    landing.join()
    assert making.returncode == 0, errors
    one.wait_for(lambda: all(one.states()[seen.codes[name]] == "ready" for name in seen.landed))
    seen.after, seen.files = one.states(), media(one.folder)
    os.killpg(one.process.pid, signal.SIGKILL)
    one.process.wait()
    seen.key = (one.folder / "secret_key").read_text()


def _land(seen, one, making):
    """One take after the other, as long as the backup is being made."""
    seen.landed = []
    for number in range(LATER):
        if making.poll() is not None:
            return
        code = seen.codes[f"later {number}"]
        seen.provider.sandbox.finish({"taskUUID": uuid_of(code)})
        seen.landed.append(f"later {number}")
        one.wait_for(lambda code=code: one.states()[code] == "ready")


def _restore(seen, two):
    seen.restored = two.manage("restore", str(seen.backup))
    two.manage("backup", str(seen.backup.with_name("c.tar")))
    seen.files_two = media(two.folder)
    seen.key_two = (two.folder / "secret_key").read_text()


def _stand_still(seen, two):
    before = seen.provider.turnstile.came
    seen.refused = two.manage("render", "--project", "x", "--prompt", "y", fails=True)
    two.start()
    two.wait_for(lambda: two.looks() > 10)
    seen.came_meanwhile = seen.provider.turnstile.came - before
    seen.states_meanwhile = _states(two)


def _go_on(seen, two):
    """The owner signs in, reads the page and presses the button."""
    link = two.manage("signin-link", "owner@rushes.local").strip()
    with httpx.Client(trust_env=False, verify=False, follow_redirects=True, base_url=two.base) as browser:
        browser.post(link, data={"csrfmiddlewaretoken": _token(browser.get(link))})
        seen.page = browser.get("/projects/")
        address = re.search(r'action="(/studio/go-on)"', seen.page.text)
        seen.pressed = browser.post(address[1], data={"csrfmiddlewaretoken": _token(seen.page)})
    seen.provider.sandbox.finish({"taskUUID": uuid_of(seen.codes["in flight"])})
    for number in range(LATER):
        seen.provider.sandbox.finish({"taskUUID": uuid_of(seen.codes[f"later {number}"])})
    waiting = seen.codes["held back"]
    eventually(
        lambda: all(state == "ready" for code, state in _states(two).items() if code != waiting), within=60
    )
    seen.states_after = _states(two)
    seen.ledger = two.told(
        "[[e.render_code.hex, e.kind, e.amount] for e in"
        " __import__('studio.planning.ledger.models', fromlist=['Balance']).LedgerEntry.objects.order_by('pk')]"
    )
    seen.balances = two.told(
        "[[b.spent, b.held] for b in __import__('studio.planning.ledger.models', fromlist=['Balance']).Balance.objects.all()]"
    )


def _token(page):
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]


def _states(studio):
    return dict(
        studio.told(
            "[[r.code.hex, r.state] for r in"
            " __import__('studio.generation.renders.models', fromlist=['Render']).Render.objects.all()]"
        )
    )


# --- the backup ---------------------------------------------------------------------------


def test_takes_landed_while_it_was_made(story):
    then = {row["code"].replace("-", ""): row["state"] for row in rows(story.backup)["renders_render"]}
    assert len(then) == LATER + 3
    assert story.landed, "nothing came meanwhile"
    assert then[story.codes["in flight"]] == "rendering" and then[story.codes["held back"]] == "queued"
    assert "read back and equal" in story.said
    assert list(then.values()).count("ready") < list(story.after.values()).count("ready")


def test_it_is_one_moment(story):
    """Every sum is that of its rows, every history is without a gap, every ready take has its files."""
    found, inside = rows(story.backup), contents(story.backup)
    for balance in found["costs_balance"]:
        of = [row for row in found["costs_ledgerentry"] if row["project_id"] == balance["project_id"]]
        amounts = {
            kind: sum(Decimal(row["amount"]) for row in of if row["kind"] == kind)
            for kind in ("hold", "release", "charge")
        }
        assert Decimal(balance["spent"]) == amounts["charge"]
        assert Decimal(balance["held"]) == amounts["hold"] - amounts["release"]
    for project in found["projects_project"]:
        numbers = sorted(row["seq"] for row in found["live_event"] if row["project_id"] == project["id"])
        assert numbers == list(range(1, project["last_event"] + 1))
    for take in found["renders_render"]:
        assert bool(take["file"]) == (take["state"] == "ready")
        assert not take["file"] or f"media/{take['file']}" in inside
    assert not json.loads(inside["manifest.json"])["missing"]


# --- the other place ----------------------------------------------------------------------


def test_every_row_is_equal(story):
    before, after = rows(story.backup), rows(story.backup.with_name("c.tar"))
    assert len(after.pop("jobs_enginepause")) == 1 and before.pop("jobs_enginepause") == []
    assert {table: len(each) for table, each in after.items()} == {
        table: len(each) for table, each in before.items()
    }
    for table in before:
        assert [_plain(row) for row in after[table]] == [_plain(row) for row in before[table]], table


def _plain(row):
    """PostgreSQL writes the same JSON with other spaces."""
    return {
        name: json.loads(value) if isinstance(value, str) and value[:1] in ("[", "{") else value
        for name, value in row.items()
    }


def test_every_file_is_equal(story):
    named = {
        name.partition("/")[2]: content
        for name, content in contents(story.backup).items()
        if name.startswith("media/")
    }
    assert story.files_two == named
    assert {name: story.files[name] for name in named} == named, "and as the first studio had them"
    assert len(named) >= 2


def test_it_has_the_key(story):
    assert story.key_two == story.key


# --- it stands still ----------------------------------------------------------------------


def test_nothing_comes_to_the_provider_from_a_studio_that_stands_still(story):
    assert story.came_meanwhile == 0
    then = {row["code"].replace("-", ""): row["state"] for row in rows(story.backup)["renders_render"]}
    assert story.states_meanwhile == then
    assert "Nothing is sent until its owner confirms" in story.refused


def test_its_owner_reads_why_and_lets_it_go_on(story):
    assert story.page.status_code == 200 and "This studio was restored from a backup of" in story.page.text
    assert "Content-Security-Policy" in story.page.headers
    assert story.pressed.status_code == 200 and "goes on with what was on its way" in story.pressed.text
    assert "restored from a backup" not in story.pressed.text


def test_a_take_in_flight_becomes_ready_and_is_paid_once(story):
    for name in ("in flight", *[f"later {number}" for number in range(LATER)]):
        code = story.codes[name]
        assert story.states_after[code] == "ready"
        of = [(kind, amount) for render, kind, amount in story.ledger if render == code]
        assert of == [("hold", PRICE), ("charge", PRICE), ("release", PRICE)], name
        book = story.provider.sandbox.book({"taskUUID": uuid_of(code)})
        assert (str(book["billed"]), book["posts"], len(book["results"])) == ("0.08", 1, 1)
    assert story.states_after[story.codes["held back"]] == "queued"
    (balance,) = [[Decimal(amount) for amount in each] for each in story.balances if Decimal(each[0])]
    assert balance == [(LATER + 2) * Decimal(PRICE), Decimal(PRICE)]
