"""The costs page of 34,000 takes over HTTP, where its time goes, how many queries it makes, and the export."""

from __future__ import annotations

import time
from itertools import islice
from statistics import median

import httpx
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from studio.oversight.cost_reports import chart, export_views, pages, period
from studio.oversight.cost_reports.costs import Costs
from studio.planning.projects.models import Project
from tests.bench import film, measured
from tests.bench.servers import Server
from tests.bench.table import Figure

VIEWS = 25
FEW, MANY = 10_000, 100_000  # rows exported


def figures(big: Project, other: Project) -> list[Figure]:
    cookies = {project: film.cookies(project, 1, role="producer")[0] for project in (big, other)}
    return [*_page(big, cookies[big]), _queries(cookies), *_export(big)]


def _page(project: Project, cookie: str) -> list[Figure]:
    page = f"/projects/{project.slug}/costs"
    addresses = {"floor": f"/floor/{project.pk}/costs", "4 weeks": page, "all days": f"{page}?range=all"}
    taken: dict[str, list[float]] = {name: [] for name in addresses}
    with (
        Server(
            "tests.bench.floor:application", DJANGO_SETTINGS_MODULE="tests.bench.floor_settings"
        ) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{server.port}", headers={"Cookie": cookie}) as browser,
    ):
        for _ in range(VIEWS):
            for name, address in addresses.items():
                began = time.perf_counter()
                answer = browser.get(address, timeout=60)
                taken[name].append(1000 * (time.perf_counter() - began))
                assert answer.status_code == 200, address
    floor = median(taken["floor"][1:])
    first, second = taken["4 weeks"][:2]
    note = f"first {first:.0f} ms, second {second:.0f} ms; in it: "
    return [
        Figure(
            f"costs page of 34,000 takes, {name}",
            median(taken[name][1:]),
            floor=floor,
            note=f"{note if name == '4 weeks' else ''}{_parts(project, key)}",
        )
        for name, key in (("4 weeks", "4w"), ("all days", "all"))
    ]


def _parts(project: Project, key: str) -> str:
    """Where the page's time goes, each part's median in ms, in the order of the page."""
    asked = period.read({"range": key}, sandbox=False)
    ways = {
        "days": lambda costs: costs.rows,
        "approved": lambda costs: costs.kept,
        "judged": lambda costs: costs.judged,
        "waiting": lambda costs: costs.waiting,
        "finishing": lambda costs: costs.finishing,
        "waste": lambda costs: costs.waste,
        "shots": lambda costs: costs.lines("shot"),
        "chart": lambda costs: chart.draw(costs.rows, first=asked.first, last=asked.last, width=pages.WIDE),
        "newest": lambda costs: list(pages.latest(project, asked)[: pages.LATEST]),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(7):
        costs = Costs(project, asked)
        for name, way in ways.items():
            began = time.perf_counter()
            way(costs)
            taken[name].append(1000 * (time.perf_counter() - began))
    return ", ".join(f"{name} {median(each):.0f}" for name, each in taken.items())


def _queries(cookies: dict[Project, str]) -> Figure:
    """With nothing cached; as many for a third of the takes, for 4 weeks and for all days."""
    counted = set()
    for project, cookie in cookies.items():
        browser = Client(SERVER_NAME="localhost")
        browser.cookies[settings.SESSION_COOKIE_NAME] = cookie.partition("=")[2]
        for query in ("", "?range=all"):
            cache.clear()
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(f"/projects/{project.slug}/costs{query}").status_code == 200
            counted.add(len(seen))
    assert len(counted) == 1, f"the number of queries follows the data: {counted}"
    return Figure("costs page: queries, session and user among them", counted.pop(), "")


def _export(project: Project) -> list[Figure]:
    few, imported = measured.peak_mb("tests.bench.costs_page", "export", project.slug, str(FEW))
    many, _ = measured.peak_mb("tests.bench.costs_page", "export", project.slug, str(MANY))
    began = time.perf_counter()
    export(project.slug, str(MANY))
    rate = MANY / (time.perf_counter() - began)
    note = f"floor: {FEW:,} rows; beyond {imported:.0f} MB imported"
    return [
        Figure(f"export of {MANY:,} rows: memory", many, "MB", few, ("<=", 1.25), note),
        Figure(f"export of {MANY:,} rows", rate, "rows/s"),
    ]


def export(slug: str, rows: str) -> None:
    """So many rows of a project as CSV, as they are streamed."""
    project = Project.objects.get(slug=slug)
    asked = period.read({"range": "all"}, sandbox=False)
    found = export_views.lines(pages.entries(project, asked))
    parts = 1 + int(rows) // export_views.AT_ONCE
    assert sum(part.count("\n") for part in islice(found, parts)) == int(rows) + 1
