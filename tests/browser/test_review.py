"""A review by keys: notes, drawings, verdicts, comparisons, a retake proposed and sent."""

import json
import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Studio, sign_in
from tests.patience import LONG


def frame_of(page):
    return page.evaluate("document.querySelector('review-player').frame")


def scribble(page):
    """A stroke across the picture by the mouse."""
    box = page.locator(".screen__over.drawing").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(box["x"] + box["width"] * (0.4 + step * 0.04), box["y"] + box["height"] * 0.5)
    page.mouse.up()


def test_a_note_is_written_drawn_and_found_again_by_keys(open_page, numbered_film, member):
    slug = numbered_film("Notes", [1])
    path = f"/projects/{slug}/review/shots/010/"
    page = open_page(path)
    rae = member(slug, "Rae", "reviewer", path)
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('review-player')?.frame === 11")
    page.keyboard.press("d")
    expect(page.get_by_role("application")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Space")
    scribble(page)
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.keyboard.type("The gate swings first, see @Rae s k l")  # keys never fire while typing
    page.keyboard.press("Control+Enter")
    note = page.locator(".notes > .note:not([data-pending])")
    expect(note).to_contain_text("The gate swings first")
    expect(note.locator(".tc")).to_have_text("00:11")
    assert len(json.loads(note.get_attribute("data-strokes"))) == 2
    expect(page.locator(".notemark")).to_have_count(1)

    theirs = rae.locator(".notes > .note")  # live, on another screen
    expect(theirs).to_contain_text("@Rae")
    rae.keyboard.press(".")
    rae.wait_for_function("() => document.querySelector('review-player')?.frame === 11")
    expect(rae.locator(".screen__over .stroke")).to_have_count(2)
    rae.keyboard.press("ArrowRight")  # it is drawn on its own frame, and only there
    rae.wait_for_function("() => document.querySelector('review-player')?.film.frame === 12")
    expect(rae.locator(".screen__over .stroke")).to_have_count(0)
    rae.keyboard.press("ArrowLeft")
    expect(rae.locator(".screen__over .stroke")).to_have_count(2)
    theirs.get_by_text("reply", exact=True).click()
    rae.get_by_label("Reply to Studio").fill("Yes.")
    rae.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".note__reply")).to_contain_text("Yes.")
    theirs.get_by_role("button", name="resolve").click()
    expect(page.locator(".note[data-resolved]")).to_have_count(1)
    expect(page.locator(".notemark")).to_have_count(0)
    assert "mentions me" in rae.request.get("/account/notices").text()
    assert "The gate swings first" in rae.request.get("/notices/").text()


def test_a_draft_survives_a_reload_and_bad_words_are_answered_beside_the_field(open_page, numbered_film):
    page = open_page(f"/projects/{numbered_film('Drafts', [1])}/review/shots/010/")
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("() => document.querySelector('review-player')?.frame === 10")
    page.keyboard.press("c")
    page.keyboard.type("Half a thou")
    page.reload()
    expect(page.locator("#id_text")).to_have_value("Half a thou")
    expect(page.get_by_label("Frame", exact=True).last).to_have_value("10")
    page.locator("#id_text").fill("x" * 5001)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#text_error")).to_contain_text("5001 characters long")
    expect(page.locator("#id_text")).to_have_value("x" * 5001)
    page.locator("#id_text").fill("Short")
    page.locator("#note [name=frame]").fill("48")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#text_error")).to_contain_text("no frame 48")
    page.locator("#note [name=frame]").fill("47")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".note:not([data-pending]) .tc")).to_have_text("01:23")
    page.locator("#id_text").fill("")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#text_error")).to_have_text("Write a note, or draw one.")


def test_what_was_shown_as_sent_is_there_once_after_kills_while_sending(chromium, tmp_path):
    studio = Studio(tmp_path).start()
    try:
        from tests.browser.conftest import NUMBERED

        slug = studio.shell(NUMBERED.format(name="Kill", shots=[1], frames=24, more={})).strip()
        page = chromium.new_context(base_url=studio.base).new_page()
        sign_in(page, studio.link)
        page.goto(f"/projects/{slug}/review/shots/010/")
        for number in range(12):
            page.locator("#id_text").fill(f"note {number}")
            if number % 3 == 0:
                page.locator("[data-draw]").click()
                scribble(page)
            if number == 9:  # nobody is there when it is sent
                studio.kill()
            page.get_by_role("button", name="Send").click()
            if number == 4:  # it may be there, or not
                studio.kill()
            if number == 9:
                expect(page.locator("[data-outbox]")).to_contain_text("kept here", timeout=LONG)
            if number in (4, 9):
                studio.start()
        expect(page.locator(".note[data-pending]")).to_have_count(0, timeout=LONG)
        shown = page.locator(".notes > .note").evaluate_all("notes => notes.map((note) => note.id)")
        kept = studio.shell(
            "from studio.review.dailies.models import Note;"
            "print(*[f'{n.text}|note-{n.code}|{n.strokes.count()}' for n in Note.objects.order_by('pk')], sep='\\n')"
        )
        rows = [line.split("|") for line in kept.strip().splitlines()]
        assert sorted(text for text, _, _ in rows) == sorted(f"note {number}" for number in range(12))
        assert sorted(shown) == sorted(code for _, code, _ in rows)
        assert all(int(strokes) == (int(text.split()[1]) % 3 == 0) for text, _, strokes in rows)
    finally:
        studio.stop()


