"""Thousands of seeks in both browsers: the number on the picture is the frame that was asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import numbered
from tests.browser.both import BrowserPage, ChromiumPage
from tests.browser.conftest import ARGS, DESK, Studio, chromium_path
from tests.browser.firefox import Firefox

AT_ONCE = 100  # seeks that are asked for together
BROWSERS = ("Chromium", "Firefox")
CLIPS = (".mp4", ".webm")
# Clips that a browser does not show exactly as they are, each with the numbers on its frames.
ODD = {
    "11-clips-that-begin-after-zero/13-fragmented.mp4": range(96),
    "11-clips-that-begin-after-zero/17-start-half.mp4": range(96),
    "11-clips-that-begin-after-zero/30-b-no-editlist.mp4": range(96),
    "28-av1-for-guests/20-av1.mp4": range(48),
    "29-containers-that-should-hold/09-noduration.webm": range(96),
    "29-containers-that-should-hold/11-vfr.mp4": [place for place in range(120) if place % 5 != 3],
    "29-containers-that-should-hold/21-5994.mp4": range(96),
    "33-clips-of-odd-size-or-kind/05-h264-10bit.mp4": range(48),
}

TAKE = """
from tests import numbered
from studio.people.accounts.models import User
from studio.planning.projects import actions
by = User.objects.first()
project = actions.create_project(name="Seeks {suffix}", by=by)
shot = actions.create_shot(project, by=by, title="Numbers")
numbered.take_of(shot, frames=240, suffix="{suffix}", copy="{suffix}" == ".mp4")
print(shot.get_absolute_url())
"""
TAKE_ODD = """
from pathlib import Path
from tests import numbered
from studio.people.accounts.models import User
from studio.planning.projects import actions
by = User.objects.first()
project = actions.create_project(name="Seeks in another", by=by)
shot = actions.create_shot(project, by=by, title="Numbers")
numbered.keep(shot, Path("tests/cases/media/{name}"))
print(shot.get_absolute_url())
"""

SEEK = """async ({ count, from }) => {
  const viewer = document.querySelector("take-viewer"), { video } = viewer;
  const shown = [], tick = () => new Promise(requestAnimationFrame);
  let state = from;
  for (let n = 0; n < count; n++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const asked = (state >> 8) % viewer.frames;
    await viewer.film.go(asked); // the player says it is there
    await tick();
    await tick();
    shown.push([asked, viewer.frame, number(video)]); // and this is the picture
  }
  return { shown, state };
}"""


def seeks(count: int) -> list[str]:
    """Go to half as many frames of either clip in either browser, and to as many of the odd ones together.

    Returns what was shown wrongly.
    """
    wrong: list[str] = []
    studio = Studio(tempfile.mkdtemp(prefix="rushes-soak-"), UNDO_SECONDS="0").start()
    try:
        clips = {
            suffix: (studio.shell(TAKE.format(suffix=suffix)).strip(), range(240), count // 2)
            for suffix in CLIPS
        }
        clips |= {
            name: (studio.shell(TAKE_ODD.format(name=name)).strip(), numbers, count // len(ODD))
            for name, numbers in ODD.items()
        }
        for browser in BROWSERS:
            with opened(browser, studio) as page:
                page.goto(studio.link_for("owner@rushes.local"))
                page.click("button", "Sign in")
                page.wait_for("() => location.pathname === '/projects/'")
                for name, (path, numbers, many) in clips.items():
                    shown = _seek(page, path, many)
                    missed = sum(asked != told or numbers[asked] != seen for asked, told, seen in shown)
                    print(
                        f"Seeks: {browser} {name} {len(shown)} frames asked for, {missed} shown wrongly",
                        flush=True,
                    )
                    if missed:
                        wrong.append(f"{browser} {name}: {missed} wrong frames")
    finally:
        studio.stop()
    return wrong


@contextmanager
def opened(browser: str, studio: Studio) -> Iterator[BrowserPage]:
    """A page in this browser, which is gone afterwards."""
    if browser == "Chromium":
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=chromium_path(), args=ARGS)
            yield ChromiumPage(chromium.new_page(base_url=studio.base), [])
            chromium.close()
    else:
        firefox = Firefox(Path(tempfile.mkdtemp(prefix="rushes-firefox-")))
        try:
            yield firefox.new_page(firefox.new_person(), base=studio.base, size=DESK, complaints=[])
        finally:
            firefox.stop()


def _seek(page: BrowserPage, path: str, count: int) -> list[tuple[int, int, int]]:
    page.goto(path)
    page.wait_for("() => document.querySelector('take-viewer')?.video?.readyState >= 2")
    page.evaluate(f"() => {{ {numbered.READ} }}")
    shown, state = [], 12345
    while len(shown) < count:
        some = page.evaluate(SEEK, {"count": min(AT_ONCE, count - len(shown)), "from": state})
        shown, state = shown + some["shown"], some["state"]
    return shown
