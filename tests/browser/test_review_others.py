"""What others do on a review page takes nothing out of somebody's hands: fields, caret, focus, the take, the list."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_review_lead import sent, verdicts
from tests.browser.test_review_live import TAKES, list_of

PLAYER = "() => document.querySelector('review-player')?.film"


def write(page, words):
    page.locator("#id_text").fill(words)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".notes > .note:not([data-pending])").last).to_contain_text(words)


def throw_away(studio, slug, number, shot="010"):
    studio.shell(
        f"{TAKES} trash.trash_take(Render.objects.get(project__slug={slug!r}, shot__code={shot!r}, number={number}), by=by)"
    )


def resolve(studio, slug):
    """A colleague resolves and opens again each note, so that its card comes anew."""
    studio.shell(
        f"{TAKES} from studio.review.dailies import notes; from studio.review.dailies.models import Note;"
        f"[notes.resolve(note, by=by, resolved=True) for note in Note.objects.filter(project__slug={slug!r}, reply_to=None)]"
    )


@pytest.mark.parametrize("verb", ["reply", "edit"])
def test_a_field_that_was_opened_stays_open_with_its_caret_while_a_colleague_acts(
    open_page, numbered_film, studio, verb
):
    slug = numbered_film(f"Open {verb}", [1], frames=24)
    page = open_page(f"/projects/{slug}/review/shots/010/")
    write(page, "The gate swings")
    note = page.locator(".notes > .note")
    note.get_by_text(verb, exact=True).click()
    field = note.locator("details[open] textarea")
    field.focus()
    resolve(studio, slug)
    expect(note).to_have_attribute("data-resolved", "")
    page.keyboard.type("ax")
    expect(field).to_be_focused()
    field.fill("hello world")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    studio.shell(
        f"{TAKES} from studio.review.dailies import notes; from studio.review.dailies.models import Note;"
        f"notes.resolve(Note.objects.get(project__slug={slug!r}, reply_to=None), by=by, resolved=False)"
    )
    expect(note).not_to_have_attribute("data-resolved", "")
    page.keyboard.type("X")
    expect(field).to_have_value("hello Xworld")
    assert verdicts(studio, slug) == ""


@pytest.mark.parametrize("answered", [True, False])
def test_a_reply_that_was_sent_is_not_offered_again(open_page, numbered_film, answered):
    """It stands on the page: also where the news of it come before the answer to the press."""
    slug = numbered_film(f"Replied {answered}", [1], frames=24)
    page = open_page(f"/projects/{slug}/review/shots/010/")
    write(page, "The gate swings")
    note = page.locator(".notes > .note")
    note.get_by_text("reply", exact=True).click()
    note.locator("details[open] textarea").fill("So it  does\nagain")
    if not answered:
        page.route(re.compile(r"/reply$"), lambda route: route.fetch() and None)
    note.get_by_role("button", name="Reply", exact=True).click()
    expect(note.locator(".note__reply")).to_contain_text("So it does")
    kept = "() => Object.keys(localStorage).filter((key) => key.includes('reply')).length === 0"
    page.wait_for_function(kept)
    page.reload()
    note.get_by_text("reply", exact=True).click()
    expect(note.locator("details[open] textarea")).to_have_value("")
    expect(page.get_by_text("not saved")).to_have_count(0)


def test_the_chosen_note_stays_chosen_when_its_card_comes_anew(open_page, numbered_film, studio):
    slug = numbered_film("Chosen", [1], frames=24)
    page = open_page(f"/projects/{slug}/review/shots/010/")
    write(page, "The first")
    write(page, "The second")
    second = page.locator(".notes > .note").nth(1)
    second.locator(".note__text").first.click()
    code = second.get_attribute("id").removeprefix("note-")
    studio.shell(
        f"{TAKES} from studio.review.dailies import notes; from studio.review.dailies.models import Note;"
        f"notes.resolve(Note.objects.get(code={code!r}), by=by, resolved=True);"
        f"notes.resolve(Note.objects.get(code={code!r}), by=by, resolved=False)"
    )
    expect(second).to_have_attribute("aria-current", "true")
    page.wait_for_timeout(600)
    page.locator("[data-retake]").click()
    page.wait_for_url(f"**/retake?*notes={code}*")


@pytest.mark.parametrize(("before", "after"), [("reviewer", "viewer"), ("viewer", "reviewer")])
def test_another_role_is_seen_on_the_page_that_is_open(
    open_page, member, numbered_film, studio, before, after
):
    slug = numbered_film(f"From {before}", [1], frames=24)
    rae = member(slug, "Rae", before, f"/projects/{slug}/review/shots/010/")
    expect(rae.locator("live-feed")).to_have_text("Live")
    expect(rae.locator("#id_text")).to_have_count(1 if before == "reviewer" else 0)
    studio.shell(
        "from studio.planning.projects.models import Membership;"
        f"Membership.objects.filter(project__slug={slug!r}, user__name='Rae').update(role={after!r})"
    )
    expect(rae.locator("#id_text")).to_have_count(1 if after == "reviewer" else 0)


@pytest.mark.parametrize("mode", ["wall", "flip"])
def test_a_take_that_was_thrown_away_does_not_lead(open_page, numbered_film, studio, mode):
    slug = numbered_film(f"Thrown {mode}", [3], frames=24)
    page = open_page(f"/projects/{slug}/review/shots/010/?mode={mode}")
    page.wait_for_function(PLAYER)
    gone = 1 if mode == "wall" else 2
    throw_away(studio, slug, gone)
    expect(page.locator(".takesrow .thumb")).to_have_count(2)
    page.keyboard.press("1" if mode == "wall" else "`")
    expect(page.get_by_text("That take was thrown away.")).to_be_visible()
    expect(page.locator(".review__title")).to_contain_text("take 3 · 2 takes")
    expect(page.locator("main")).not_to_have_attribute("data-elsewhere", "")
    expect(page.locator(".takesrow [aria-current] .thumb__number")).to_have_text("3")
    page.wait_for_function(PLAYER)
    page.keyboard.press("a")
    sent(page)
    assert verdicts(studio, slug) == "3:approved"


def test_the_take_that_leads_the_wall_is_thrown_away(open_page, numbered_film, studio):
    slug = numbered_film("Led away", [4], frames=24)
    page = open_page(f"/projects/{slug}/review/shots/010/?mode=wall")
    page.wait_for_function(PLAYER)
    page.locator(".screen").first.click()
    expect(page.locator(".review__title")).to_contain_text("take 1 ·")
    throw_away(studio, slug, 1)
    expect(page.get_by_text("That take was thrown away.")).to_be_visible()
    expect(page.locator(".review__title")).to_contain_text("take 4 · 3 takes")
    expect(page.locator(".screen")).to_have_count(3)


def test_down_goes_to_the_next_of_the_list_after_a_take_that_was_thrown_away(
    open_page, numbered_film, studio
):
    slug = numbered_film("Walked", [3, 1], frames=24)
    monday = list_of(studio, slug)
    page = open_page(f"/projects/{slug}/review/shots/010/?list={monday}")
    page.wait_for_function(PLAYER)
    expect(page.locator(".review__title")).to_contain_text("take 1 ·")
    throw_away(studio, slug, 1)
    expect(page.get_by_text("The take on this page was thrown away.")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".review__title")).to_contain_text("take 2 ·")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".review__title")).to_contain_text("take 3 ·")


def test_focus_stays_on_its_take_when_one_before_it_goes(open_page, numbered_film, studio):
    slug = numbered_film("Focused", [4], frames=24)
    page = open_page(f"/projects/{slug}/review/shots/010/")
    third = page.locator(".takesrow .thumb").nth(2)
    href = third.get_attribute("href")
    third.focus()
    throw_away(studio, slug, 1)
    expect(page.locator(".takesrow .thumb")).to_have_count(3)
    assert page.evaluate("document.activeElement.getAttribute('href')") == href


def test_the_wall_is_there_again_behind_a_shot_of_one_take(open_page, numbered_film):
    slug = numbered_film("Walls", [2, 1, 2], frames=24)
    page = open_page(f"/projects/{slug}/review/shots/010/?mode=wall")
    page.wait_for_function(PLAYER)
    page.keyboard.press("ArrowDown")
    expect(page.locator("main[data-shot='020'][data-mode=single]")).to_be_visible()
    page.wait_for_function(PLAYER)
    page.keyboard.press("ArrowDown")
    expect(page.locator("main[data-shot='030'][data-mode=wall]")).to_be_visible()


def test_a_verdict_that_is_half_given_outlives_the_panel_that_comes_for_its_take(
    open_page, numbered_film, studio
):
    slug = numbered_film("Half given", [2], frames=24)
    page = open_page(f"/projects/{slug}/review/shots/010/?mode=flip")
    page.wait_for_function(PLAYER)
    page.keyboard.press("`")
    page.keyboard.press("x")
    expect(page.locator("main")).not_to_have_attribute("data-elsewhere", "")
    expect(page.locator(".notes")).to_be_visible()
    expect(page.locator("[data-choosing=rejected]")).to_be_visible()
    page.keyboard.press("x")
    sent(page)
    assert verdicts(studio, slug) == "1:rejected"