def test_a_reviewer_proposes_a_retake_and_an_artist_sends_it(open_page, member, numbered_film):
    slug = numbered_film("Retakes", [1])
    path = f"/projects/{slug}/review/shots/010/"
    rae = member(slug, "Rae", "reviewer", path)
    rae.keyboard.press("c")
    rae.keyboard.type("The chain vanishes.")
    rae.keyboard.press("Control+Enter")
    expect(rae.locator(".note:not([data-pending])")).to_have_count(1)
    rae.keyboard.press("r")
    rae.keyboard.press("2")
    rae.keyboard.press("5")
    rae.keyboard.press("Enter")
    expect(rae.locator(".decision")).to_contain_text("Rae retake")
    expect(rae.locator(".decision")).to_contain_text("object vanished, hands")
    rae.get_by_role("link", name="Propose retake from these notes").click()
    expect(rae.get_by_label("Prompt of the new take")).to_have_value(re.compile("The chain vanishes."))
    expect(rae.locator(".diff ins")).to_contain_text("The chain vanishes.")
    assert "$" not in rae.content()
    rae.get_by_role("button", name="Propose it").click()
    expect(rae.get_by_text("Proposed. An artist prices and sends it")).to_be_visible()

    page = open_page(f"/projects/{slug}/review/")
    page.get_by_role("link", name="Price and send").click()
    expect(page.get_by_role("heading", name="Retake proposed by Rae")).to_be_visible()
    page.get_by_label("Takes", exact=True).fill("2")
    button = page.get_by_role("button", name=re.compile("Render 2 takes"))
    expect(button).to_contain_text("$1.21")
    button.click()
    expect(page.locator(".take[data-state=ready]")).to_have_count(3, timeout=LONG)

    rae.goto("/notices/")
    rae.get_by_role("link", name=re.compile("is here, the retake you asked for")).first.click()
    expect(rae.locator(".takesrow .thumb")).to_have_count(3)
    expect(rae.locator("#carried-title")).to_be_visible()
    expect(rae.locator(".since")).to_contain_text("prompt +")
    rae.get_by_role("button", name="still there").click()
    expect(rae.locator(".note--carried")).to_have_count(0)


def test_a_viewer_reads_the_notes_and_is_offered_no_button_that_would_refuse_them(
    open_page, member, numbered_film
):
    slug = numbered_film("Looking on", [1])
    path = f"/projects/{slug}/review/shots/010/"
    rae = member(slug, "Rae", "reviewer", path)
    rae.keyboard.press("c")
    rae.keyboard.type("The chain vanishes.")
    rae.keyboard.press("Control+Enter")
    note = rae.locator(".note:not([data-pending])")
    expect(note).to_have_count(1)
    expect(note.locator(".note__acts")).to_be_visible()
    vic = member(slug, "Vic", "viewer", path)
    expect(vic.locator(".note")).to_contain_text("The chain vanishes.")
    expect(vic.locator(".note").locator("button, summary, textarea")).to_have_count(0)
    rae.keyboard.press("c")
    rae.keyboard.type("And the gate.")
    rae.keyboard.press("Control+Enter")
    expect(vic.locator(".note")).to_have_count(2)  # what comes live brings none either
    expect(vic.locator(".note").locator("button, summary, textarea")).to_have_count(0)


