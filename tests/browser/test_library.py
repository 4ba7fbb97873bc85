"""The library without the mouse: find a take, go to it, play it where it is, choose some, compare them."""

import re

from playwright.sync_api import expect

from tests import numbered

PLAYING = "() => [...document.querySelectorAll('video')].map((video) => [video.className, !video.paused])"


def here(page):
    return page.evaluate("document.activeElement.getAttribute('aria-label')")


def test_takes_are_found_played_chosen_and_compared_by_keys(open_page, numbered_film):
    slug = numbered_film("Kept", [3, 2])
    page = open_page(f"/projects/{slug}/library")
    page.keyboard.press("/")
    page.keyboard.type("020 numbers")
    page.keyboard.press("Enter")
    expect(page.locator(".library__total")).to_have_text("2 takes")
    assert "q=020" in page.url and "sort" not in page.url
    page.locator("#id_q").fill("")
    page.keyboard.press("Enter")
    expect(page.locator(".takebox")).to_have_count(5)

    page.keyboard.press("Tab")
    page.locator(".take__open").first.focus()
    assert here(page).startswith("020 take 2")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('.takebox:nth-child(2) video')?.currentTime > 0.2")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(PLAYING) == [], "no video is left behind"
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('.takebox:nth-child(3) video')?.currentTime > 0")
    assert page.evaluate(PLAYING) == [["takebox__video", True]], "the one there is"
    page.keyboard.press("Space")

    assert here(page).startswith("010 take 3")
    page.keyboard.press("x")
    expect(page.locator("[data-count]")).to_have_text("1 chosen")
    expect(page.locator(".take__open:focus")).to_have_attribute("aria-describedby", "library-chosen")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-count]")).to_have_text("3 chosen")
    page.keyboard.press("Escape")
    expect(page.locator(".library__bar")).to_be_hidden()
    page.keyboard.press("Control+a")
    expect(page.locator("[data-count]")).to_have_text("5 chosen")
    page.keyboard.press("c")
    expect(page.get_by_text("Choose two to four takes")).to_be_visible()
    page.keyboard.press("x")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="4 takes side by side")).to_be_visible()

    page.wait_for_function(
        "() => document.querySelector('review-player')?.films?.every((film) => film.media.readyState >= 2)"
    )
    page.keyboard.press("Shift+ArrowRight")
    page.evaluate(f"() => {{ {numbered.READ} }}")
    page.wait_for_function(
        "() => document.querySelector('review-player').films.every((film) => film.frame === 10 && window.number(film.media) % 128 === 10)"
    )
    page.keyboard.press("Escape")
    expect(page.locator(".takebox")).to_have_count(5)


def test_the_take_under_the_pointer_plays_and_what_happens_is_seen(open_page, numbered_film, studio):
    slug = numbered_film("Under", [2])
    page = open_page(f"/projects/{slug}/library")
    box = page.locator(".takebox__box").first
    box.hover(position={"x": 30, "y": 30})
    page.wait_for_function(
        "() => document.querySelector('.takebox video')?.currentTime > 0 && !document.querySelector('.takebox video').paused"
    )
    box.hover(position={"x": 150, "y": 30})
    expect(page.locator(".takebox__strip")).to_be_attached()
    page.wait_for_function("() => document.querySelector('.takebox video')?.currentTime > 1")
    page.mouse.move(700, 20)
    assert page.evaluate(PLAYING) == []

    expect(page.locator("live-feed")).to_have_attribute("data-state", "live")
    studio.shell(
        "from tests import numbered; from studio.planning.projects.models import Shot; from studio.runtime.live import events;"
        f"s = Shot.objects.get(project__slug={slug!r}); t = numbered.take_of(s, frames=8);"
        "\nwith events.locked(s.project_id): events.record(s.project_id, 'render.started', subject=t.code)"
    )
    page.get_by_role("link", name="1 new take: show").click()
    expect(page.locator(".takebox")).to_have_count(3)
    page.locator(".take__open").first.focus()
    page.keyboard.press("s")
    expect(page.locator(".take[data-circled]")).to_have_count(1)
    page.keyboard.press("x")
    page.get_by_role("button", name="Throw away").click()
    expect(page.locator(".takebox")).to_have_count(2)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".takebox")).to_have_count(3)
    expect(page.get_by_text("1 back.")).to_be_visible()


def test_who_wants_less_motion_plays_by_space_alone(open_page, numbered_film):
    slug = numbered_film("Calm", [1])
    page = open_page(f"/projects/{slug}/library", reduced_motion="reduce")
    page.locator(".takebox__box").hover(position={"x": 60, "y": 30})
    page.wait_for_timeout(600)
    assert page.evaluate(PLAYING) == []
    page.locator(".take__open").focus()
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('.takebox video')?.currentTime > 0")


def test_older_takes_come_while_one_scrolls_and_by_a_link_without_scripts(open_page, numbered_film, studio):
    slug = numbered_film("Long", [1], frames=8)
    studio.shell(
        "import uuid; from studio.generation.renders.models import Render;"
        f"t = Render.objects.get(shot__project__slug={slug!r});"
        "\nfor number in range(2, 152): t.pk = None; t.code = t.task_code = uuid.uuid4(); t.number = number;"
        " t.result_uuid = str(uuid.uuid4()); t.save()"
    )
    page = open_page(f"/projects/{slug}/library")
    expect(page.locator(".takebox")).to_have_count(60)
    for wanted in (120, 151):
        page.mouse.wheel(0, 20_000)
        expect(page.locator(".takebox")).to_have_count(wanted)
    expect(page.locator(".takeboxes__more")).to_have_count(0)
    codes = page.locator(".takebox").evaluate_all("boxes => boxes.map((box) => box.dataset.code)")
    assert len(set(codes)) == 151
    page.locator(".take__open").last.focus()
    page.keyboard.press("x")
    page.get_by_label("all 151 that match").check()
    expect(page.locator("[data-count]")).to_have_text("All that match")

    plain = open_page(f"/projects/{slug}/library", java_script_enabled=False)
    plain.get_by_role("link", name="Older takes").click()
    expect(plain.locator(".takebox")).to_have_count(60)
    for number in (0, 1):
        plain.get_by_label("Choose 010 take", exact=False).nth(number).check(force=True)
    plain.get_by_role("button", name=re.compile("Circle")).click()
    expect(plain.get_by_role("alert")).to_contain_text("One take of a shot is circled")
    expect(plain.locator("[name=take]:checked")).to_have_count(2)
