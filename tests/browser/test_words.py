"""Words in a browser: saved as they are typed, shown to others at once, never replaced unseen, never lost."""

import re

import pytest
from playwright.sync_api import expect

PROMPT = "#id_prompt"
DRAFT = re.compile(r"/draft$")
SAVED = re.compile("· saved")


@pytest.fixture
def shot(new_shot, request):
    return new_shot(f"Words {request.node.name[:60]}", prompt="A kite")


def slug_of(path):
    return path.split("/")[2]


def prompt_of(studio, path):
    slug, code = path.split("/")[2], path.split("/")[4]
    found = f"Shot.objects.get(project__slug={slug!r}, code={code!r}).prompt"
    return studio.shell(f"from studio.planning.projects.models import Shot; print({found})").strip()


def type_at_end(page, words):
    page.locator(PROMPT).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def saved(page):
    expect(page.locator("prompt-counter")).to_have_text(SAVED)


def test_a_colleagues_words_stand_on_an_untouched_page_at_once(studio, open_page, member, shot):
    mine = open_page(shot)
    theirs = member(slug_of(shot), "Pia", "artist", shot)
    type_at_end(theirs, " at dusk")
    expect(mine.locator(".writes")).to_have_text("Pia is writing here …")
    saved(theirs)
    expect(mine.locator(PROMPT)).to_have_value("A kite at dusk")
    expect(mine.locator(".toast")).to_contain_text("Pia changed the prompt.")
    theirs.locator("h1").first.click()
    expect(mine.locator(".writes")).to_have_count(0)
    type_at_end(mine, ", slowly")
    saved(mine)
    assert prompt_of(studio, shot) == "A kite at dusk, slowly"
    expect(theirs.locator(PROMPT)).to_have_value("A kite at dusk, slowly")


@pytest.mark.parametrize("choice", ["Keep mine", "Take theirs"])
def test_two_who_typed_at_once_are_shown_both_and_choose(studio, open_page, member, shot, choice):
    mine = open_page(shot)
    theirs = member(slug_of(shot), "Pia", "artist", shot)
    mine.route(DRAFT, lambda route: None)  # my line is slow
    type_at_end(mine, " of mine")
    type_at_end(theirs, " of Pia")
    saved(theirs)
    mine.unroute(DRAFT)
    mine.evaluate("htmx.trigger('#id_prompt', 'htmx:abort')")
    asked = mine.locator("#prompt-overtaken")
    expect(asked).to_contain_text("Pia changed the prompt")
    expect(asked.locator(".overtaken__text")).to_have_text(["A kite of Pia", "A kite of mine"])
    asked.get_by_text(choice).click()
    expect(asked.locator(".overtaken")).to_have_count(0)
    left = "A kite of mine" if choice == "Keep mine" else "A kite of Pia"
    expect(mine.locator(PROMPT)).to_have_value(left)
    expect(mine.locator(PROMPT)).to_be_focused()
    expect(theirs.locator(PROMPT)).to_have_value(left)
    assert prompt_of(studio, shot) == left
    mine.get_by_text("History", exact=True).first.click()
    for text in ("A kite of Pia", "A kite of mine"):
        expect(mine.locator("[data-versions]")).to_contain_text(text)


def test_a_click_beside_the_field_of_another_tab_replaces_nothing(studio, open_page, shot):
    first, second = open_page(shot), open_page(shot)
    type_at_end(second, " tab2")
    saved(second)
    expect(first.locator(PROMPT)).to_have_value("A kite tab2")
    type_at_end(first, ". A whole paragraph.")
    saved(first)
    second.locator(PROMPT).focus()
    second.locator("h1").first.click()
    second.wait_for_function("() => !document.querySelector('.htmx-request')")
    assert prompt_of(studio, shot) == "A kite tab2. A whole paragraph."


