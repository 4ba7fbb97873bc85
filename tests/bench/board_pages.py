"""The board over 1,000 shots and 10,000 takes: each page beside the least that a database can be asked for it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from studio.core import sql
from studio.generation.board import board
from studio.generation.renders import shot_status
from studio.generation.renders.models import Render
from studio.planning.projects.models import Project, Shot
from tests.bench import film, measured
from tests.bench.table import Figure

SHOTS, TAKES, ROUNDS = 1_000, 10_000, 9
# 51 shots behind a key, and the takes shown of them, as little as a tile needs
_SHOTS = (
    "SELECT id, code, title, prompt FROM projects_shot WHERE project_id = %s AND trashed_at IS NULL"
    " AND (position, id) > (%s, %s) ORDER BY position, id LIMIT 51"
)
_APPROVED = (
    "SELECT s.id, s.code, s.title, s.prompt FROM projects_shot s JOIN renders_render r ON r.shot_id = s.id"
    " AND r.circled AND r.trashed_at IS NULL WHERE s.project_id = %s AND s.trashed_at IS NULL"
    " AND (s.position, s.id) > (%s, %s) AND r.verdict = 'approved' ORDER BY s.position, s.id LIMIT 51"
)
_TAKES = (
    "SELECT shot_id, code, revision FROM (SELECT shot_id, code, revision, ROW_NUMBER() OVER"
    " (PARTITION BY shot_id ORDER BY id DESC) AS place FROM renders_render WHERE shot_id IN ({marks})"
    " AND state <> 'cancelled' AND trashed_at IS NULL) AS each_take WHERE place <= 5"
)
_COUNT = (
    "SELECT state, COUNT(DISTINCT shot_id) FROM renders_render WHERE project_id = %s AND trashed_at IS NULL"
    " GROUP BY state"
)


def figures(database: str) -> list[Figure]:
    """The pages on this database."""
    project, cookie = _filled(f"pages-{database.lower()}")
    shots = list(Shot.objects.filter(project=project).in_order())
    middle, last = (f"{shot.position}-{shot.pk}" for shot in (shots[SHOTS // 2], shots[-51]))
    pages: dict[str, tuple[str, dict[str, str]]] = {
        "first page": (_SHOTS, {}),
        "next page": (_SHOTS, {"after": middle}),
        "last page": (_SHOTS, {"after": last}),
        "approved alone": (_APPROVED, {"status": "approved"}),
    }
    browser = Client(SERVER_NAME="localhost")
    browser.cookies[settings.SESSION_COOKIE_NAME] = cookie.partition("=")[2]
    made = []
    for name, (statement, asked) in pages.items():
        key = board.key_of(asked.get("after", ""))
        taken = measured.times(
            ROUNDS,
            clock=time.perf_counter,
            floor=_floor(statement, project, key),
            ours=lambda asked=asked, key=key: board.page(project, status=asked.get("status", ""), after=key),
            page=lambda asked=asked: _get(browser, project, asked),
        )
        title = f"board of {TAKES:,} on {database}, {name}: rows"
        made.append(Figure(title, taken["ours"], floor=taken["floor"]))
        note = _queries(browser, project, asked)
        made.append(Figure("   the whole page, drawn anew", taken["page"], goal=("<=", 400), note=note))
    taken = measured.times(
        ROUNDS,
        clock=time.perf_counter,
        floor=lambda: sql.rows(_COUNT, [project.pk]),
        ours=lambda: shot_status.counts(project),
    )
    title = f"how many shots have which status, {database}"
    return [*made, Figure(title, taken["ours"], floor=taken["floor"], note="floor: takes by state")]


def _floor(statement: str, project: Project, key: tuple[int, int] | None) -> Callable[[], object]:
    def ask() -> object:
        found = sql.rows(statement, [project.pk, *(key or (-1, -1))])
        keys = [row[0] for row in found]
        return sql.rows(_TAKES.format(marks=sql.marks(keys)), keys)

    return ask


def _get(browser: Client, project: Project, asked: dict[str, str]) -> None:
    """A page of which nothing is kept but its cards: something has just happened."""
    caches["pages"].clear()
    Project.objects.filter(pk=project.pk).update(last_event=F("last_event") + 1)
    assert browser.get(f"/projects/{project.slug}/", asked).status_code == 200


def _queries(browser: Client, project: Project, asked: dict[str, str]) -> str:
    with CaptureQueriesContext(connection) as seen:
        _get(browser, project, asked)
    return f"{len(seen) - 1} queries"  # one is ours


def _filled(name: str) -> tuple[Project, str]:
    """A project whose shots have ten takes each, one of them circled, with verdicts of every kind."""
    project = film.project(name, shots=SHOTS)
    film.takes(project, TAKES, state="ready")
    dice = random.Random(6)
    takes: list[Any] = list(Render.objects.filter(project=project).only("pk", "shot_id", "number"))
    for take in takes:
        take.circled = take.number == 3
        take.verdict = dice.choice(["approved", "retake", "rejected", ""])
    Render.objects.bulk_update(takes, ["circled", "verdict"], batch_size=500)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    (cookie,) = film.cookies(project, 1)
    return project, cookie
