"""References by hand: an @ in the prompt offers the shelf, stills are made with it, and become part of it."""

import re

import pytest
from playwright.sync_api import expect

from tests.patience import LONG

SHELF = """
import io
from PIL import Image
from studio.integrations.media import pictures
from studio.planning.projects import actions
from studio.planning.projects.models import Project
from studio.planning.references import actions as shelf
project = Project.objects.order_by("-pk").first()
for name, kind, colour in (("mira", "character", 90), ("mirror", "place", 150), ("harbour", "place", 210)):
    out = io.BytesIO()
    Image.new("RGB", (320, 180), (colour,) * 3).save(out, "JPEG")
    read = pictures.read(io.BytesIO(out.getvalue()))
    picture = actions.keep_picture(project, read, by=project.created_by, name=f"{name}.jpg")
    shelf.add(project, picture, name=name, kind=kind, by=project.created_by)
"""
STILL = {"model": "gen-4-image", "aspect": "1360x768", "seconds": None}


@pytest.fixture
def still(new_shot, studio, open_page):
    """The page of a shot that is set to make stills, in a project with a shelf."""

    def still(name, **fields):
        path = new_shot(name, **STILL, **fields)
        studio.shell(SHELF)
        return open_page(path)

    return still


def test_from_an_at_in_the_prompt_to_a_first_frame_and_a_reference(still):
    page = still("The keeper's window", title="Window")
    prompt, names = page.get_by_label("Prompt"), page.locator(".names")
    prompt.click()
    page.keyboard.type("Portrait of @mi")
    expect(names.get_by_role("option")).to_have_text([re.compile("@mira"), re.compile("@mirror")])
    expect(prompt).to_have_attribute("aria-activedescendant", "name-mira")
    page.keyboard.press("ArrowDown")
    expect(prompt).to_have_attribute("aria-activedescendant", "name-mirror")
    page.keyboard.press("Escape")
    expect(names).to_be_hidden()
    expect(prompt).not_to_have_attribute("role", "combobox")
    page.keyboard.type("r")
    page.keyboard.press("Enter")
    expect(prompt).to_have_value("Portrait of @mira ")
    page.keyboard.type("and @nobody")
    along = page.locator("#composer-references")
    expect(along).to_contain_text("1 of 3")
    expect(along.locator(".along__chip")).to_have_text(re.compile("@mira in the prompt"))
    expect(along).to_contain_text("There is no @nobody on the shelf.")
    expect(page.locator("prompt-counter")).to_contain_text("saved")  # nothing draws the menu anew

    along.locator("summary").click()
    along.get_by_role("button", name="@harbour").click()
    expect(along).to_contain_text("2 of 3")
    along.get_by_role("button", name="Do not give @harbour").click()
    expect(along).to_contain_text("1 of 3")

    page.get_by_label("Stills").fill("3")
    page.get_by_label("Stills").blur()
    page.get_by_role("button", name="Render 3 stills").click()
    ready = page.locator(".filmstrip .take[data-state=ready]")
    expect(ready).to_have_count(3, timeout=LONG)
    expect(page.locator(".filmstrip .take__number").last).to_have_text("still 3")
    ready.first.locator(".take__open").click()
    page.get_by_text("Still 1 · Gen-4 Image").click()
    expect(page.locator(".madewith")).to_contain_text(re.compile(r"@mira · mira.jpg"))

    with page.expect_navigation():
        page.get_by_role("button", name="Set as first frame").click()
    page.locator(".toshelf summary").click()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("window")
    with page.expect_navigation():
        page.get_by_role("button", name="Put on the shelf").click()
    expect(page.get_by_text("@window is on the shelf.")).to_be_visible()
    page.get_by_role("radio", name="Final Gen-4.5").check(force=True)
    expect(page.locator("frame-drop")).to_contain_text("still 1")
    expect(page.locator("#composer-references")).to_contain_text("@mira is read as a word")


def test_a_menu_that_is_open_survives_a_draft_and_the_shelf_of_somebody_else_arrives(still, studio):
    page = still("Two at the shelf", prompt="A window")
    prompt, along = page.get_by_label("Prompt"), page.locator("#composer-references")
    prompt.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" and @mira")
    along.locator("summary").click()  # the prompt is saved as it is left
    expect(along.locator(".along__chip")).to_have_text(re.compile("@mira"))
    expect(along.get_by_role("button", name="@harbour")).to_be_visible()

    studio.shell(
        "from studio.planning.references import actions; from studio.planning.references.models import Reference;"
        "mira = Reference.objects.get(name='mira', project__slug='two-at-the-shelf');"
        "actions.change(mira, by=mira.created_by, name='keeper')"
    )
    expect(along).to_contain_text("There is no @mira on the shelf.")
    expect(prompt).to_have_value("A window and @mira")


def test_another_model_counts_what_it_is_sent(still):
    page = still("Counted", prompt="@mira walks")
    counter = page.locator("prompt-counter")
    expect(counter).to_have_text("25 / 1000")  # "The first reference walks"
    page.locator("#model-gen-4\\.5").check(force=True)
    expect(counter).to_have_text("10 / 1000")  # it takes no references: the name is read as a word
    page.locator("#model-gen-4-image").check(force=True)
    expect(counter).to_have_text("25 / 1000")  # "The first reference walks"


@pytest.mark.parametrize(
    "words",
    [
        "@mira by the @harbour",
        "@mira",
        "The @mirror, @nobody and @mira, @MIRA",
        "A gull",
        "{@mira|@mirror} at sea",
    ],
)
def test_the_counter_counts_what_is_sent_while_it_is_typed(still, words):
    page = still(f"Counted {len(words)}", prompt="A gull")
    counter = page.locator("prompt-counter")
    page.locator("#id_prompt").fill(words)
    here = counter.text_content().split(" ")[0]
    expect(counter).to_contain_text("saved", timeout=LONG)
    page.reload()
    expect(counter).to_contain_text(f"{here} / ")
    assert page.evaluate("document.querySelector('prompt-counter').count()") is None
    expect(counter).to_contain_text(f"{here} / ")