def test_what_is_not_saved_is_offered_after_a_reload(studio, open_page, shot):
    page = open_page(shot)
    page.route(DRAFT, lambda route: route.abort())
    page.evaluate("() => { window.fetch = () => Promise.reject(new Error()); }")  # as the page goes, too
    type_at_end(page, " that is never sent")
    expect(page.locator("prompt-counter")).to_contain_text("trying again")
    page.complaints.clear()  # the line was cut on purpose
    page.reload()
    offer = page.locator(".keptoffer")
    expect(offer).to_contain_text("A kite that is never sent")
    expect(page.locator(PROMPT)).to_have_value("A kite")
    page.complaints.clear()
    page.unroute(DRAFT)
    offer.get_by_text("Put it back").click()
    expect(page.locator(PROMPT)).to_have_value("A kite that is never sent")
    saved(page)
    page.reload()
    expect(page.locator(PROMPT)).to_have_value("A kite that is never sent")
    page.wait_for_timeout(600)  # as long as it takes to offer something
    expect(page.locator(".keptoffer")).to_have_count(0)
    assert prompt_of(studio, shot) == "A kite that is never sent"


def test_words_go_out_while_keys_go_on_and_when_the_page_goes(studio, open_page, shot):
    page = open_page(shot)
    page.locator(PROMPT).focus()
    page.keyboard.press("Control+End")
    with page.expect_request(DRAFT):
        for _ in range(60):  # without a pause of half a second
            page.keyboard.type(" a", delay=40)
    saved(page)
    page.keyboard.type(" last words")
    page.goto("/projects/")
    page.goto(shot)
    expect(page.locator(PROMPT)).to_have_value(re.compile("last words$"))


def test_back_shows_the_newer_words_of_a_colleague(open_page, member, shot):
    """Case 31."""
    mine = open_page(shot)
    type_at_end(mine, " old words")
    saved(mine)
    mine.goto(f"/projects/{slug_of(shot)}/")
    theirs = member(slug_of(shot), "Pia", "artist", shot)
    theirs.locator(PROMPT).fill("Of Pia")
    saved(theirs)
    mine.go_back()
    expect(mine.locator(PROMPT)).to_have_value("Of Pia")
    expect(mine.locator("prompt-counter")).to_contain_text(re.compile(r"^6 /"))


def test_a_chip_is_taken_back_by_undo(open_page, shot):
    page = open_page(shot)
    page.locator("prompt-desk summary").first.click()
    chip = page.locator("button.word").first
    chip.click()
    expect(page.locator(PROMPT)).not_to_have_value("A kite")
    page.keyboard.press("Control+z")
    expect(page.locator(PROMPT)).to_have_value("A kite")
    chip.focus()
    page.keyboard.press("Enter")
    expect(page.locator(PROMPT)).not_to_have_value("A kite")
    expect(chip).to_be_focused()
    page.keyboard.press("Control+z")
    expect(page.locator(PROMPT)).to_have_value("A kite")


def test_words_typed_while_a_press_is_answered_stay(studio, open_page, shot):
    page = open_page(shot)
    held = []
    page.route(re.compile(r"/render$"), lambda route: held.append(route))
    page.locator("#composer-send button").click()
    page.wait_for_function("() => document.querySelector('#composer.htmx-request')")
    type_at_end(page, " and more")
    held[0].continue_()
    expect(page.locator(".filmstrip .take, .takes .take").first).to_be_visible()
    expect(page.locator(PROMPT)).to_have_value("A kite and more")
    saved(page)
    assert prompt_of(studio, shot) == "A kite and more"


