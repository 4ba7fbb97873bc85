"""A note that everybody is sent alike: each finds on it what they may press, and what they were typing."""

from playwright.sync_api import expect

WORDS = "The gate {author}\nswings, see @Rae & <b>"


def write(page, words):
    page.locator("#id_text").fill(words)
    page.get_by_role("button", name="Send").click()


def offered(note):
    """The words of what can be pressed on a note, folded out or not."""
    return note.locator(".note__acts").locator("summary, button").all_text_contents()


def test_each_finds_on_a_live_note_what_they_may_do_with_it(open_page, member, numbered_film, studio):
    slug = numbered_film("Controls", [1], frames=24)
    path = f"/projects/{slug}/review/shots/010/"
    pia, rae, vic = (
        open_page(path),
        member(slug, "Rae", "reviewer", path),
        member(slug, "Vic", "viewer", path),
    )
    tom = member(slug, "Tom", "reviewer", path)
    write(rae, WORDS)
    hers = ["reply", "Reply", "resolve", "edit", "Save", "Delete"]
    others = ["reply", "Reply", "resolve"]
    for page, expected in ((rae, hers), (tom, others), (pia, [*others, "delete"]), (vic, [])):
        note = page.locator(".notes > .note:not([data-pending])")
        expect(note).to_contain_text("swings")
        assert offered(note) == expected
        page.reload()  # drawn by the studio it is the same
        assert offered(note) == expected

    note = rae.locator(".notes > .note:not([data-pending])")
    code = note.get_attribute("id").removeprefix("note-")
    note.get_by_text("edit", exact=True).click()
    expect(rae.locator(f"#edit-{code}")).to_have_value(WORDS)
    rae.locator(f"#edit-{code}").fill(f"{WORDS}, twice")  # she types while somebody answers
    tom.locator(".note").get_by_text("reply", exact=True).click()
    tom.get_by_label("Reply to Rae").fill("So it does {code}")
    tom.get_by_role("button", name="Reply", exact=True).click()
    expect(note.locator(".note__reply")).to_contain_text("So it does {code}")
    expect(note.locator(".note__reply").locator("button, summary")).to_have_count(0)
    expect(rae.locator(f"#edit-{code}")).to_have_value(f"{WORDS}, twice")
    expect(rae.locator(f"#edit-{code}")).to_be_visible()
    note.get_by_role("button", name="Save").click()
    expect(tom.locator(".notes > .note > .note__body > .note__text")).to_contain_text("twice")
    kept = studio.shell(
        f"from studio.review.dailies.models import Note; print(repr(Note.objects.get(code={code!r}).text))"
    )
    assert kept.strip() == repr(f"{WORDS}, twice")

    reply = tom.locator(".note__reply")
    reply.get_by_text("edit", exact=True).click()
    expect(reply.get_by_label("Your reply")).to_have_value("So it does {code}")
    reply.get_by_label("Your reply").fill("It does")
    reply.get_by_role("button", name="Save").click()
    expect(note.locator(".note__reply")).to_contain_text("It does")
    tom.locator(".note").get_by_role("button", name="resolve").click()
    expect(
        note.locator("> .note__body > .note__acts").get_by_role("button", name="open again")
    ).to_be_visible()
    pia.locator(".note").get_by_role("button", name="delete", exact=True).click()
    expect(rae.locator(".notes > .note")).to_have_count(0)


def test_strokes_of_ones_own_are_erased_from_a_live_note(open_page, numbered_film):
    from tests.browser.test_review import scribble

    slug = numbered_film("Erasing", [1], frames=24)
    page = open_page(f"/projects/{slug}/review/shots/010/")
    page.wait_for_function("() => document.querySelector('review-player')?.film?.media.readyState >= 2")
    page.keyboard.press("d")
    scribble(page)
    scribble(page)
    page.locator("[data-drawn]").click()
    page.keyboard.type("Here")
    page.keyboard.press("Control+Enter")
    note = page.locator(".notes > .note:not([data-pending])")
    note.get_by_text("edit", exact=True).click()
    expect(note.get_by_role("button", name="erase")).to_have_text(["erase pen 1", "erase pen 2"])
    note.get_by_role("button", name="erase pen 1").click()
    expect(page.locator(".screen__over .stroke")).to_have_count(1)
