"""The library over 10,000 takes: each page beside the least that a database can be asked for it, and in a browser."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from studio.core import sql
from studio.generation.renders.models import Render
from studio.planning.projects.models import Project
from studio.review.library import facets, found, search
from tests.bench import film, measured, postgres
from tests.bench.table import Figure

SHOTS, TAKES, ROUNDS = 200, 10_000, 9
# a page of takes and their shots, as little of them as the tiles show
_FLOOR = (
    "SELECT r.id, r.code, r.revision, r.state, r.poster, r.sha256, s.code, s.title FROM renders_render r"
    " JOIN projects_shot s ON s.id = r.shot_id WHERE r.project_id = %s AND r.trashed_at IS NULL"
    " AND s.trashed_at IS NULL{more} ORDER BY r.id DESC LIMIT 61"
)
_COUNT = (
    "SELECT r.state, COUNT(*) FROM renders_render r JOIN projects_shot s ON s.id = r.shot_id"
    " WHERE r.project_id = %s AND r.trashed_at IS NULL AND s.trashed_at IS NULL{more} GROUP BY r.state"
)


def run() -> list[Figure]:
    return [*figures("SQLite"), *_in_a_browser(), *postgres.figures("tests.bench.library")]


def figures(database: str) -> list[Figure]:
    """The pages on this database."""
    project, cookie = _filled(f"library-{database.lower()}")
    last = Render.objects.filter(project=project).order_by("pk")[30].pk
    middle = Render.objects.filter(project=project).order_by("pk")[TAKES // 2].pk
    pages: dict[str, tuple[dict, str, list]] = {
        "first page": ({}, "", []),
        "next page": ({"before": str(middle)}, " AND r.id < %s", [middle]),
        "last page": ({"before": str(last)}, " AND r.id < %s", [last]),
        "two words": (
            {"q": "gulls 1042"},
            " AND r.prompt LIKE %s AND r.prompt LIKE %s",
            ["%gulls%", "%1042%"],
        ),
        "facets": (
            {"state": "failed", "aspect": "9:16"},
            " AND r.state = %s AND r.aspect = %s",
            ["failed", "9:16"],
        ),
    }
    browser = Client(SERVER_NAME="localhost")
    browser.cookies[settings.SESSION_COOKIE_NAME] = cookie.partition("=")[2]
    address = f"/projects/{project.slug}/library"
    made = []
    for name, (asked, more, values) in pages.items():
        query = QueryDict(mutable=True)
        query.update(asked)

        def ask(query=query):
            read = search.read(query, money=True)
            takes = found.matching(found.library(project), read)
            found.page(takes, sort="newest", before=query.get("before", ""))

        taken = measured.times(
            ROUNDS,
            clock=time.perf_counter,
            floor=_floor(_FLOOR, project, more, values),
            ours=ask,
            page=lambda asked=asked: _get(browser, address, asked),
        )
        made.append(
            Figure(f"library of {TAKES:,} on {database}, {name}: takes", taken["ours"], floor=taken["floor"])
        )
        made.append(
            Figure(
                "   the whole page", taken["page"], goal=("<=", 400), note=_queries(browser, address, asked)
            )
        )
    for name, asked in {"all": "", "with two words": "q=gulls+1042"}.items():
        read = search.read(QueryDict(asked), money=True)
        more, values = pages["two words"][1:] if asked else ("", [])
        taken = measured.times(
            ROUNDS,
            clock=time.perf_counter,
            floor=_floor(_COUNT, project, more, values),
            ours=lambda read=read: facets.beside(project, read, money=True),
        )
        made.append(
            Figure(
                f"numbers of twelve facets on {database}, {name}",
                taken["ours"],
                floor=taken["floor"],
                note="floor: one facet",
            )
        )
    return made


def _floor(statement: str, project: Project, more: str, values: list) -> Callable[[], object]:
    return lambda: sql.rows(statement.format(more=more), [project.pk, *values])


def _get(browser: Client, address: str, asked: dict) -> None:
    assert browser.get(address, asked).status_code == 200


def _queries(browser: Client, address: str, asked: dict) -> str:
    with CaptureQueriesContext(connection) as seen:
        _get(browser, address, asked)
    return f"{len(seen)} queries"


def _filled(name: str) -> tuple[Project, str]:
    """A project with takes of all kinds, whose words differ."""
    project = film.project(name, shots=SHOTS)
    film.takes(project, TAKES, state="ready")
    dice, takes = random.Random(6), list(Render.objects.filter(project=project).only("pk", "prompt"))
    for number, take in enumerate(takes):
        take.state = dice.choices(["ready", "failed", "rendering"], [12, 3, 1])[0]
        take.model = dice.choice(["gen-4.5", "gen-4-turbo"])
        take.aspect = dice.choice(["16:9", "9:16", "1:1"])
        take.verdict = dice.choice(["approved", "retake", "rejected", ""]) if take.state == "ready" else ""
        take.seed = dice.randrange(4000)
        take.words = f"{take.prompt} Version {number}, gulls far off over the harbour."
    Render.objects.bulk_update(
        takes, ["state", "model", "aspect", "verdict", "seed", "words"], batch_size=500
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    (cookie,) = film.cookies(project, 1)
    return project, cookie


# --- in a browser -------------------------------------------------------------------------------

_TAKES_IN_STUDIO = """
import uuid
from tests import numbered
from studio.people.accounts.models import User
from studio.planning.projects import actions
from studio.generation.renders.models import Render
by = User.objects.first()
project = actions.create_project(name="Scrolled", by=by)
shot = actions.create_shot(project, by=by, title="Kite", prompt="A kite")
first = numbered.take_of(shot, frames=8)
rows = []
for number in range(2, 1203):
    code = uuid.uuid4()
    values = {f.attname: getattr(first, f.attname) for f in Render._meta.concrete_fields if f.name != "id"}
    rows.append(Render(**{**values, "code": code, "task_code": code, "number": number, "result_uuid": str(code)}))
Render.objects.bulk_create(rows, batch_size=200)
print(project.slug)
"""

_SCROLL = """
async (goal) => {
  const times = [];
  let before = performance.now();
  const tiles = () => document.querySelectorAll(".takebox").length;
  const begun = before;
  while (tiles() < goal && before - begun < 60000) {
    window.scrollBy(0, 160);
    const now = await new Promise(requestAnimationFrame);
    times.push(now - before);
    before = now;
  }
  times.sort((a, b) => a - b);
  return { tiles: tiles(), half: times[times.length >> 1], most: times[Math.floor(times.length * 0.99)] };
}
"""


def _in_a_browser() -> list[Figure]:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGS, DESK, Studio, chromium_path, sign_in

    # the browser's driver runs an event loop in this thread, where no database may be asked
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        studio = Studio(folder, LOG_LEVEL="INFO").start()
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGS)
        try:
            page = browser.new_context(viewport=DESK, base_url=studio.base).new_page()
            sign_in(page, studio.link)
            page.goto(f"/projects/{studio.shell(_TAKES_IN_STUDIO).strip()}/library")
            told = page.evaluate(_SCROLL, 1000)
        finally:
            browser.close()
            studio.stop()
    note = f"{told['tiles']} tiles, without a graphics card"
    return [
        Figure("a frame while scrolling 1,000 tiles down", told["half"], goal=("<=", 34), note=note),
        Figure("   the slowest of a hundred", told["most"]),
    ]
