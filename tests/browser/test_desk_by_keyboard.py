"""The generation desk without a mouse: a still, its frame cropped, a take, the next shot from one of its frames."""

from playwright.sync_api import expect

from tests.patience import LONG


def tab_to(page, wanted, *, key="Tab", most=90):
    """Go on by Tab alone until what has the focus matches this selector."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"{key} never came to {wanted}")


def here(page):
    return page.evaluate("document.activeElement.id || document.activeElement.tagName")


def write(page, words):
    """P, then the words in place of what stands there."""
    page.keyboard.press("p")
    page.keyboard.press("Control+a")
    page.keyboard.type(words)
    expect(page.locator("prompt-counter")).to_contain_text("saved")


def render(page, number):
    """Order from within the prompt, leave it, and wait until so many takes of the row are there."""
    page.keyboard.press("Control+Enter")
    expect(page.locator(".filmstrip .take[data-state=ready]")).to_have_count(number, timeout=LONG)
    page.keyboard.press("Tab")


def test_from_a_still_to_a_chain_of_two_shots(open_page, new_shot):
    still = {"model": "gen-4-image", "aspect": "1360x768", "seconds": None, "takes": 1}
    path = new_shot("Desk by keys", title="The lamp", **still)
    page = open_page(path)

    # a still, which becomes the first frame of its shot
    write(page, "A lighthouse keeper at a window, dusk")
    render(page, 1)
    tab_to(page, "button[formaction$='first-frame']")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    # another model by the arrows of its radios, and a part of the frame by keys
    tab_to(page, "#model-gen-4-image")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#crop")).to_be_visible()
    expect(page.locator("#model-gen-4-turbo")).to_be_focused()
    page.keyboard.press("c")
    expect(page.locator("#crop-large")).to_be_focused()
    for pressed in ("+", "+", "ArrowLeft"):
        page.keyboard.press(pressed)
    with page.expect_response("**/draft"):  # the keys have paused
        pass
    page.keyboard.press("Escape")
    expect(page.locator("#crop-large")).to_be_hidden()
    assert float(page.locator("#crop_width").input_value()) < 1360
    write(page, "He turns to the window, slow push in")
    render(page, 2)

    # frame 60 of that take starts a new shot
    page.keyboard.press("2")
    expect(page.locator(".madewith summary")).to_contain_text("Take 1")
    page.wait_for_function("() => document.querySelector('take-viewer')?.film?.media.readyState >= 2")
    for _ in range(6):
        page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("() => document.querySelector('take-viewer').film.frame === 60")
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Circled")).to_be_visible()
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Continue from 010 take 1")
    expect(dialog.get_by_role("button", name="A new shot")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".framebox .name a")).to_have_text("from 010, take 1, frame 60")
    assert here(page) == "id_prompt"
    write(page, "The beam sweeps over the sea")
    page.keyboard.press("Tab")

    # the same for the final model, circled instead: the second shot is stale, and is refreshed
    tab_to(page, ".steps a", key="Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}")
    page.keyboard.press("2")
    tab_to(page, "button[name=model][value='gen-4.5']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#model-gen-4\\.5")).to_be_checked()
    assert here(page) == "id_prompt"
    render(page, 3)
    page.keyboard.press("3")
    expect(page.locator(".madewith summary")).to_contain_text("Take 2 · Gen-4.5")
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Circled")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**/shots/011/")
    expect(page.locator("#chain-011")).to_contain_text("010 now circles take 2")
    tab_to(page, "#chain-011 button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".framebox .name a")).to_have_text("from 010, take 2, frame 60")
    assert here(page) == "id_prompt"

    # a picture of the project instead, and the queue
    tab_to(page, "a[data-part][href$='choose']")
    page.keyboard.press("Enter")
    expect(page.locator(".framechoice").first).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    expect(page.locator("#queue-drawer")).to_contain_text("Just done")
    page.keyboard.press("Escape")
    expect(page.locator("#queue-drawer")).to_be_hidden()
