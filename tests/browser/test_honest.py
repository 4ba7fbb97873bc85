"""What the page says is so: after Back, after signing out, with two tabs at work."""

from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.test_quick_hands import hold


def saved(page):
    expect(page.locator("prompt-counter")).to_contain_text("saved")


def test_back_shows_what_was_typed_last_and_a_new_press_orders(open_page, new_shot):
    path = new_shot("Back", prompt="Old words", takes=1)
    page = open_page(path)
    page.get_by_label("Prompt").fill("New words about dunes")
    saved(page)
    page.locator("button.render").click()
    expect(page.locator(".take")).to_have_count(1)
    page.get_by_role("link", name="Board").first.click()
    expect(page.locator("#shots")).to_be_visible()
    page.go_back()

    expect(page.get_by_label("Prompt")).to_have_value("New words about dunes")
    page.locator("button.render").click()
    expect(page.locator(".filmstrip .take")).to_have_count(2)


def test_who_is_signed_out_is_told_and_keeps_what_is_typed(open_page, new_shot, studio):
    page = open_page(new_shot("Signed out"), state=None)
    sign_in(page, studio.link_for("owner@rushes.local"))
    page.goto("/projects/signed-out/shots/010/")
    expect(page.locator("live-feed")).to_have_text("Live")
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Prompt").fill("Words that must not be lost")

    expect(page.locator("prompt-counter")).to_contain_text("not saved")
    expect(page.locator("#toasts")).to_contain_text("What you typed is still here")
    expect(page.get_by_label("Prompt")).to_have_value("Words that must not be lost")
    expect(page.locator("button.render")).to_be_visible()
    page.complaints.clear()  # the browser says 401 on the console


def test_two_tabs_do_not_overwrite_each_others_words(open_page, new_shot):
    path = new_shot("Two tabs", prompt="Old words")
    one, other = open_page(path), open_page(path)
    other.get_by_label("Prompt").fill("Words of the other tab")
    saved(other)
    one.locator("#seconds-8").check(force=True)
    expect(one.get_by_text("8 s · $0.97 a take")).to_be_visible()
    one.reload()

    expect(one.get_by_label("Prompt")).to_have_value("Words of the other tab")
    expect(one.locator("#seconds-8")).to_be_checked()


def test_a_late_draft_does_not_come_after_the_press(open_page, new_shot):
    page = open_page(new_shot("Late", takes=1))
    sent, _ = hold(page, "**/draft")
    page.get_by_label("Prompt").fill("Old half")
    sent()
    page.get_by_label("Prompt").fill("A new whole sentence")
    page.locator("button.render").click(force=True)
    expect(page.locator(".filmstrip .take")).to_have_count(1)
    page.reload()

    expect(page.get_by_label("Prompt")).to_have_value("A new whole sentence")


def test_words_copied_with_a_picture_are_pasted_as_words(open_page, new_shot):
    page = open_page(new_shot("Paste", model="gen-4-turbo"))
    refused = page.evaluate("""() => {
        const data = new DataTransfer();
        data.items.add(new File(["x"], "sheet.png", {type: "image/png"}));
        data.setData("text/plain", "words from a sheet");
        const field = document.getElementById("id_prompt");
        const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
        field.dispatchEvent(paste);
        return paste.defaultPrevented;
    }""")
    assert refused is False


def test_one_undo_in_the_message_takes_the_whole_press_back(open_page, new_shot):
    page = open_page(new_shot("Undo all", prompt="Dunes", takes=3))
    page.locator("button.render").click()
    page.locator("#toasts").get_by_role("button", name="Undo").click()

    expect(page.locator("#toasts")).to_contain_text("Taken back, nothing charged.")
    expect(page.locator(".filmstrip .take:visible")).to_have_count(0)
