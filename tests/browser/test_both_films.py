"""Frames in either browser: the player, the wall, the ways to compare, the cut and the library."""

import pytest

from tests import numbered

CLIP = """
from pathlib import Path
from tests import numbered
from studio.people.accounts.models import User
from studio.planning.projects import actions
by = User.objects.first()
project = actions.create_project(name="A clip of another kind", by=by)
numbered.keep(actions.create_shot(project, by=by), Path("tests/cases/media/{name}"))
print(project.slug)
"""
READY = "() => document.querySelector('review-player')?.films?.every((film) => film.media.readyState >= 2)"
STILL = """() => document.querySelector("review-player").films.every(
  (film) => film.media.paused && !film.media.seeking && film.wanted === null)"""
# The frame that the page names, then for every screen the frame its player believes and the number on its picture.
SHOWN = """() => {
  const player = document.querySelector("review-player");
  return [Number(player.part("frame").textContent), player.films.map((film) => [film.frame, number(film.media)])];
}"""


def open_player(browser_page, path):
    page = browser_page(path)
    page.wait_for(READY)
    page.evaluate(f"() => {{ {numbered.READ} }}")
    return page


def shown(page):
    """What the page says and shows, once it stands still."""
    page.wait_for(STILL)
    return page.evaluate(SHOWN)


def test_the_arrow_goes_one_frame_on_eight_times(browser_page, studio):
    slug = studio.shell(CLIP.format(name="10-firefox-media-time/16-timecode.mov")).strip()
    page = open_player(browser_page, f"/projects/{slug}/review/shots/010/")
    for frame in range(1, 9):
        page.press("ArrowRight")
        assert shown(page) == [frame, [[frame, frame]]]


# Frames of the clip, and the numbers on their pictures.
ODD = {
    "11-clips-that-begin-after-zero/13-fragmented.mp4": (96, range(96)),
    "11-clips-that-begin-after-zero/17-start-half.mp4": (96, range(96)),
    "11-clips-that-begin-after-zero/30-b-no-editlist.mp4": (96, range(96)),
    "28-av1-for-guests/20-av1.mp4": (48, range(48)),
    "29-containers-that-should-hold/09-noduration.webm": (96, range(96)),
    # a frame in five is missing, and each carries the number of its place in time
    "29-containers-that-should-hold/11-vfr.mp4": (96, [place for place in range(120) if place % 5 != 3]),
    "29-containers-that-should-hold/21-5994.mp4": (96, range(96)),
    "33-clips-of-odd-size-or-kind/05-h264-10bit.mp4": (48, range(48)),
    "33-clips-of-odd-size-or-kind/08-prores4444-odd.mov": (48, range(48)),
}


@pytest.mark.parametrize("name", ODD)
def test_number_and_picture_agree_in_a_clip_of_another_kind(browser_page, studio, name):
    frames, numbers = ODD[name]
    slug = studio.shell(CLIP.format(name=name)).strip()
    page = open_player(browser_page, f"/projects/{slug}/review/shots/010/")
    last = frames - 1
    for key, frame in [
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("ArrowRight", 3),
        ("Shift+ArrowRight", 13),
        ("ArrowLeft", 12),
        ("End", last),
        ("ArrowLeft", last - 1),
        ("Home", 0),
    ]:
        page.press(key)
        assert shown(page) == [frame, [[frame, numbers[frame]]]], key
    page.press("Space")
    page.evaluate(PAUSE_BEHIND, 12)
    frame, pictures = shown(page)
    assert frame > 12 and pictures == [[frame, numbers[frame]]]


# How far apart the pictures of the player and of its poster are on average, both drawn small; and the player's size.
APART = """async () => {
  const { media } = document.querySelector("review-player").film;
  const poster = new Image();
  poster.src = media.poster;
  await poster.decode();
  const drawn = (picture) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [48, 48];
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(picture, 0, 0, 48, 48);
    return pen.getImageData(0, 0, 48, 48).data;
  };
  const [seen, kept] = [drawn(media), drawn(poster)];
  const apart = seen.reduce((sum, value, index) => sum + Math.abs(value - kept[index]), 0) / seen.length;
  return [apart, [media.videoWidth, media.videoHeight], [poster.naturalWidth, poster.naturalHeight]];
}"""


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("14-turned-and-stretched-clips/02-rotate90.mp4", [180, 320]),
        ("14-turned-and-stretched-clips/02b-rotate180-nob.mp4", [320, 180]),
        ("14-turned-and-stretched-clips/15b-sar-slow.mp4", [640, 180]),
    ],
)
def test_a_turned_or_stretched_clip_looks_like_its_poster(browser_page, studio, name, size):
    slug = studio.shell(CLIP.format(name=name)).strip()
    page = open_player(browser_page, f"/projects/{slug}/review/shots/010/")
    page.wait_for(STILL)
    for played in ("what plays", "the file"):  # the first is a copy where the file seeks slowly
        apart, seen, kept = page.evaluate(APART)
        assert apart < 6 and seen == kept == size, (played, apart)
        page.evaluate(
            "() => { const { media } = document.querySelector('review-player').film;"
            " media.src = media.src.replace('/review/', '/original/'); }"
        )
        page.wait_for(READY)


