"""The board over HTTP: 200 takes of 10,000 on 50 shots, signed in, its cards warm."""

from __future__ import annotations

import gzip
from statistics import median
from time import perf_counter

import httpx
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from studio.people.accounts.models import User
from studio.planning.projects.models import Project
from tests.bench import board_pages, film, postgres
from tests.bench.servers import Server
from tests.bench.table import Figure

SHOTS, TAKES, ROUNDS = 40, 10_000, 60  # five takes of a shot are shown: 200


def run() -> list[Figure]:
    return [*_warm(), *board_pages.figures("SQLite"), *postgres.figures("tests.bench.board_pages")]


def _warm() -> list[Figure]:
    project = film.project("board", shots=SHOTS)
    film.takes(project, TAKES, state="ready")
    (cookie,) = film.cookies(project, 1)
    taken: dict[str, list[float]] = {"floor": [], "ours": [], "changed": []}
    cpu = dict.fromkeys(taken, 0.0)
    with (
        Server(
            "tests.bench.floor:application", DJANGO_SETTINGS_MODULE="tests.bench.floor_settings"
        ) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{server.port}", headers={"Cookie": cookie}) as browser,
    ):
        ours = f"/projects/{project.slug}/"
        addresses = {"floor": f"/floor/{project.pk}", "changed": ours, "ours": ours}
        for number in range(ROUNDS + 5):
            for name, address in addresses.items():
                if name == "changed":  # something happened since the page was last asked for
                    Project.objects.filter(pk=project.pk).update(last_event=F("last_event") + 1)
                before, began = server.cpu(), perf_counter()
                answer = browser.get(address)
                if number >= 5:
                    taken[name].append(1000 * (perf_counter() - began))
                    cpu[name] += server.cpu() - before
                assert answer.status_code == 200
        page = answer.content
        sent = int(answer.headers.get("content-length", len(page)))
    floor, ours, changed = (median(taken[name]) for name in ("floor", "ours", "changed"))
    shown = page.count(b'class="take"')
    encoding = answer.headers.get("content-encoding", "as it is")
    packed = len(gzip.compress(page, 6))
    return [
        Figure(f"board of {SHOTS} shots, {shown} takes of {TAKES:,}", ours, floor=floor, goal=("<=", 2)),
        Figure("the same just after a change", changed, floor=floor),
        Figure("board: processor time", 1000 * cpu["ours"] / ROUNDS, floor=1000 * cpu["floor"] / ROUNDS),
        Figure("board: queries beyond session and user", _queries(project, cookie) - 2, "", None, ("<=", 6)),
        Figure(
            "board: gzipped", packed / 1000, "KB", None, ("<=", 25), f"sent {encoding}: {sent / 1000:.0f} KB"
        ),
    ]


def _queries(project, cookie: str) -> int:
    browser = Client(SERVER_NAME="localhost")
    browser.cookies[settings.SESSION_COOKIE_NAME] = cookie.partition("=")[2]
    assert User.objects.filter(memberships__project=project).exists()
    browser.get(f"/projects/{project.slug}/")
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(f"/projects/{project.slug}/").status_code == 200
    return len(seen)
