"""At the prompt box by hand: words by key, versions by the arrows, the look counted, a grid from a plan."""

import re

from playwright.sync_api import expect

from tests.patience import LONG


def saved(page):
    expect(page.locator("prompt-counter")).to_contain_text("saved")


def test_words_and_versions_by_keyboard(open_page, new_shot, studio):
    path = new_shot("Words", prompt="A kite over dunes")
    studio.shell(  # so that what is typed now is a version of its own
        "from studio.planning.prompts.models import PromptVersion as V; from datetime import timedelta as T;"
        "from django.utils.timezone import now;"
        "V.objects.filter(project__slug='words').update(changed_at=now() - T(minutes=5))"
    )
    page = open_page(path)
    box = page.locator("#id_prompt")
    page.locator(".desk summary", has_text="Move").focus()
    page.keyboard.press("Enter")
    chip = page.get_by_role("button", name="Push in")
    chip.focus()
    page.keyboard.press("Enter")
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(box).to_have_value("A kite over dunes, the camera pushes in slowly")
    page.keyboard.press("Space")
    expect(chip).to_have_attribute("aria-pressed", "false")
    expect(box).to_have_value("A kite over dunes")

    box.focus()
    page.keyboard.press("Home")
    for _ in "A kite":
        page.keyboard.press("ArrowRight")
    chip.focus()
    page.keyboard.press("Enter")
    expect(box).to_have_value("A kite, the camera pushes in slowly, over dunes")
    saved(page)
    box.focus()
    box.press_sequentially("X")  # what is not saved yet is the newest of all
    typed = box.input_value()
    page.keyboard.press("Alt+ArrowUp")
    expect(box).to_have_value("A kite over dunes")
    page.keyboard.press("Alt+ArrowUp")
    expect(box).to_have_value("A kite over dunes")
    page.keyboard.press("Alt+ArrowDown")
    expect(box).to_have_value(typed)
    page.keyboard.press("Alt+ArrowUp")
    expect(box).to_have_value("A kite over dunes")
    saved(page)
    page.reload()
    expect(box).to_have_value("A kite over dunes")
    page.locator(".desk summary", has_text="History").click()
    expect(page.locator("[data-versions] .version")).to_have_count(2)
    page.locator("[data-versions] .version", has_text="pushes in").get_by_role("button", name="Use").click()
    expect(box).to_have_value(typed)


def test_the_look_is_counted_while_one_types(open_page, new_shot, studio):
    path = new_shot("Looks", prompt="Dunes")
    slug = path.split("/")[2]
    studio.shell(
        "from studio.planning.projects import actions; from studio.planning.projects.models import Project;"
        f"actions.change_project(Project.objects.get(slug={slug!r}), by=None, look='On film')"
    )
    page = open_page(path)
    counter = page.locator("prompt-counter")
    expect(counter).to_have_text("13 / 1000")
    page.locator("#id_prompt").fill("{Dunes|The sea} at dusk")
    expect(counter).to_contain_text("23 / 1000")
    page.get_by_label("with the project’s look").uncheck()
    expect(counter).to_contain_text("15 / 1000")
    page.locator("#id_prompt").fill("Dunes, please make it without people")
    expect(page.locator("#prompt-advice")).to_contain_text("“without people”")
    page.reload()
    expect(page.get_by_label("with the project’s look")).not_to_be_checked()


def test_two_by_three_become_six_takes_in_their_axes(open_page, new_shot):
    page = open_page(new_shot("Grids", prompt="Dunes", model="gen-4-image", aspect="1360x768", seconds=None))
    page.locator("#id_prompt").fill("{Wide|Close} dunes at {dawn|dusk|night}")
    expect(page.locator("button.render")).to_contain_text("Plan 6 lines ≈ $0.48")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/grid")
    page.locator("#line-5").uncheck()
    expect(page.locator("button.primary")).to_contain_text("Render 5 takes")
    page.locator("#line-5").check()
    page.get_by_role("button", name=re.compile("Render 6 takes")).click()
    expect(page.get_by_role("heading", name="Grid of 010: 6 prompts")).to_be_visible()
    expect(page.get_by_role("columnheader")).to_have_text(["dawn", "dusk", "night"])
    expect(page.get_by_role("rowheader")).to_have_text(["Wide", "Close"])
    expect(page.locator(".take[data-state=ready]")).to_have_count(6, timeout=LONG)
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Close"))
    expect(row.locator(".take__number")).to_have_text(["still 4", "still 5", "still 6"])
