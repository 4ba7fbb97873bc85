"""From a prompt to takes that play: the whole journey, as a newcomer makes it."""

import io
import re

from PIL import Image
from playwright.sync_api import expect

from tests.patience import LONG


def board(width=1600, height=900):
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, "JPEG")
    return {"name": "020_board.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_a_newcomer_makes_two_takes_that_arrive_play_and_scrub(open_page):
    page = open_page()
    page.get_by_role("link", name="New project").first.click()
    page.get_by_label("Name").fill("Tidal Observatory")
    page.get_by_role("button", name="Create project").click()
    page.get_by_role("link", name="New shot").first.click()
    page.get_by_label("Title").fill("Lamp room")
    page.get_by_role("button", name="Add shot").click()
    page.evaluate("window.sameDocument = true")

    page.get_by_label("Prompt").fill("Inside the lamp room, slow push in, rain on the panes")
    expect(page.locator("prompt-counter")).to_contain_text("saved")
    page.get_by_role("radio", name="Quick Gen-4 Turbo").check(force=True)
    expect(page.locator("#send_reason")).to_contain_text("give it a first frame")
    page.locator("#id_first_frame").set_input_files(board())
    expect(page.locator("svg.crop")).to_be_visible()
    page.locator("#aspect-1104x832").check(force=True)
    expect(page.get_by_text("1104 × 832", exact=True)).to_be_visible()
    page.get_by_role("button", name="One more").click()
    button = page.locator("button.render")
    expect(button).to_contain_text("Render 2 takes")
    expect(button).to_contain_text("≈ $0.51")

    button.click()
    expect(page.locator(".take[data-state=queued]").first).to_be_visible()
    expect(page.locator(".take[data-state=ready]")).to_have_count(2, timeout=LONG)
    assert page.evaluate("window.sameDocument"), "the page was loaded again"
    expect(page.locator("#money")).to_contain_text("$0.51")
    expect(page.locator("live-feed")).to_have_text("Live")

    page.locator("take-viewer").evaluate("viewer => viewer.dataset.before = ''")  # it came by itself
    page.locator(".take[data-state=ready] .take__open").first.click()
    expect(page.locator("[data-before]")).to_have_count(0)
    video = page.locator("take-viewer video")
    expect(video).to_be_visible()
    first = video.evaluate("v => v.currentTime")
    page.get_by_role("button", name="Play").click()
    expect(page.locator("[data-now]")).not_to_have_text("00:00")
    assert video.evaluate("v => v.currentTime") > first

    with page.expect_response(lambda r: "/media/" in r.url and r.status == 206):
        page.reload()
    page.locator(".scrub").focus()
    page.keyboard.press("End")
    expect(page.locator("[data-now]")).to_have_text("04:23")
    assert video.evaluate("v => v.seekable.length && v.seekable.end(0)") > 4.9
    expect(page.locator(".madewith")).to_contain_text(
        re.compile(r"Gen-4 Turbo · 4:3 · 5 s · seed \d+ · \$0.2542")
    )


def test_undo_takes_a_take_back_for_nothing(studio, open_page, new_shot):
    page = open_page(new_shot("Undone", prompt="Dawn over dunes", takes=1))
    page.locator("button.render").click()
    page.locator(".take").get_by_role("button", name="Undo").click()

    expect(page.locator("#toasts")).to_contain_text("Taken back, nothing charged.")
    expect(page.locator(".take:visible")).to_have_count(0)
    expect(page.locator("#money")).to_contain_text("$0.00")


def test_the_whole_journey_by_keyboard_alone(open_page, new_shot):
    page = open_page(new_shot("Keyboard", title="By keys"))
    page.keyboard.press("p")
    page.keyboard.type("Night storm over the sea, slow drift left")
    expect(page.locator("prompt-counter")).to_contain_text("saved")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".take[data-state=ready]")).to_have_count(1, timeout=LONG)
    expect(page.locator("take-viewer")).to_be_visible()
    page.keyboard.press("Tab")  # out of the prompt, so that keys are verbs again
    page.keyboard.press("1")
    expect(page.locator(".take__open[aria-current=true]")).to_be_focused()
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Circled")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-now]")).to_have_text("00:02")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_still_becomes_the_first_frame(open_page, new_shot):
    page = open_page(
        new_shot("Stills", prompt="A lighthouse at dusk", model="gen-4-image", aspect="1360x768")
    )
    expect(page.get_by_text("Seed", exact=True)).to_have_count(0)
    page.locator("button.render").click()
    expect(page.locator(".take[data-state=ready]")).to_have_count(1, timeout=LONG)
    with page.expect_navigation():
        page.get_by_role("button", name="Set as first frame").click()
    page.locator("#model-gen-4-turbo").check(force=True)
    expect(page.locator("svg.crop")).to_be_visible()
    expect(page.get_by_text("from 010, still 1")).to_be_visible()


def test_a_take_says_it_was_made_at_another_aspect(open_page, new_shot):
    page = open_page(new_shot("Aspects", prompt="Dunes at noon"))
    page.locator("button.render").click()
    expect(page.locator(".take[data-state=ready]")).to_have_count(1, timeout=LONG)
    page.locator("#aspect-960x960").check(force=True)
    expect(page.get_by_text("960 × 960")).to_be_visible()
    page.reload()
    expect(page.locator(".filmstrip .take__made")).to_be_visible()
    expect(page.locator(".madewith")).to_contain_text("made at 16:9")


def test_two_people_see_the_same_take_arrive(studio, open_page, new_shot):
    path = new_shot("Together", prompt="Mist over a lake")
    one, other = open_page(path), open_page(path.rsplit("shots", 1)[0])
    expect(other.locator("live-feed")).to_have_text("Live")
    one.locator("button.render").click()

    expect(other.locator(".take[data-state=ready]")).to_have_count(1, timeout=LONG)
    expect(other.locator("#about-010")).to_contain_text("For review")
    expect(other.locator("#filters")).to_contain_text("For review 1")