def test_a_title_that_was_not_saved_is_offered_and_one_that_was_is_not(studio, open_page, member, shot):
    page = open_page(f"{shot}edit")
    page.locator("#id_title").fill("A title of an hour")
    page.reload()
    page.locator(".keptoffer").get_by_text("Put it back").click()
    expect(page.locator("#id_title")).to_have_value("A title of an hour")
    theirs = member(slug_of(shot), "Pia", "artist", f"{shot}edit")
    theirs.locator("#id_title").fill("Of Pia")
    theirs.get_by_role("button", name="Save").click()
    theirs.wait_for_url(f"**{shot}")
    expect(page.locator("#clash-title")).to_contain_text("Pia changed this meanwhile to “Of Pia”")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".overtaken__text")).to_have_text(["Of Pia", "A title of an hour"])
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**{shot}")
    page.goto(f"{shot}edit")
    expect(page.locator("#id_title")).to_have_value("A title of an hour")
    page.wait_for_timeout(600)  # as long as it takes to offer something
    expect(page.locator(".keptoffer")).to_have_count(0)


def test_settings_that_a_colleague_changed_stand_on_an_open_page(open_page, member, shot):
    slug = slug_of(shot)
    mine = open_page(f"/projects/{slug}/settings")
    theirs = member(slug, "Pia", "producer", f"/projects/{slug}/settings")
    theirs.locator("#id_quality").fill("80")
    theirs.get_by_role("button", name="Save").click()
    expect(mine.locator("#id_quality")).to_have_value("80")
    expect(mine.locator(".toast")).to_contain_text("Pia changed")


def test_braces_that_are_no_choice_become_words_with_one_press(studio, open_page, shot):
    page = open_page(shot)
    type_at_end(page, " at {dawn}")
    saved(page)
    page.get_by_text("Send these braces as words").click()
    expect(page.locator(PROMPT)).to_have_value(r"A kite at \{dawn\}")
    expect(page.locator("#composer-send .render")).not_to_have_attribute("aria-disabled", "true")
    expect(page.locator("prompt-counter")).to_contain_text(re.compile(r"^16 /"))  # as it is sent


def test_choices_of_a_colleague_stand_on_an_open_page_and_are_not_undone_by_it(
    studio, open_page, member, shot
):
    mine = open_page(shot)
    theirs = member(slug_of(shot), "Pia", "artist", shot)
    theirs.get_by_label("Quick").check(force=True)
    expect(mine.locator("#model-gen-4-turbo")).to_be_checked()
    type_at_end(mine, " at dusk")
    saved(mine)
    mine.get_by_role("button", name="One more").click()
    expect(mine.locator("#id_takes")).to_have_value("2")
    expect(mine.locator("#composer-send .render")).to_contain_text("2 takes")
    found = "from studio.planning.projects.models import Shot; s = Shot.objects.get(project__slug={!r}); print(s.model, s.takes)"
    assert studio.shell(found.format(slug_of(shot))).split() == ["gen-4-turbo", "2"]


def overtaken(mine, theirs, words=" of mine"):
    """Both have typed, and mine asks."""
    mine.route(DRAFT, lambda route: None)
    type_at_end(mine, words)
    type_at_end(theirs, " of Pia")
    saved(theirs)
    mine.unroute(DRAFT)
    mine.evaluate("htmx.trigger('#id_prompt', 'htmx:abort')")
    expect(mine.locator("#prompt-overtaken .overtaken")).to_be_visible()


def test_what_is_typed_while_the_page_asks_is_not_gone_with_theirs(open_page, member, shot):
    mine = open_page(shot)
    theirs = member(slug_of(shot), "Pia", "artist", shot)
    overtaken(mine, theirs)
    type_at_end(mine, " and typed while asked")
    mine.get_by_text("Take theirs").click()
    expect(mine.locator(PROMPT)).to_have_value("A kite of Pia")
    mine.get_by_text("History", exact=True).first.click()
    expect(mine.locator("[data-versions]")).to_contain_text("A kite of mine and typed while asked")
    mine.locator(PROMPT).focus()
    mine.keyboard.press("Control+z")
    expect(mine.locator(PROMPT)).to_have_value("A kite of mine and typed while asked")


