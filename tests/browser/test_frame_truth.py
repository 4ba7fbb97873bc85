"""The frame that was asked for is the frame on the picture: seeks, steps, notes, loops, at every rate, in every browser."""

import os

import pytest

from tests import numbered

# With the original of a WEBM, whose times are rounded to milliseconds.
CLIPS = [(".mp4", "24"), (".mp4", "25"), (".mp4", "24000/1001"), (".mp4", "30"), (".webm", "24"), (".webm", "24000/1001"), (".webm", "30")]  # fmt: skip
ACTIONS = int(os.environ.get("FRAME_ACTIONS", "25"))  # at each rate; thousands in `make soak`
FRAMES = 96

PREPARE = """
from tests import numbered
from studio.people.accounts.models import User
from studio.planning.projects import actions
from studio.review.dailies import notes
from studio.review.dailies.subjects import Span, Voice
import uuid
by = User.objects.first()
project = actions.create_project(name="Truth {rate}{suffix}", by=by)
shot = actions.create_shot(project, by=by, title="Numbers")
take = numbered.take_of(shot, fps="{rate}", frames={frames}, suffix="{suffix}", copy="{suffix}" == ".mp4")
for frame in (0, 7, 31, 58, {frames} - 1):
    notes.write(take, Voice(user=by, role="producer"), code=uuid.uuid4(), text=f"at {{frame}}", span=Span(frame, None))
print(project.slug, shot.code)
"""

# One thing a person does, then the number on the picture. Returns [what, the frame it is at, seen by the player, on the picture, whether that is right, wanted].
ACT = """async ({ what, wanted, by }) => {
  const player = document.querySelector("review-player");
  const video = player.film.media;
  if (what === "seek") player.go(wanted);
  if (what === "step") player.step(by);
  if (what === "note") document.querySelector(`.notes [data-go="${wanted}"]`).click();
  if (what === "loop") {
    player.first = wanted; player.last = Math.min(player.film.frames - 1, wanted + 6); player.showRange();
    player.looping = true;
    await player.show(wanted);
    player.play(1);
    await new Promise((done) => setTimeout(done, 420));
    await player.halt();
    const shown = player.frame;
    player.whole();
    await new Promise((done) => setTimeout(done, 30));
    return [what, shown, player.frame, number(video), shown >= wanted && shown <= wanted + 6, wanted];
  }
  await player.film.go(player.film.wanted ?? player.frame);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const shown = Number(player.part("frame").textContent);
  return [what, wanted, player.frame, number(video), shown === wanted, wanted];
}"""


def open_truth(browser_page, studio, rate, suffix):
    slug, code = studio.shell(PREPARE.format(rate=rate, suffix=suffix, frames=FRAMES)).split()
    page = browser_page(f"/projects/{slug}/review/shots/{code}/")
    page.evaluate(f"() => {{ {numbered.READ} }}")
    page.wait_for("() => document.querySelector('review-player')?.film?.media.readyState >= 2")
    return page


@pytest.mark.parametrize(("suffix", "rate"), CLIPS)
def test_no_frame_is_shown_wrongly(browser_page, studio, suffix, rate):
    import random

    chance = random.Random(f"{rate} {os.environ.get('FRAME_SEED', '7')}")
    page = open_truth(browser_page, studio, rate, suffix)
    wrong, now = [], 0
    for _ in range(ACTIONS):
        what = chance.choices(["seek", "step", "note", "loop"], [10, 8, 5, 2])[0]
        by = chance.choice([-10, -1, 1, 10])
        wanted = {
            "seek": chance.randrange(FRAMES),
            "step": max(0, min(FRAMES - 1, now + by)),
            "note": chance.choice([0, 7, 31, 58, FRAMES - 1]),
            "loop": chance.randrange(FRAMES - 8),
        }[what]
        seen = page.evaluate(ACT, {"what": what, "wanted": wanted, "by": by})
        _, asked, by_player, on_picture, told, _ = seen
        if not (asked == by_player == on_picture and told):
            wrong.append(seen)
        now = by_player
    print(f"Frames at {rate} in {page.name}, {suffix}: {ACTIONS} asked for, {len(wrong)} shown wrongly")
    assert not wrong
