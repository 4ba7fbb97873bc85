"""From a frame on screen to the shot that starts from it, and to that shot being told when it is stale."""

import re

from playwright.sync_api import expect

from tests import numbered

CIRCLE_SECOND = """
from studio.planning.projects.models import Project; from studio.generation.viewer import viewer
shot = Project.objects.get(slug={slug!r}).shots.get(code="010")
viewer.circle(shot.renders.get(number=2), by=shot.project.created_by, circled=True)
"""
READ_PICTURE = """async (source) => {
  const picture = new Image();
  picture.src = source;
  await picture.decode();
  return number(picture);
}"""


def number_on(page, address):
    """The number on a picture that the studio holds."""
    page.evaluate(f"() => {{ {numbered.READ} }}")
    return page.evaluate(READ_PICTURE, address)


def scrub(page, frame):
    """Go to a frame as a hand on the slider does, and wait until it is on screen."""
    page.wait_for_function("() => document.querySelector('take-viewer')?.film?.media.readyState >= 2")
    page.locator(".scrub").fill(str(frame))
    page.wait_for_function(f"() => document.querySelector('take-viewer').film.frame === {frame}")


def test_the_frame_on_screen_starts_the_next_shot_which_hears_when_it_is_stale(
    open_page, studio, numbered_film
):
    slug = numbered_film("Chain", [2, 0], frames=96)
    page = open_page(f"/projects/{slug}/shots/010/")
    page.locator(".take__open").first.click()
    expect(page.locator(".madewith summary")).to_contain_text("Take 1")
    scrub(page, 60)
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Continue from 010 take 1")
    expect(dialog.get_by_label("Frame")).to_have_value("60")
    dialog.get_by_role("button", name="the next shot").press("Enter")

    expect(page).to_have_url(f"{studio.base}/projects/{slug}/shots/020/")
    expect(page.locator("#id_prompt")).to_be_focused()
    page.keyboard.type("p a")  # words, no command
    expect(page.locator("#id_prompt")).to_have_value(re.compile("p a$"))
    expect(page.locator(".toast")).to_contain_text("020 starts from 010, take 1, frame 60.")
    picture = page.locator(".framebox image").get_attribute("href")
    assert number_on(page, picture) == 60

    told = page.locator("#chain-020")
    expect(told).to_be_hidden()
    expect(page.locator("live-feed")).to_have_text("Live")
    studio.shell(CIRCLE_SECOND.format(slug=slug))
    expect(told).to_contain_text("Starts from 010 take 1; 010 now circles take 2. A new take is $0.61.")
    expect(page.locator("#stale-020")).to_be_visible()

    told.get_by_role("button", name="Refresh the frame").click()
    expect(page.locator(".toast")).to_contain_text("020 starts from 010, take 2, frame 60 now.")
    expect(page.locator("#chain-020")).to_be_hidden()
    assert number_on(page, page.locator(".framebox image").get_attribute("href")) == 128 + 60

    page.get_by_role("link", name="from 010, take 2, frame 60").click()
    page.wait_for_function("() => document.querySelector('take-viewer')?.film?.frame === 60")


def test_what_changed_opens_beside_the_take_and_follows_its_choices(open_page, numbered_film):
    slug = numbered_film("Changes", [3], prompt="A kite over dunes")
    page = open_page(f"/projects/{slug}/shots/010/")
    page.keyboard.press("w")
    dialog = page.get_by_role("dialog", name="What changed in 010")
    expect(dialog.locator("#changes-a option:checked")).to_have_text("Take 2 · Gen-4.5")
    dialog.get_by_label("From").select_option(label="Take 1 · Gen-4.5")
    expect(dialog.locator("#changes-a option:checked")).to_have_text("Take 1 · Gen-4.5")
    expect(dialog.locator("#changes-b option:checked")).to_have_text("Take 3 · Gen-4.5")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