def test_what_changes_while_the_page_asks_is_shown_anew(studio, open_page, member, shot):
    mine = open_page(shot)
    theirs = member(slug_of(shot), "Pia", "artist", shot)
    overtaken(mine, theirs)
    type_at_end(theirs, ", later")
    saved(theirs)
    expect(mine.locator(".overtaken__text").first).to_have_text("A kite of Pia, later")
    mine.get_by_label("8 seconds").check(force=True)  # vouches for nothing else
    mine.get_by_text("Keep mine").click()
    saved(mine)
    assert prompt_of(studio, shot) == "A kite of mine"


def test_a_version_put_back_takes_nothing_with_it_that_is_not_saved(open_page, shot):
    page = open_page(shot)
    type_at_end(page, " at dusk")
    saved(page)
    page.get_by_text("History", exact=True).first.click()
    use = page.locator("[data-versions] [data-use]").last
    expect(use).to_be_visible()
    page.route(DRAFT, lambda route: route.abort())
    page.evaluate(
        "() => { const real = window.fetch; window.fetch = (to, ...more) => String(to).endsWith('/draft') ? Promise.reject(new Error()) : real(to, ...more); }"
    )
    type_at_end(page, ", a text nobody has")
    use.click()
    expect(page.locator(PROMPT)).not_to_have_value(re.compile("nobody has"))
    page.complaints.clear()  # the line was cut on purpose
    page.reload()
    expect(page.locator(".keptoffer")).to_contain_text("A kite at dusk, a text nobody has")
    page.complaints.clear()


def test_a_form_that_did_not_arrive_is_offered_again(open_page, shot):
    page = open_page(f"{shot}edit")
    page.locator("#id_title").fill("Never arrived")
    page.route(
        re.compile("/edit$"),
        lambda route: route.abort() if route.request.method == "POST" else route.fallback(),
    )
    page.get_by_role("button", name="Save").click()
    page.wait_for_timeout(300)
    page.complaints.clear()
    page.goto("/projects/")
    page.goto(f"{shot}edit")
    expect(page.locator(".keptoffer")).to_contain_text("Never arrived")


def test_one_form_that_is_taken_lets_no_other_pages_words_go(open_page, shot):
    first, second = (open_page(f"/projects/{slug_of(shot)}/new-shot") for _ in range(2))
    second.close()
    second = first.context.new_page()
    second.goto(f"/projects/{slug_of(shot)}/new-shot")
    first.locator("#id_title").fill("Of the first tab")
    second.locator("#id_title").fill("Of the second tab")
    second.get_by_role("button", name="Add shot").click()
    second.wait_for_url("**/shots/**")
    first.reload()
    expect(first.locator(".keptoffer")).to_contain_text("Of the first tab")
    expect(first.locator(".keptoffer")).not_to_contain_text("Of the second tab")


def test_a_scene_set_for_many_stands_on_an_open_form(open_page, member, shot):
    mine = open_page(f"{shot}edit")
    theirs = member(slug_of(shot), "Pia", "artist", f"/projects/{slug_of(shot)}/list/")
    theirs.locator("input[name=shot]").first.check(force=True)
    theirs.locator("#id_scene").fill("Harbour")
    theirs.get_by_role("button", name="Set", exact=True).click()
    expect(mine.locator("#id_scene")).to_have_value("Harbour")


def test_whoever_may_not_write_any_more_can_still_read_what_was_not_saved(studio, member, shot):
    page = member(slug_of(shot), "Pia", "artist", shot)
    page.route(DRAFT, lambda route: route.abort())
    page.evaluate("() => { window.fetch = () => Promise.reject(new Error()); }")
    type_at_end(page, " nobody has")
    expect(page.locator("prompt-counter")).to_contain_text("trying again")
    studio.shell(
        f"from studio.planning.projects.models import Membership as M; M.objects.filter(project__slug={slug_of(shot)!r}, user__name='Pia').update(role='viewer')"
    )
    page.complaints.clear()
    page.goto(shot)
    expect(page.locator(".keptoffer")).to_contain_text("A kite nobody has")
    page.complaints.clear()