LONG_DRAWING = """
from uuid import uuid4
from studio.generation.renders.models import Render
from studio.people.accounts.models import User
from studio.review.dailies import notes
from studio.review.dailies.models import Stroke
from studio.review.dailies.subjects import Span, Voice
take = Render.objects.get(project__slug={slug!r})
points = [[n / 1000, 0.5] for n in range(1000)]
strokes = [Stroke(code=uuid4(), kind="pen", colour="amber", points=points) for _ in range(2)]
voice = Voice(user=User.objects.get(email="owner@rushes.local"))
notes.write(take, voice, code=uuid4(), text="Along here", span=Span(11, None), strokes=strokes)
"""


def test_a_long_drawing_comes_when_its_frame_is_on_screen(browser_page, numbered_film, studio):
    slug = numbered_film("Long drawing", [1])
    studio.shell(LONG_DRAWING.format(slug=slug))
    page = open_player(browser_page, f"/projects/{slug}/review/shots/010/")
    assert page.evaluate("() => document.querySelectorAll('.note[data-strokes-from]').length") == 1
    assert page.evaluate("() => document.querySelectorAll('.screen__over .stroke').length") == 0
    page.press("Shift+ArrowRight")
    page.press("ArrowRight")
    page.wait_for("() => document.querySelectorAll('.screen__over .stroke').length === 2")
    page.press("ArrowRight")
    page.wait_for("() => document.querySelectorAll('.screen__over .stroke').length === 0")


# Pressed by the page itself: where the machine is busy, a film that plays has begun anew before a test has pressed.
PAUSE_BEHIND = """(frame) => new Promise((done) => {
  const look = () => {
    if (document.querySelector("review-player").film.frame <= frame) return requestAnimationFrame(look);
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true }));
    done(true);
  };
  look();
})"""


def test_back_in_jumps_and_after_playing_number_and_picture_agree(browser_page, numbered_film):
    page = open_player(browser_page, f"/projects/{numbered_film('Back', [1])}/review/shots/010/")
    for key, frame in [
        ("End", 47),
        ("ArrowLeft", 46),
        ("Shift+ArrowLeft", 36),
        ("ArrowRight", 37),
        ("Home", 0),
    ]:
        page.press(key)
        assert shown(page) == [frame, [[frame, frame]]], key
    page.press("Space")
    page.evaluate(PAUSE_BEHIND, 12)
    frame, pictures = shown(page)
    assert frame > 12 and pictures == [[frame, frame]]
    for before in (frame - 1, frame - 2):
        page.press("ArrowLeft")
        assert shown(page) == [before, [[before, before]]]


def test_on_the_wall_every_screen_shows_the_same_frame(browser_page, numbered_film):
    page = open_player(browser_page, f"/projects/{numbered_film('Wall', [4])}/review/shots/010/?mode=wall")
    for frame in (1, 2, 3):
        page.press("ArrowRight")
        said, pictures = shown(page)
        assert said == frame and same(pictures, frame, 4), pictures
    page.press("l")
    page.wait_for("() => document.querySelector('review-player').film.frame > 15")
    page.press("k")
    frame, pictures = shown(page)
    assert same(pictures, frame, 4), pictures


