"""Whoever is quicker than the server's answers loses nothing."""

from playwright.sync_api import expect

from tests.browser.test_journey import board

TURBO = {"model": "gen-4-turbo", "aspect": "1280x720", "takes": 1, "prompt": "Dunes"}


def hold(page, address):
    """Keep the next request to an address until it is let go."""
    kept = []
    page.route(address, lambda route: kept.append(route), times=1)

    def sent():
        for _ in range(100):
            if kept:
                return
            page.wait_for_timeout(50)
        raise AssertionError("nothing was sent")

    return sent, lambda: kept[0].continue_()


def test_words_typed_before_the_scripts_ran_are_saved(open_page, new_shot):
    path = new_shot("Early", prompt="")
    page = open_page("/projects/")
    page.add_init_script("""
        addEventListener("DOMContentLoaded", () => {
            const field = document.getElementById("id_prompt");
            if (!field || field.value) return;
            field.value = "Typed while the page was loading";
            field.dispatchEvent(new Event("input", {bubbles: true}));
        }, {capture: true});
    """)
    page.goto(path)
    expect(page.locator("prompt-counter")).to_have_text("32 / 1000 · saved")
    page.reload()
    expect(page.get_by_label("Prompt")).to_have_value("Typed while the page was loading")


def test_a_choice_made_before_the_scripts_ran_counts(open_page, new_shot):
    path = new_shot("Early choice", prompt="Dunes", takes=1)
    page = open_page("/projects/")
    page.add_init_script("""
        addEventListener("DOMContentLoaded", () => document.getElementById("seconds-8")?.click(), {capture: true});
    """)
    page.goto(path)
    expect(page.locator("button.render")).to_contain_text("≈ $0.97")


def test_presses_on_the_stepper_while_an_answer_is_on_its_way_all_count(open_page, new_shot):
    page = open_page(new_shot("Stepper", prompt="Dunes", takes=1))
    sent, let_go = hold(page, "**/draft")
    page.get_by_role("button", name="One more").click()
    sent()
    page.get_by_role("button", name="One more").click()
    let_go()

    expect(page.locator("button.render")).to_contain_text("Render 3 takes")
    expect(page.get_by_role("spinbutton", name="Takes")).to_have_value("3")


def test_a_picture_given_in_the_moment_of_a_redraw_is_taken(open_page, new_shot):
    page = open_page(new_shot("Redraw", **TURBO))
    page.evaluate("""async () => {
        const canvas = Object.assign(document.createElement("canvas"), {width: 1600, height: 900});
        const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg"));
        const given = new DataTransfer();
        given.items.add(new File([blob], "board.jpg", {type: "image/jpeg"}));
        document.body.addEventListener("htmx:afterSwap", () => queueMicrotask(() => {
            const input = document.getElementById("id_first_frame");
            input.files = given.files;
            input.dispatchEvent(new Event("change", {bubbles: true}));
        }), {once: true});
    }""")
    page.locator("#seconds-8").check(force=True)

    expect(page.locator("svg.crop")).to_be_visible()


def test_a_picture_on_its_way_while_the_choices_change_arrives_and_changes_none(open_page, new_shot):
    page = open_page(new_shot("Upload", **TURBO))
    sent, let_go = hold(page, "**/first-frame")
    page.locator("#id_first_frame").set_input_files(board())
    sent()
    page.locator("#aspect-960x960").check(force=True)
    expect(page.get_by_text("960 × 960")).to_be_visible()
    let_go()

    expect(page.locator("svg.crop")).to_be_visible()
    expect(page.locator("#aspect-960x960")).to_be_checked()


def test_a_picture_refused_after_the_choices_changed_is_still_refused_aloud(open_page, new_shot):
    page = open_page(new_shot("Refused", **TURBO))
    sent, let_go = hold(page, "**/first-frame")
    words = {"name": "board.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    page.locator("#id_first_frame").set_input_files(words)
    sent()
    page.locator("#seconds-8").check(force=True)
    expect(page.get_by_text("8 s · $0.40 a take")).to_be_visible()
    let_go()

    expect(page.locator("#first_frame_error")).to_be_visible()


def test_a_press_is_not_lost_to_an_answer_that_comes_while_the_button_is_down(open_page, new_shot):
    page = open_page(new_shot("Slow finger", prompt="Old words", takes=1))
    page.get_by_label("Prompt").fill("New words about dunes")
    expect(page.locator("prompt-counter")).to_contain_text("saved")
    page.locator("button.render").click(delay=400)  # leaving the box asks for the button anew
    expect(page.locator(".take")).to_have_count(1)