def test_the_words_of_a_retake_are_offered_again(open_page, numbered_film, studio):
    slug = numbered_film("Retake words", [1])
    code = studio.shell(
        f"from studio.generation.renders.models import Render; print(Render.objects.get(project__slug={slug!r}).code)"
    ).strip()
    page = open_page(f"/takes/{code}/retake")
    page.locator("#id_text").fill("Less wind")
    page.reload()
    expect(page.locator(".keptoffer")).to_contain_text("Less wind")


def test_words_taken_back_while_their_save_is_not_answered_are_taken_back_in_the_studio(
    studio, open_page, shot
):
    """The studio has the words, the page never heard so: what stands in the field is what counts."""
    page = open_page(shot)
    lost = []

    def lose(route):
        lost.append(route.fetch().status)  # it arrives, its answer does not
        route.abort()

    page.route(DRAFT, lose)
    page.locator(PROMPT).fill("oops")
    expect(page.locator("prompt-counter")).to_have_text(re.compile("trying again"))
    assert lost[0] == 200 and prompt_of(studio, shot) == "oops"
    page.locator(PROMPT).fill("A kite")
    page.unroute(DRAFT)
    page.complaints.clear()  # the line was cut on purpose
    saved(page)
    assert prompt_of(studio, shot) == "A kite"
    page.reload()
    expect(page.locator(PROMPT)).to_have_value("A kite")


def test_words_taken_back_are_sent_by_a_page_that_is_left_before_the_answer(studio, open_page, shot):
    page = open_page(shot)

    def late(route):
        route.fetch()
        page.unroute(DRAFT, late)  # and is never answered

    page.route(DRAFT, late)
    page.locator(PROMPT).fill("oops")
    for _ in range(100):
        if prompt_of(studio, shot) == "oops":
            break
    page.locator(PROMPT).fill("A kite")
    page.reload()
    expect(page.locator(PROMPT)).to_have_value("A kite")
    assert prompt_of(studio, shot) == "A kite"


def test_a_colleagues_words_leave_the_caret_and_what_is_selected_on_their_words(open_page, member, shot):
    mine = open_page(shot)
    mine.locator(PROMPT).focus()
    mine.evaluate("document.querySelector('#id_prompt').setSelectionRange(2, 6)")
    theirs = member(slug_of(shot), "Pia", "artist", shot)
    type_at_end(theirs, " at dusk")
    expect(mine.locator(PROMPT)).to_have_value("A kite at dusk")
    selected = "(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))"
    assert mine.evaluate(f"{selected}(document.querySelector('#id_prompt'))") == "kite"
    theirs.keyboard.press("Control+Home")
    theirs.keyboard.type("Far off, ")
    expect(mine.locator(PROMPT)).to_have_value("Far off, A kite at dusk")
    assert mine.evaluate(f"{selected}(document.querySelector('#id_prompt'))") == "kite"


def test_a_letter_typed_and_taken_back_leaves_the_words_saved(open_page, shot):
    page = open_page(shot)
    type_at_end(page, "s")
    saved(page)
    page.keyboard.type("x")
    page.keyboard.press("Backspace")
    saved(page)


def test_who_writes_is_told_when_the_line_opens_after_the_first_key(open_page, member, shot):
    mine = open_page(shot)
    expect(mine.locator("live-feed")).to_have_text("Live")
    theirs = member(slug_of(shot), "Pia", "artist", shot)
    expect(theirs.locator("live-feed")).to_have_text("Live")
    theirs.evaluate("document.querySelector('live-feed').socket.close()")
    theirs.wait_for_function("() => document.querySelector('live-feed').socket.readyState === 3")
    type_at_end(theirs, " at dusk")
    expect(mine.locator(".writes")).to_have_text("Pia is writing here …")
