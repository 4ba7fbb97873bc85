"""The shot list as a person sees it, in a real browser: from the press to the page that shows what it did."""

from __future__ import annotations

import os
import tempfile
import time

from playwright.sync_api import Page, expect, sync_playwright

from tests.bench.table import Figure
from tests.browser.conftest import ARGS, DESK, Studio, chromium_path, sign_in

SHOTS, ROWS, GOAL = 2000, 5000, ("<=", 2000)


def run() -> list[Figure]:
    # the browser's driver runs an event loop in this thread, where no database may be asked
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=60_000)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        studio = Studio(folder, LOG_LEVEL="INFO").start()
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGS)
        try:
            context = browser.new_context(viewport=DESK, base_url=studio.base)
            page = context.new_page()
            sign_in(page, studio.link)
            return [*_in_two_thousand(studio, page), *_import(studio, page)]
        finally:
            browser.close()
            studio.stop()


def _project(studio: Studio, name: str, shots: int) -> str:
    return studio.shell(
        "from studio.planning.projects import actions; from studio.planning.projects.models import Shot;"
        "from studio.people.accounts.models import User; by = User.objects.first();"
        f"p = actions.create_project(name={name!r}, by=by);"
        f"Shot.objects.bulk_create([Shot(project=p, code=f'{{n:04d}}', title=f'Shot {{n}}', position=n,"
        f" prompt='A red kite over pale dunes at dawn', model='gen-4.5', aspect='1280x720', seconds=5)"
        f" for n in range(1, {shots} + 1)], batch_size=500); print(f'/projects/{{p.slug}}/')"
    ).strip()


class _Clock:
    def __init__(self) -> None:
        self.begun = time.perf_counter()

    def figure(self, name: str) -> Figure:
        return Figure(name, 1000 * (time.perf_counter() - self.begun), goal=GOAL)


def _in_two_thousand(studio: Studio, page: Page) -> list[Figure]:
    path = _project(studio, "Two thousand", SHOTS)
    clock = _Clock()
    page.goto(f"{path}list/")
    expect(page.locator("tr[data-shot]").first).to_be_visible()
    figures = [clock.figure(f"the list of {SHOTS} shots opens")]

    page.get_by_label("Move shot 0001", exact=True).focus()
    clock = _Clock()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("Shot 0001 moved.")).to_be_visible()
    figures.append(clock.figure(f"one of {SHOTS} shots is moved by a key"))

    page.get_by_label("Tick shot 0003").check()
    page.get_by_placeholder("behind 010").fill(f"{SHOTS:04d}")
    clock = _Clock()
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("tr[data-shot='3'], tr[data-code='0003']")).to_have_count(0)
    figures.append(clock.figure("and one from the first page to the end"))

    page.goto(f"{path}shots/0005/edit")
    clock = _Clock()
    page.get_by_role("button", name="Throw the shot away").click()
    expect(page.get_by_text("Shot 0005 is in the trash")).to_be_visible()
    figures.append(clock.figure("a shot is thrown away"))
    clock = _Clock()
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Shot 0005 is back.")).to_be_visible()
    return [*figures, clock.figure("and taken back by Undo")]


def _import(studio: Studio, page: Page) -> list[Figure]:
    path = _project(studio, "Imported", 0)
    rows = "".join(
        f"{n:05d},Scene {n // 40},Shot {n},A red kite over pale dunes,8\n" for n in range(1, ROWS + 1)
    )
    page.goto(f"{path}list/import")
    sheet = {
        "name": "shots.csv",
        "mimeType": "text/csv",
        "buffer": f"code,scene,title,prompt,seconds\n{rows}".encode(),
    }
    page.get_by_label("File").set_input_files(sheet)
    clock = _Clock()
    page.get_by_role("button", name="Show what it would change").click()
    expect(page.get_by_text(f"{ROWS} new")).to_have_count(2)
    figures = [clock.figure(f"a sheet of {ROWS} rows is previewed")]
    clock = _Clock()
    page.get_by_role("button", name=f"Import {ROWS} new").click()
    expect(page.locator("tr[data-shot]").first).to_be_visible()
    return [*figures, clock.figure("and imported")]
