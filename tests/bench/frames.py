"""From the key to the frame on screen: our copy beside the same clip as x264 makes it by itself; and four at once."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.table import Figure
from tests.browser.conftest import ARGS, Studio, chromium_path, sign_in

SEEKS = 40
PREPARE = """
from tests import numbered
from studio.people.accounts.models import User
from studio.planning.projects import actions
by = User.objects.first()
project = actions.create_project(name="Bench frames", by=by)
for code, copy in (("010", True), ("020", False)):
    shot = actions.create_shot(project, by=by, code=code, title="Numbers")
    numbered.take_of(shot, frames=240, width=1280, height=720, copy=copy)
wall = actions.create_shot(project, by=by, code="030", title="Four at once")
for take in range(4):
    numbered.take_of(wall, frames=240, width=1280, height=720)
print(project.slug)
"""
# milliseconds from asking for a frame until it is on screen
SEEK = """async (count) => {
  const player = document.querySelector("review-player");
  const took = [];
  let state = 12345;
  for (let n = 0; n < count; n++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const wanted = state % player.film.frames;
    if (wanted === player.frame) continue;
    const from = performance.now();
    await player.show(wanted);
    took.push(performance.now() - from);
    await new Promise((done) => setTimeout(done, 20));
  }
  return took;
}"""
PLAY = """async () => {
  const player = document.querySelector("review-player");
  player.play(1);
  await new Promise((done) => setTimeout(done, 5000));
  const apart = Math.max(...player.films.map((film) => Math.abs(film.media.currentTime - player.film.media.currentTime))) * 24;
  const dropped = player.films.map((film) => { const q = film.media.getVideoPlaybackQuality(); return [q.droppedVideoFrames, q.totalVideoFrames]; });
  await player.pause();
  return { apart, dropped, same: player.films.every((film) => film.frame === player.frame) };
}"""


def run() -> list[Figure]:
    folder = Path(tempfile.mkdtemp(prefix="rushes-bench-"))
    studio = Studio(folder, LOG_LEVEL="INFO").start()
    try:
        slug = studio.shell(PREPARE).strip()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGS)
            page = browser.new_page(base_url=studio.base, viewport={"width": 1440, "height": 900})
            sign_in(page, studio.link)
            ours, theirs = (_seeks(page, slug, code) for code in ("010", "020"))
            figures = [Figure("seek to paint, 720p, beside x264 defaults", ours, floor=theirs)]
            figures += _wall(page, slug)
            browser.close()
            return figures
    finally:
        studio.stop()


def _open(page, slug, code, mode="single"):
    page.goto(f"/projects/{slug}/review/shots/{code}/?mode={mode}")
    page.wait_for_function(
        "() => document.querySelector('review-player').films?.every((film) => film.media.readyState >= 3)"
    )


def _seeks(page, slug, code):
    _open(page, slug, code)
    return statistics.median(page.evaluate(SEEK, SEEKS))


def _wall(page, slug):
    _open(page, slug, "030", "wall")
    seen = page.evaluate(PLAY)
    dropped, total = (sum(each[place] for each in seen["dropped"]) for place in (0, 1))
    return [
        Figure("four 720p takes at once: frames dropped", dropped, "frames", note=f"of {total} in 5 s"),
        Figure("four 720p takes at once: frames apart", seen["apart"], "frames"),
        Figure("four 720p takes stopped on different frames", float(not seen["same"]), "", goal=("=", 0)),
    ]
