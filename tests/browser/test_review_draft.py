"""A note that is being written belongs to what it said when it was begun; a drawing to the frame it is on."""

import json

from playwright.sync_api import expect

from tests.browser.test_review import scribble

READY = "() => document.querySelector('review-player')?.film?.media.readyState >= 2"


def choose_range(page, first, last):
    page.keyboard.press("Home")
    for _ in range(first):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("i")
    for _ in range(last - first):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("o")


def place(page):
    return page.locator("#note").evaluate("form => [form.elements.frame.value, form.elements.last.value]")


def on_screen(page, frame):
    page.wait_for_function(f"() => document.querySelector('review-player').film.frame === {frame}")


def test_a_note_that_was_begun_keeps_its_range_whatever_becomes_of_the_players(open_page, numbered_film):
    slug = numbered_film("Keeps", [1], frames=36)
    page = open_page(f"/projects/{slug}/review/shots/010/")
    page.wait_for_function(READY)
    choose_range(page, 3, 9)
    page.keyboard.press("c")
    page.keyboard.type("These flicker")
    page.keyboard.press("Escape")
    page.keyboard.press("\\")  # the whole clip again
    assert place(page) == ["3", "9"]
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("d")  # outside of it: to where the note is
    on_screen(page, 3)
    scribble(page)
    page.keyboard.press("Escape")
    assert place(page) == ["3", "9"]
    choose_range(page, 20, 25)  # for a verdict, say
    assert place(page) == ["3", "9"]
    page.reload()
    page.wait_for_function(READY)
    assert place(page) == ["3", "9"]
    choose_range(page, 20, 25)
    page.locator("#id_text").focus()
    page.keyboard.press("Control+Enter")
    note = page.locator(".note:not([data-pending])")
    expect(note).to_have_attribute("data-frame", "3")
    expect(note).to_have_attribute("data-last", "9")
    expect(page.locator("#decide [value=approved]")).to_contain_text(
        "frames 20–25"
    )  # that was not the note's


def test_a_note_on_a_range_is_drawn_on_the_frame_on_screen(open_page, member, numbered_film):
    slug = numbered_film("Drawn inside", [1], frames=36)
    path = f"/projects/{slug}/review/shots/010/"
    page = open_page(path)
    rae = member(slug, "Rae", "reviewer", path)
    page.wait_for_function(READY)
    choose_range(page, 3, 9)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("d")
    on_screen(page, 7)
    scribble(page)
    on_screen(page, 7)  # and it stays there
    expect(page.locator(".screen__over .stroke")).to_have_count(1)
    page.keyboard.press("Escape")
    assert place(page) == ["3", "9"]
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".screen__over .stroke")).to_have_count(0)
    page.keyboard.press("d")
    scribble(page)
    page.locator("[data-drawn]").click()
    page.keyboard.type("The wheel, here and here")
    page.reload()
    on_screen(page, 7)  # the draft shows its first drawing
    expect(page.locator(".screen__over .stroke")).to_have_count(1)
    page.locator("#id_text").focus()
    page.keyboard.press("Control+Enter")

    for there in (page, rae):
        note = there.locator(".notes > .note:not([data-pending])")
        expect(note).to_have_attribute("data-frame", "3")
        expect(note).to_have_attribute("data-last", "9")
        expect(note.locator(".tc")).to_have_text(["00:03–00:09", "00:06", "00:07"])
        assert [each["frame"] for each in json.loads(note.get_attribute("data-strokes"))] == [7, 6]
    rae.keyboard.press(".")
    on_screen(rae, 7)
    expect(rae.locator(".screen__over .stroke")).to_have_count(1)
    rae.get_by_role("link", name="Go to the drawing at 00:06").click()
    on_screen(rae, 6)
    expect(rae.locator(".screen__over .stroke")).to_have_count(1)
    rae.keyboard.press("Home")
    expect(rae.locator(".screen__over .stroke")).to_have_count(0)
