"""Everything a browser can send wrong: refused beside its field, everything else still there."""

import io

from PIL import Image
from playwright.sync_api import expect

from tests.patience import LONG


def test_a_prompt_too_long_is_refused_and_kept(open_page, new_shot):
    page = open_page(new_shot("Long"))
    page.get_by_label("Prompt").fill("x" * 1001)
    expect(page.locator("#send_reason")).to_contain_text("1001 characters long; 1000 is the most")
    page.locator("button.render").click(force=True)

    expect(page.locator("#prompt_error")).to_contain_text("1001 characters long")
    assert len(page.get_by_label("Prompt").input_value()) == 1001


def test_a_press_too_often_is_said_and_nothing_is_lost(open_page, new_shot):
    page = open_page(new_shot("Often", prompt="Dunes"))
    page.route("**/render", lambda route: route.fulfill(status=429, body="too often"))
    page.get_by_label("Prompt").fill("Dunes under a red sky")
    expect(page.locator("button.render")).not_to_have_attribute("aria-disabled", "true")
    page.locator("button.render").click()

    expect(page.locator(".toast[data-level=error]")).to_contain_text("very often within a minute")
    expect(page.get_by_label("Prompt")).to_have_value("Dunes under a red sky")


def test_an_emoji_counts_two(open_page, new_shot):
    page = open_page(new_shot("Emoji"))
    page.get_by_label("Prompt").fill("🎬🎬")
    expect(page.locator("prompt-counter")).to_contain_text("4 / 1000")


def test_a_text_file_named_jpg_is_refused_beside_the_frame(open_page, new_shot):
    page = open_page(new_shot("Text file", prompt="Dunes", model="gen-4-turbo"))
    page.get_by_label("Prompt").fill("Dunes under a red sky")
    fake = {"name": "board.jpg", "mimeType": "image/jpeg", "buffer": b"not a picture at all"}
    page.locator("#id_first_frame").set_input_files(fake)

    expect(page.locator("#first_frame_error")).to_contain_text("not a picture we can read")
    expect(page.get_by_label("Prompt")).to_have_value("Dunes under a red sky")


def test_a_truncated_jpeg_is_refused(open_page, new_shot):
    out = io.BytesIO()
    Image.effect_noise((900, 600), 60).convert("RGB").save(out, "JPEG")
    page = open_page(new_shot("Cut short", model="gen-4-turbo"))
    cut = {"name": "cut.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()[:20_000]}
    page.locator("#id_first_frame").set_input_files(cut)

    expect(page.locator("#first_frame_error")).to_contain_text("damaged")


def test_a_dropped_and_a_pasted_picture_are_taken(open_page, new_shot):
    page = open_page(new_shot("Dropped", prompt="Dunes", model="gen-4-turbo"))
    give = """(kind) => new Promise((done) => {
        const canvas = document.createElement("canvas");
        canvas.width = 640; canvas.height = 360;
        canvas.getContext("2d").fillRect(0, 0, kind === "drop" ? 300 : 500, 200);
        canvas.toBlob((blob) => {
            const files = new DataTransfer();
            files.items.add(new File([blob], `${kind}.png`, {type: "image/png"}));
            const target = document.querySelector("frame-drop");
            target.dispatchEvent(kind === "drop"
                ? new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true})
                : new ClipboardEvent("paste", {clipboardData: files, bubbles: true, cancelable: true}));
            done();
        });
    })"""
    page.evaluate(give, "drop")
    expect(page.get_by_text("drop.png")).to_be_visible()
    page.evaluate(give, "paste")
    expect(page.get_by_text("paste.png")).to_be_visible()


def test_an_impossible_aspect_says_which_model_has_it(open_page, new_shot):
    page = open_page(new_shot("Wide", prompt="Dunes"))
    expect(page.get_by_text("21:9 is not on Gen-4.5; Gen-4 Turbo has it.")).to_be_visible()
    expect(page.locator("#aspect-1584x672")).to_be_disabled()


def test_leaving_turbo_with_21_9_changes_the_aspect_and_says_so(open_page, new_shot):
    page = open_page(new_shot("Leaving", prompt="Dunes", model="gen-4-turbo", aspect="1584x672", seconds=7))
    page.locator("#model-gen-4\\.5").check(force=True)

    expect(page.get_by_text("Now 16:9.")).to_be_visible()
    expect(page.get_by_text("Gen-4.5 has no 7 s. Now 8 s.")).to_be_visible()


def test_over_the_budget_takes_wait_for_a_producer_who_allows_them(studio, open_page, new_shot):
    path = new_shot("Poor", prompt="Dunes", takes=1)
    slug = path.split("/")[2]
    page = open_page(f"/projects/{slug}/costs")
    page.get_by_label("Budget of the project, USD").fill("abc")
    page.get_by_role("button", name="Set").click()
    expect(page.locator("#id_budget_error")).to_contain_text("Give an amount in dollars")
    page.get_by_label("Budget of the project, USD").fill("0.50")
    page.get_by_role("button", name="Set").click()
    page.goto(path)
    expect(page.locator("#send_reason")).to_contain_text("$0.11 over the project's budget")
    page.locator("button.render").click()
    expect(page.locator(".take[data-state=waiting]")).to_have_count(1)
    page.locator(".take").get_by_role("button", name="Allow").click()

    expect(page.locator(".take[data-state=ready]")).to_have_count(1, timeout=LONG)