def same(pictures, frame, screens):
    """Each of so many takes is on this frame: the numbers of the n-th begin at 128 (n - 1)."""
    takes = {number // 128 for _, number in pictures}
    return len(takes) == screens and all(pair == [frame, 128 * (pair[1] // 128) + frame] for pair in pictures)


@pytest.mark.parametrize("mode", ["side", "wipe", "difference", "flip"])
def test_two_takes_are_compared_on_the_same_frame(browser_page, numbered_film, mode):
    page = open_player(
        browser_page, f"/projects/{numbered_film(f'As {mode}', [2])}/review/shots/010/?mode={mode}"
    )
    for key, frame in [("ArrowRight", 1), ("ArrowRight", 2), ("Shift+ArrowRight", 12), ("ArrowLeft", 11)]:
        page.press(key)
        said, pictures = shown(page)
        assert said == frame and same(pictures, frame, 2), pictures


LAYER = """() => {
  const { layer } = document.querySelector("cut-player");
  return [Number(document.querySelector("cut-player [data-frame]").textContent), layer.film.frame, number(layer.video)];
}"""


def test_the_cut_steps_over_its_edges_and_plays_through(browser_page, numbered_film):
    page = browser_page(f"/projects/{numbered_film('Reel', [1, 1], frames=24)}/cut/")
    page.wait_for("() => document.querySelector('cut-player')?.layer?.film")
    page.evaluate(f"() => {{ {numbered.READ} }}")

    def on(index, frame):
        page.wait_for(
            "([index, frame]) => { const player = document.querySelector('cut-player'); const { film } = player.layer;"
            " return player.index === index && film && film.wanted === null && film.frame === frame; }",
            [index, frame],
        )
        assert page.evaluate(LAYER) == [frame] * 3

    for frame in range(1, 9):
        page.press("ArrowRight")
        on(0, frame)
    page.press("End")
    on(1, 0)
    page.press("ArrowLeft")
    on(0, 23)
    page.press("ArrowRight")
    on(1, 0)
    page.press("Home")
    on(0, 0)
    page.press("Space")
    page.wait_for("() => document.querySelector('cut-player').index === 1")
    page.wait_for("() => document.querySelector('cut-player').playing === false")
    on(1, 23)


def test_a_take_plays_where_it_is_in_the_library(browser_page, numbered_film):
    page = browser_page(f"/projects/{numbered_film('Shelf', [2])}/library")
    page.wait_for("() => document.querySelectorAll('.takebox').length === 2")
    page.evaluate("() => document.querySelector('.take__open').focus()")
    page.press("Space")
    page.wait_for("() => document.querySelector('.takebox video')?.currentTime > 0.2")
    page.press("ArrowRight")
    page.wait_for("() => !document.querySelector('video')")


def test_a_note_and_a_drawing_stay_on_their_frame(browser_page, numbered_film):
    path = f"/projects/{numbered_film('Noted', [1])}/review/shots/010/"
    page = open_player(browser_page, path)
    page.press("Shift+ArrowRight")
    page.press("ArrowRight")
    assert shown(page) == [11, [[11, 11]]]
    page.press("d")
    page.wait_for("() => document.activeElement?.getAttribute('role') === 'application'")
    for key in ("ArrowRight", "Space", "Shift+ArrowRight", "Shift+ArrowDown", "Space", "Escape", "c"):
        page.press(key)
    page.type("The gate swings first")
    page.press("Control+Enter")
    page.wait_for(
        "() => document.querySelector('.notes > .note:not([data-pending])')?.innerText.includes('00:11')"
    )
    page.goto(path)
    page.wait_for(READY)
    page.evaluate(f"() => {{ {numbered.READ} }}")
    page.press(".")
    page.wait_for("() => document.querySelectorAll('.screen__over .stroke').length === 1")
    assert shown(page) == [11, [[11, 11]]]
    page.press("ArrowRight")
    assert shown(page) == [12, [[12, 12]]]
    assert page.evaluate("() => document.querySelectorAll('.screen__over .stroke').length") == 0


@pytest.mark.parametrize("presents", ["chromium", "firefox"])
def test_two_browsers_watch_together_on_the_same_frame(
    open_in_chromium, open_in_firefox, numbered_film, presents
):
    path = f"/projects/{numbered_film('Mixed', [1])}/review/shots/010/"
    pages = [open_player(opened, path) for opened in (open_in_chromium, open_in_firefox)]
    one, other = sorted(pages, key=lambda page: page.name != presents)
    for page in pages:
        page.click("button", "Watch together")
        page.wait_for("() => document.querySelector('.room__chip')?.checkVisibility()")
    one.wait_for("() => document.querySelector('.room__chip b').textContent === '2'")  # the menu stands still
    one.click("review-room summary")
    one.click("button", "Present")
    other.wait_for("() => document.querySelector('.room__chip').innerText.includes('Watching together')")
    for key, frame in [("ArrowRight", 1), ("Shift+ArrowRight", 11), ("End", 47), ("ArrowLeft", 46)]:
        one.press(key)
        for page in pages:
            page.wait_for("(frame) => document.querySelector('review-player').film.frame === frame", frame)
            assert shown(page) == [frame, [[frame, frame]]]


def test_steps_that_follow_fast_go_over_every_edge_of_the_cut(browser_page, numbered_film):
    """A held key is faster than a browser seeks."""
    page = browser_page(f"/projects/{numbered_film('Fast edges', [1, 1, 1], frames=24)}/cut/")
    page.wait_for("() => document.querySelector('cut-player')?.layer?.film")
    page.evaluate(f"() => {{ {numbered.READ} }}")
    page.evaluate(
        """async (times) => {
          for (let n = 0; n < times; n += 1) {
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
            if (n % 2) await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }""",
        30,
    )
    at = (
        "([index, frame]) => { const player = document.querySelector('cut-player'); const { film } = player.layer;"
        " return player.index === index && player.goal === null && film?.wanted === null && film.frame === frame; }"
    )
    page.wait_for(at, [1, 6])
    assert page.evaluate(LAYER) == [6] * 3
    for key, place in [("End", [2, 0]), ("Home", [0, 0]), ("ArrowDown", [1, 0]), ("ArrowLeft", [0, 23])]:
        page.press(key)
        page.wait_for(at, place)
        assert page.evaluate(LAYER) == [place[1]] * 3, key


def test_the_first_frame_is_not_said_to_be_on_screen_before_the_browser_has_drawn_it(
    browser_page, numbered_film
):
    page = browser_page(f"/projects/{numbered_film('Undrawn', [1], frames=24)}/cut/")
    page.wait_for("() => document.querySelector('cut-player')?.layer?.film")
    before, after = page.evaluate(
        """async () => {
          const Film = document.querySelector("cut-player").layer.film.constructor;
          let draw = null;
          const media = Object.assign(new EventTarget(), {
            paused: true, requestVideoFrameCallback: (callback) => { draw = callback; },
          });
          const film = new Film(media, { fps: [24, 1], frames: 24 });
          let came = false;
          const going = film.go(0).then(() => { came = true; });
          media.dispatchEvent(new Event("seeked"));
          for (let n = 0; n < 4; n += 1) await new Promise(requestAnimationFrame);
          const before = came;
          draw(0, { mediaTime: 0, presentationTime: performance.now() });
          await going;
          return [before, came];
        }"""
    )
    assert (before, after) == (False, True)


@pytest.mark.parametrize("mode", ["single", "wipe"])
def test_after_going_back_a_step_says_the_frame_that_it_shows(browser_page, numbered_film, mode):
    slug = numbered_film(f"Reverse {mode}", [2], frames=96)
    page = open_player(browser_page, f"/projects/{slug}/review/shots/010/?mode={mode}")
    for key, frame in [("ArrowLeft", None), ("Home", 0), ("End", 95), ("Shift+ArrowLeft", None)]:
        page.press("End")
        shown(page)
        page.press("j")
        page.wait_for("() => document.querySelector('review-player').frame < 90")
        page.press(key)
        page.wait_for("() => !document.querySelector('review-player').back")
        said, pictures = shown(page)
        page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 150))")
        assert shown(page) == [said, pictures]
        assert frame is None or said == frame, key
        assert all(film == said and picture % 128 == said for film, picture in pictures), (
            key,
            said,
            pictures,
        )


def test_a_take_that_has_sound_can_be_heard_and_one_that_has_none_offers_nothing(
    browser_page, studio, numbered_film
):
    slug = studio.shell(CLIP.format(name="27-clips-with-sound/01-audio-moov-end.mp4")).strip()
    page = open_player(browser_page, f"/projects/{slug}/review/shots/010/")
    told = "() => [document.querySelector('[data-sound]').getAttribute('aria-pressed'), document.querySelector('video').muted]"
    assert page.evaluate(told) == ["false", True]
    page.press("m")
    assert page.evaluate(told) == ["true", False]
    page.click("[data-sound]")
    assert page.evaluate(told) == ["false", True]
    page.goto(f"/projects/{slug}/cut/")
    page.wait_for("() => document.querySelector('cut-player [data-sound]')?.hidden === false")
    page.press("m")
    page.wait_for(
        "() => [...document.querySelectorAll('cut-player video')].filter((each) => !each.muted).length === 1"
    )
    page.goto(f"/projects/{slug}/shots/010/")
    page.wait_for("() => document.querySelector('take-viewer')?.sound")
    page.press("m")
    assert page.evaluate("() => document.querySelector('take-viewer video').muted") is False
    silent = browser_page(f"/projects/{numbered_film('Silent too', [1])}/review/shots/010/")
    silent.wait_for(READY)
    assert silent.evaluate("() => document.querySelector('[data-sound]').hidden") is True
