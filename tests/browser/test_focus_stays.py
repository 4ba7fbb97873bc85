"""Who works by keyboard stands where they stood, whatever is drawn anew around them."""

import re

import pytest
from playwright.sync_api import expect

FOCUSED = "document.activeElement.outerHTML.slice(0, 60)"


@pytest.mark.parametrize(
    ("part", "control"),
    [
        ("composer-settings", 'a:has-text("Pictures…")'),
        ("composer-settings", '[data-step="1"]'),
        ("composer-send", "button.render"),
        ("viewer", "[data-play]"),
        ("viewer", ".scrub"),
        ("viewer", "summary"),
        ("viewer", 'button[value="remix"]'),
    ],
)
def test_a_control_without_an_id_keeps_the_focus(open_page, numbered_film, part, control):
    slug = numbered_film(f"Focus {part} {re.sub('[^a-z]', '', control)}", [2])
    page = open_page(f"/projects/{slug}/shots/010/")
    box = page.locator(f"#{part}")
    box.locator(control).first.focus()
    before = page.evaluate(FOCUSED)
    page.evaluate(
        """async (part) => {
          document.getElementById(part).dataset.old = "";
          const how = { target: `#${part}`, swap: "outerHTML", select: `#${part}` };
          await window.htmx.ajax("GET", location.href, how);
        }""",
        part,
    )
    expect(page.locator(f"#{part}:not([data-old])")).to_have_count(1)
    assert page.evaluate(FOCUSED) == before


def test_after_a_take_was_dropped_the_keyboard_goes_on_from_where_it_is(open_page, numbered_film):
    slug = numbered_film("Goes on", [2])
    page = open_page(f"/projects/{slug}/shots/010/")
    page.get_by_role("link", name="Pictures…").focus()
    with page.expect_response(lambda answer: "/draft" in answer.url):
        page.evaluate("window.htmx.trigger('#composer-settings', 'change')")
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take 1, first frame")).to_be_visible()