def test_a_range_is_said_on_the_buttons_and_ends_with_the_note_it_was_for(open_page, numbered_film):
    slug = numbered_film("Ranges", [1])
    page = open_page(f"/projects/{slug}/review/shots/010/")
    approve = page.locator("#decide [value=approved]")
    for key in ["i", "ArrowRight", "ArrowRight", "ArrowRight", "o"]:
        page.keyboard.press(key)
    expect(approve).to_contain_text("Approve frames 0–3")
    page.keyboard.press("c")
    page.keyboard.type("These four flicker.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note:not([data-pending])")).to_have_attribute("data-last", "3")
    expect(approve).to_have_text("Approve A")
    page.keyboard.press("End")
    page.keyboard.press("c")
    page.keyboard.type("And this one is soft.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note:not([data-pending])")).to_have_count(2)
    assert page.locator(".note").nth(1).get_attribute("data-frame") == "47"
    assert page.locator(".note").nth(1).get_attribute("data-last") in (None, "")
    page.locator(".note").first.click()  # its range is played, and is nobody's choice
    expect(approve).to_have_text("Approve A")
    page.keyboard.press("a")
    expect(page.locator(".decision")).to_contain_text("approved")
    expect(page.locator(".decision .tc")).to_have_count(0)


def test_two_takes_are_compared_frame_by_frame_in_every_way(open_page, numbered_film):
    page = open_page(f"/projects/{numbered_film('Compared', [2])}/review/shots/010/")
    together = """() => {
      const { films } = document.querySelector("review-player");
      return films.map((film) => [film.frame, window.number(film.media)]);
    }"""
    from tests import numbered

    for mode in ("side", "wipe", "difference", "flip", "wall"):
        page.keyboard.press("w")
        expect(page.locator("main")).to_have_attribute("data-mode", mode)
        page.evaluate(f"() => {{ {numbered.READ} }}")
        page.wait_for_function(
            "() => document.querySelector('review-player')?.films?.every((film) => film.media.readyState >= 2)"
        )
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("l")
        page.wait_for_timeout(500)
        page.keyboard.press("k")
        page.wait_for_function(
            "() => document.querySelector('review-player')?.films?.every((film) => film.media.paused && film.wanted === null)"
        )
        (one, first), (two, second) = page.evaluate(together)
        assert one == two and first == one and second == 128 + two, mode
    page.keyboard.press("w")
    expect(page.locator("main")).to_have_attribute("data-mode", "single")


def test_any_two_takes_are_compared_by_choosing_them_in_the_row(open_page, numbered_film):
    slug = numbered_film("Pairs", [4])
    page = open_page(f"/projects/{slug}/review/shots/010/?mode=side")
    pair = "main => [main.dataset.take, main.dataset.compare]"
    fourth, third = page.locator("main").evaluate(pair)
    takes = page.locator(".takesrow .thumb")
    expect(takes.nth(2)).to_have_attribute("data-compared", "")
    takes.nth(0).click()
    expect(takes.nth(0)).to_have_attribute("aria-current", "true")
    first, other = page.locator("main").evaluate(pair)
    assert other == third and first != fourth
    takes.nth(2).click()  # they change places
    expect(takes.nth(2)).to_have_attribute("aria-current", "true")
    assert page.locator("main").evaluate(pair) == [third, first]
    page.keyboard.press("2")
    expect(takes.nth(1)).to_have_attribute("aria-current", "true")
    second, other = page.locator("main").evaluate(pair)
    assert other == first and len({first, second, third, fourth}) == 4
    expect(page.locator(".screen")).to_have_count(2)


def test_on_the_wall_a_range_and_a_drawing_belong_to_their_take(open_page, numbered_film, studio):
    slug = numbered_film("Walls", [2, 1])
    page = open_page(f"/projects/{slug}/review/shots/010/?mode=wall")
    page.wait_for_function("() => document.querySelector('review-player')?.films?.length === 2")
    page.keyboard.press("d")
    scribble(page)
    page.keyboard.press("Escape")
    expect(page.locator(".screen__over .stroke")).to_have_count(1)
    page.keyboard.press("1")  # another leads, alone; then both are back
    page.keyboard.press("1")
    expect(page.locator(".screen__over .stroke")).to_have_count(0)
    for key in ["ArrowRight", "i", "ArrowRight", "ArrowRight", "o"]:
        page.keyboard.press(key)
    approve = page.locator("#decide [value=approved]")
    expect(approve).to_contain_text("frames 1–3")
    page.keyboard.press("c")  # beside the wall, on the take that leads
    expect(page.locator("#id_text")).to_be_focused()
    expect(approve).to_contain_text("frames 1–3")
    expect(page.get_by_label("Last frame of a range")).to_have_value("3")
    page.keyboard.type("Soft here.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note:not([data-pending])")).to_contain_text("Soft here.")
    kept = studio.shell(
        "from studio.review.dailies.models import Note;"
        f"print([(n.render.number, n.frame, n.last) for n in Note.objects.filter(project__slug={slug!r})])"
    )
    assert kept.strip() == "[(1, 1, 3)]"
    page.keyboard.press("2")
    page.keyboard.press("2")
    page.keyboard.press("Home")
    expect(page.locator(".screen__over .stroke")).to_have_count(1)  # the drawing that was begun on the other
    page.keyboard.press("1")
    page.keyboard.press("w")  # round the ways, with the take that leads, never to another shot
    expect(page.locator("main[data-shot='010'][data-mode=single] .review__title")).to_contain_text("take 1")
    page.keyboard.press("w")
    expect(page.locator("main[data-shot='010'][data-mode=side]")).to_be_visible()


