"""The cut plays through: every frame of every shot in order, and nothing black in between."""

import re

import pytest
from playwright.sync_api import expect

from tests import numbered

# What is on screen at each picture the browser draws: [shot, number on it, black].
WATCH = """() => {
  window.seen = [];
  const player = document.querySelector("cut-player");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [32, 18];
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const look = () => {
    const { layer } = player;
    const media = layer.entry.kind === "clip" ? layer.video : layer.image;
    if (layer.entry.kind !== "slate") {
      pen.clearRect(0, 0, 32, 18);
      pen.drawImage(media, 0, 0, 32, 18);
      const pixels = pen.getImageData(0, 0, 32, 18).data;
      let light = 0;
      for (let index = 0; index < pixels.length; index += 4) light += pixels[index] + pixels[index + 1] + pixels[index + 2];
      window.seen.push([layer.entry.shot, layer.entry.kind === "clip" ? window.number(media) : -2, light / pixels.length < 8]);
    }
    if (!window.stopLooking) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def test_the_film_plays_through_without_a_black_frame(open_page, numbered_film):
    slug = numbered_film("Film", [1, 1, 0, 1], frames=24)
    page = open_page(f"/projects/{slug}/cut/")
    expect(page.locator("[data-length]")).to_have_text("4 shots · 0:08")
    page.evaluate(f"() => {{ {numbered.READ} }}")
    page.wait_for_function("() => document.querySelector('cut-player')?.layer?.film")
    page.evaluate(WATCH)
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('cut-player')?.index === 3", timeout=20_000)
    page.wait_for_function("() => document.querySelector('cut-player')?.playing === false", timeout=20_000)
    seen = page.evaluate("() => { window.stopLooking = true; return window.seen; }")
    assert not [each for each in seen if each[2]]
    order = list(dict.fromkeys(shot for shot, _, _ in seen))
    assert order == ["010", "020", "040"]  # 030 is a slate
    for shot in order:
        numbers = [number for code, number, _ in seen if code == shot]
        assert -1 not in numbers
        assert numbers == sorted(numbers), shot  # nothing of the shot before, and never back
        # a busy machine does not draw every frame; those at the cut are within two
        assert numbers[0] <= 2 and numbers[-1] >= 21, numbers


def test_in_and_out_are_set_by_keys_and_handles_and_kept(open_page, numbered_film, tmp_path):
    slug = numbered_film("Trimmed", [1, 1], frames=24)
    page = open_page(f"/projects/{slug}/cut/")
    page.wait_for_function("() => document.querySelector('cut-player')?.layer?.film")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('cut-player')?.layer?.film?.frame === 4")
    page.keyboard.press("i")
    page.wait_for_function("() => document.querySelector('cut-player')?.entry?.first === 4")
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("() => document.querySelector('cut-player')?.layer?.film?.frame === 14")
    page.keyboard.press("o")
    page.wait_for_function("() => document.querySelector('cut-player')?.entry?.last === 14")
    page.reload()  # at once: what was set goes out all the same
    expect(page.locator(".segment").first).to_have_attribute(
        "aria-label", "010 Shot 1, take 1, 0.5 seconds, trimmed"
    )
    start, end = page.get_by_role("slider", name="In"), page.get_by_role("slider", name="Out")
    expect(end).to_have_attribute("aria-valuetext", "frame 14")
    end.press("ArrowRight")  # what was left out is shown again, and taken in
    page.wait_for_function("() => document.querySelector('cut-player')?.layer?.film?.frame === 15")
    line = start.bounding_box()
    page.mouse.move(line["x"] + 6 + (line["width"] - 12) * 4 / 23, line["y"] + 14)
    page.mouse.down()
    page.mouse.move(line["x"] + 6 + (line["width"] - 12) * 2 / 23, line["y"] + 14, steps=5)
    page.mouse.up()
    page.wait_for_function("() => document.querySelector('cut-player')?.layer?.film?.frame === 2")
    page.screenshot(path=str(tmp_path / "trimmed.png"))
    page.wait_for_function("() => document.querySelector('cut-player').trimming")
    page.evaluate("() => document.querySelector('cut-player').trimming")
    page.reload()
    expect(start).to_have_attribute("aria-valuetext", "frame 2")
    expect(end).to_have_attribute("aria-valuetext", "frame 15")
    page.locator("cut-player").press("\\")
    page.wait_for_function("() => document.querySelector('cut-player')?.entry?.last === 23")
    expect(start).to_have_attribute("aria-valuetext", "frame 0")


def test_a_take_that_lands_swaps_in(open_page, numbered_film, studio):
    slug = numbered_film("Landing", [1, 0], frames=24)
    page = open_page(f"/projects/{slug}/cut/")
    expect(page.locator(".segment").nth(1)).to_have_attribute("data-kind", "slate")
    studio.shell(
        "from tests import numbered; from studio.planning.projects.models import Shot;"
        f"numbered.take_of(Shot.objects.get(project__slug={slug!r}, code='020'), frames=24)"
    )
    expect(page.locator(".segment").nth(1)).to_have_attribute("data-kind", "clip")
    page.goto(f"/projects/{slug}/cut/?around=020")
    expect(page.locator("[data-shot]")).to_have_text("020 Shot 2")


@pytest.mark.parametrize("frame", [23, 9])
def test_handles_that_stand_in_one_place_are_parted_by_the_mouse(open_page, numbered_film, frame):
    page = open_page(f"/projects/{numbered_film(f'Together {frame}', [1], frames=24)}/cut/")
    first, last = (page.locator(f"[data-handle={end}]") for end in ("first", "last"))
    expect(first).to_have_value("0")
    box = first.bounding_box()
    left, width, middle = box["x"] + 6, box["width"] - 12, box["y"] + box["height"] / 2

    def drag(start, end):
        page.mouse.move(left + width * start / 23, middle)
        page.mouse.down()
        page.mouse.move(left + width * end / 23, middle, steps=6)
        page.mouse.up()

    if frame < 23:
        drag(23, frame)
        expect(last).to_have_value(str(frame))
    drag(0, frame)
    expect(first).to_have_value(str(frame))
    drag(frame, 4)
    expect(first).to_have_value("4")
    expect(last).to_have_value(str(frame))


def test_a_late_answer_moves_no_handle_that_somebody_holds(open_page, numbered_film):
    """The trim of the one end is answered while the other is dragged: what is dragged is kept."""
    slug = numbered_film("Held", [1], frames=24)
    page = open_page(f"/projects/{slug}/cut/")
    first, last = (page.locator(f"[data-handle={end}]") for end in ("first", "last"))
    expect(first).to_have_value("0")
    waiting = []
    page.route("**/trim", lambda route: waiting.append(route))
    box = first.bounding_box()
    left, width, middle = box["x"] + 6, box["width"] - 12, box["y"] + box["height"] / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    page.mouse.move(left + width * 9 / 23, middle, steps=4)
    page.mouse.up()
    expect(first).to_have_value("9")
    page.mouse.move(left + width, middle)
    page.mouse.down()
    page.mouse.move(left + width * 20 / 23, middle, steps=4)
    expect(last).to_have_value("20")
    with page.expect_response("**/trim"):
        waiting.pop().continue_()
    page.wait_for_timeout(700)  # whatever the answer brings about
    expect(last).to_have_value("20")
    page.mouse.up()
    page.unroute("**/trim")
    for route in waiting:
        route.continue_()
    expect(page.locator(".segment")).to_have_attribute("aria-label", re.compile("trimmed"))
    page.wait_for_function("() => !document.querySelector('cut-player').isBusy")
    page.reload()
    expect(first).to_have_value("9")
    expect(last).to_have_value("20")
