"""The queue in a browser: Q opens it, everything goes by keyboard, and it follows what happens."""

import pytest
from playwright.sync_api import expect

ORDER = """
from datetime import timedelta
from django.utils import timezone
from studio.planning.projects.models import Shot
from studio.generation.orders import orders
from studio.generation.renders import lifecycle
from studio.generation.renders.models import Render
from studio.generation.orders.orders import Wish
from dataclasses import replace
shot = Shot.objects.select_related("project").get(project__slug={slug!r})
order = orders.check(replace(Wish.of(shot), takes=3), shot.project)
takes = lifecycle.start(shot=shot, by=shot.project.created_by, order=order, undo_seconds=600, title="Chase at dawn")
"""
FAIL = """
for take in takes[:2]:
    Render.objects.filter(pk=take.pk).update(sent_at=timezone.now())
    take.refresh_from_db()
    take.move_to("failed", failure_code="timeoutProvider", failure="Too late.", ended_at=timezone.now())
"""


def press_with_keys(page, name):
    """Go to a button by Tab alone and press it."""
    for _ in range(60):
        label = page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText")
        if label == name:
            return page.keyboard.press("Enter")
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {name}")


def test_by_keyboard_alone_a_take_is_held_and_let_go_on(open_page, new_shot, studio):
    path = new_shot("Queue by keys", title="Kite", prompt="A kite over dunes")
    studio.shell(ORDER.format(slug=path.split("/")[2]))
    page = open_page(path)
    page.keyboard.press("q")
    drawer = page.locator("#queue-drawer")
    expect(drawer).to_contain_text("Chase at dawn")
    expect(page.locator("#queue-close")).to_be_focused()

    press_with_keys(page, "Hold 010 take 2")
    expect(drawer).to_contain_text("Held by hand")
    expect(page.locator(".take", has_text="Held by hand")).to_be_visible()
    expect(page.get_by_role("button", name="Let 010 take 2 go on")).to_be_focused()  # the focus stays there
    page.keyboard.press("Enter")
    expect(drawer).not_to_contain_text("Held by hand")

    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.locator("#queue-count a")).to_be_focused()


def test_what_failed_appears_by_itself_and_is_retried_by_keyboard(open_page, new_shot, studio):
    path = new_shot("Queue that follows", title="Kite", prompt="A kite over dunes")
    page = open_page(path)
    page.keyboard.press("q")
    drawer = page.locator("#queue-drawer")
    expect(drawer).to_contain_text("Nothing is on its way")

    studio.shell(ORDER.format(slug=path.split("/")[2]) + FAIL)
    expect(drawer).to_contain_text("The provider took too long")
    expect(page.locator("#queue-count")).to_contain_text("1 rendering")
    page.locator("#queue summary").click()
    expect(page.locator("#queue details")).not_to_have_attribute("open", "")
    page.locator("#queue-close").focus()
    press_with_keys(page, page.locator("[id^=retry-]").inner_text())
    expect(page.locator("#toasts")).to_contain_text("2 takes ordered again")
    expect(drawer).to_contain_text("Chase at dawn, again")
    expect(drawer).not_to_contain_text("that failed")
    expect(page.locator("#queue [data-section=done] details").last).not_to_have_attribute("open", "")


def test_on_a_phone_it_is_the_whole_screen(open_page, new_shot, studio):
    path = new_shot("Queue on a phone", title="Kite", prompt="A kite over dunes")
    studio.shell(ORDER.format(slug=path.split("/")[2]))
    page = open_page(path, size={"width": 390, "height": 844})
    page.locator("#queue-count a").click()
    expect(page.locator("#queue")).to_contain_text("Chase at dawn")
    assert page.locator("#queue-drawer").bounding_box()["width"] == pytest.approx(390)
    assert page.evaluate("document.getElementById('main').inert")
    assert page.evaluate("document.getElementById('queue-drawer').scrollWidth") <= 390
    page.get_by_role("button", name="Close the queue").click()
    assert not page.evaluate("document.getElementById('main').inert")