def test_a_verdict_is_seen_in_the_rows_at_once_also_of_the_take_flipped_to(open_page, numbered_film, studio):
    slug = numbered_film("Rows", [2, 1])
    code = studio.shell(
        "from studio.generation.renders.models import Render; from studio.people.accounts.models import User;"
        "from studio.review.dailies import lists;"
        f"takes = list(Render.objects.filter(project__slug={slug!r}).order_by('pk')); user = User.objects.order_by('pk').first();"
        "print(lists.create(takes[0].project, by=user, name='Monday', takes=takes, people=[user]).code)"
    ).strip()
    page = open_page(f"/projects/{slug}/review/shots/010/?list={code}")
    expect(page.locator(".shotsrow__list")).to_contain_text("1 of 3 · 3 left")
    page.keyboard.press("a")
    expect(page.locator(".shotsrow__list")).to_contain_text("1 of 3 · 2 left")
    expect(page.locator(".shotsrow [data-left]")).to_have_count(2)
    page.get_by_role("button", name="take back").click()
    expect(page.locator(".shotsrow__list")).to_contain_text("1 of 3 · 3 left")
    page.get_by_role("link", name="Flip").click()
    expect(page.locator("main[data-mode=flip] review-player")).to_be_visible()
    page.keyboard.press("`")
    page.keyboard.press("a")
    expect(page.locator(".takesrow .thumb").nth(1)).to_have_attribute("data-verdict", "approved")


def test_fifty_takes_are_judged_on_the_wall_without_the_mouse(open_page, numbered_film, studio):
    shots = [4] * 10 + [2] * 5
    slug = numbered_film("Fifty", shots, frames=8)
    page = open_page(f"/projects/{slug}/review/shots/010/?mode=wall")
    given = 0
    for place, takes in enumerate(shots, start=1):
        expect(
            page.locator(f"main[data-shot='{place * 10:03d}'][data-mode='wall'] review-player")
        ).to_be_visible()
        for take in range(1, takes + 1):
            if take == 1:
                page.keyboard.press("1")
            page.keyboard.press("x" if take < takes else "a")
            given += 1
    expect(page.get_by_text("That was the last one.")).to_be_visible()
    page.wait_for_function("() => !JSON.parse(localStorage.getItem('rushes:outbox') ?? '[]').length")
    kept = studio.shell(
        "from collections import Counter; from studio.generation.renders.models import Render;"
        f"print(dict(Counter(Render.objects.filter(project__slug={slug!r}).values_list('verdict', flat=True))))"
    )
    assert given == 50
    assert kept.strip() == str({"rejected": 35, "approved": 15})
    page.goto(f"/projects/{slug}/")
    expect(page.get_by_role("link", name="Approved 15")).to_be_visible()


