"""A guest with a link: looks, says something, and learns nothing that is the team's."""

import re

from playwright.sync_api import expect

LINK = """
from studio.planning.projects.models import Project
from studio.generation.renders.models import Render
from studio.review.dailies import lists
from studio.review.sharing import links
from django.utils import timezone
project = Project.objects.get(slug={slug!r})
takes = Render.objects.filter(project=project).order_by("pk")
made = lists.create(project, by=project.created_by, name="For the client", takes=takes, people=[project.created_by])
link = links.create(project, by=project.created_by, review_list=None if {cut} else made, expires_on=timezone.localdate(), password={password!r}, **{rights!r})
print(links.token_of(link))
"""


def make(studio, slug, *, cut=False, password="", **rights):
    rights = {"may_note": False, "may_approve": False, "may_download": False, **rights}
    code = LINK.format(slug=slug, cut=cut, password=password, rights=rights)
    return f"/s/{studio.shell(code).strip()}/"


def test_a_guest_comes_in_notes_and_asks_for_a_retake(open_page, studio, numbered_film):
    slug = numbered_film("Client", [1, 1], frames=24)
    door = make(studio, slug, password="dunes at noon", may_note=True, may_approve=True)
    page = open_page(door, state=None)
    page.get_by_label("Your name").fill("Gil")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_text("That is not the password of this link.")).to_be_visible()
    page.get_by_label("Password").fill("dunes at noon")
    page.get_by_role("button", name="Look").click()
    page.get_by_role("link", name=re.compile("020")).click()
    page.wait_for_function("() => document.querySelector('review-player')?.film?.media.readyState >= 2")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('review-player')?.frame === 1")
    page.keyboard.press("c")
    page.keyboard.type("Warmer, please")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note:not([data-pending])")).to_contain_text("Warmer, please")
    page.keyboard.press("r")
    page.keyboard.press("6")
    page.keyboard.press("Enter")
    expect(page.locator(".decision")).to_contain_text("Gil retake")
    page.keyboard.press("ArrowUp")
    expect(page.locator("h1")).to_contain_text("010")

    ours = open_page(f"/projects/{slug}/review/shots/020/")
    expect(ours.locator(".note")).to_contain_text("Gil (guest)")
    expect(ours.locator(".decision")).to_contain_text("Gil (guest) retake")
    ours.goto(f"/projects/{slug}/links/")
    ours.get_by_role("link", name=re.compile("looks")).click()
    expect(ours.locator("tbody tr").first).to_contain_text("Gil")


def test_a_watch_only_link_of_the_cut_carries_the_name_over_the_picture(open_page, studio, numbered_film):
    slug = numbered_film("Premiere", [1, 1], frames=24)
    page = open_page(make(studio, slug, cut=True), state=None)
    page.get_by_label("Your name").fill("Gil Guest")
    page.get_by_role("button", name="Look").click()
    expect(page.locator(".watermark")).to_have_text("Gil Guest")
    page.wait_for_function("() => document.querySelector('cut-player')?.layer?.film")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('cut-player')?.index === 1")
    assert "slow push in" not in page.content()


def test_a_producer_sees_it_as_a_guest(open_page, studio, numbered_film):
    slug = numbered_film("Preview", [1], frames=24)
    make(studio, slug, may_note=True)
    page = open_page(f"/projects/{slug}/links/")
    page.get_by_role("button", name="See as guest").click()
    expect(page.get_by_text("seen as a guest")).to_be_visible()
    page.get_by_role("link", name=re.compile("010")).click()
    page.locator("#id_text").fill("A try")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#text_error")).to_contain_text("nothing is kept")