def test_a_review_on_a_phone(open_page, numbered_film):
    page = open_page(f"/projects/{numbered_film('Phone', [2])}/review/shots/010/", size=PHONE, has_touch=True)
    page.get_by_role("button", name="Play", exact=True).tap()
    page.wait_for_function("() => document.querySelector('review-player')?.frame > 3")
    page.locator("#id_text").tap()
    page.wait_for_function("() => document.querySelector('review-player')?.playing === false")
    page.locator("#id_text").fill("Softer light")
    page.get_by_role("button", name="Send").tap()
    expect(page.locator(".note:not([data-pending])")).to_contain_text("Softer light")
    before = page.evaluate("document.querySelector('review-player').frame")
    page.get_by_role("button", name="One frame on").tap()
    page.wait_for_function(f"() => document.querySelector('review-player').frame === {before + 1}")
    page.get_by_role("button", name="Approve").tap()
    expect(page.locator(".decision")).to_have_count(1)
    page.get_by_role("button", name="take back").tap()
    expect(page.locator(".decision")).to_have_count(0)
    page.get_by_role("link", name="Cut", exact=True).tap()
    page.wait_for_function("() => document.querySelector('cut-player')?.layer?.film")
    time, title = (
        page.locator(each).bounding_box() for each in ("cut-player .timecode", "cut-player [data-shot]")
    )
    assert title["y"] + title["height"] <= time["y"]  # beside each other they would overlap
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_what_one_presses_says_what_it_did_and_leaves_the_keys(open_page, numbered_film):
    slug = numbered_film("Presses", [2, 1])
    page = open_page(f"/projects/{slug}/review/shots/010/")
    ready = "() => document.querySelector('review-player')?.film"
    page.wait_for_function(ready)
    circle = page.get_by_role("button", name="Circle")
    with page.expect_response("**/circle?on=1"):
        circle.click()
    expect(circle).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".takesrow [data-circled]")).to_have_count(1)
    page.reload()
    expect(circle).to_have_attribute("aria-pressed", "true")

    page.get_by_role("button", name="Speed").click()
    speed = page.locator("[data-speed]")
    expect(speed).to_have_text("2×")
    page.locator("main").press("k")
    page.get_by_role("link", name="Side by side").click()
    expect(page.locator("main[data-mode=side] review-player")).to_be_visible()
    page.keyboard.press("Space")  # the mode that was pressed has the focus, and Space presses no link
    page.wait_for_function("() => document.querySelector('review-player').playing")
    expect(speed).to_have_text("2×")
    assert page.evaluate("document.querySelector('review-player video').playbackRate") == 2
    page.keyboard.press("k")

    page.keyboard.press("Shift+F")
    page.wait_for_function("() => document.fullscreenElement")
    for gone in (".topbar", ".panel", ".takesrow", ".review__bar"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(".transport")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("main[data-shot='020'] review-player")).to_be_visible()
    assert page.evaluate("Boolean(document.fullscreenElement)")
    page.keyboard.press("c")
    expect(page.locator("#id_text")).to_be_focused()


def test_a_note_and_a_verdict_without_scripts(open_page, numbered_film):
    slug = numbered_film("Plain", [1])
    page = open_page(f"/projects/{slug}/review/shots/010/", java_script_enabled=False)
    page.get_by_label("Note", exact=True).fill("By hand")
    page.locator("#note [name=frame]").fill("12")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".note")).to_contain_text("By hand")
    page.get_by_role("checkbox", name="brief B").check(force=True)
    page.get_by_role("checkbox", name="hands 5").check(force=True)
    page.get_by_role("button", name="Retake R").click()
    expect(page.locator(".decision")).to_contain_text("hands, brief changed")
    page.get_by_label("Note", exact=True).fill("Too far")
    page.locator("#note [name=frame]").fill("99")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#text_error")).to_have_text("There is no frame 99: they go from 0 to 47.")
    expect(page.get_by_label("Note", exact=True)).to_have_value("Too far")


def test_a_held_key_decides_once_and_a_note_belongs_to_the_frame_on_its_way(open_page, numbered_film, studio):
    slug = numbered_film("Held", [1, 1])
    page = open_page(f"/projects/{slug}/review/shots/010/?mode=wall")
    page.wait_for_function("() => document.querySelector('review-player')?.film?.media.readyState >= 2")
    for _ in range(5):
        page.keyboard.down("a")  # again and again: what a held key sends
    page.keyboard.up("a")
    expect(page.locator(".decision")).to_have_count(1)
    page.evaluate(
        """() => {
          const press = (key, shiftKey) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
          press("ArrowRight", true);
          press("ArrowRight", true);
          press("c", false);
        }"""
    )
    page.locator("#id_text").press_sequentially("At twenty")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".note:not([data-pending]) .tc")).to_have_text("00:20")
    kept = studio.shell(
        f"from studio.review.dailies.models import Verdict; print(Verdict.objects.filter(project__slug={slug!r}).count())"
    )
    assert kept.strip() == "1"


def test_a_verdict_waits_until_one_has_signed_in_again(open_page, numbered_film, studio, member):
    slug = numbered_film("Again", [1])
    path = f"/projects/{slug}/review/shots/010/"
    page = member(slug, "Rae", "reviewer", path)
    page.wait_for_function("() => document.querySelector('review-player')?.film?.media.readyState >= 2")
    page.context.clear_cookies()
    page.keyboard.press("a")
    expect(page.locator("[data-outbox]")).to_contain_text("Signed out")
    other = page.context.new_page()
    sign_in(other, studio.link_for(f"rae@{slug}.example"))
    expect(page.locator(".decision")).to_contain_text("Rae approved", timeout=LONG)
    page.complaints.clear()  # the browser says 401 and 403 on the console
