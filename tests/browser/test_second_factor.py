"""A second factor in a browser: set up, asked for, recovered from, reset, and required of a producer."""

import base64
import time

import pytest
from django_otp.oath import TOTP
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, sign_in
from tests.browser.test_every_page import check

PASSWORD = "tidal observatory 9"  # what `member` gives everybody


def code(secret, *, ahead=0):
    """What an app with this secret shows, now or in the next half minutes."""
    shown = TOTP(base64.b32decode(secret.replace(" ", "")))
    shown.time = time.time() + 30 * ahead
    return f"{shown.token():06d}"


def set_up(page):
    """Set one up from the account page; its secret and the recovery codes."""
    page.goto("/account")
    page.get_by_role("link", name="Set up a second factor").click()
    secret = page.locator(".steps .mono").first.inner_text()
    page.get_by_label("The six digits that it shows now").fill(code(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return secret, page.locator(".codes li").all_inner_texts()


def with_password(page, email):
    page.context.clear_cookies()
    page.goto("/signin")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def give(page, text):
    page.get_by_label("Code, or a recovery code").fill(text)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_from_setting_it_up_to_losing_the_telephone(member, numbered_film, studio, size):
    slug = numbered_film(f"Factor {size}", [1])
    page = member(slug, "Tess", "producer", "/account", **({"size": PHONE} if size == "phone" else {}))
    email = f"tess@{slug}.example"
    secret, recovery = set_up(page)
    assert len(set(recovery)) == 10

    with_password(page, email)
    give(page, "000000")
    expect(page.get_by_role("alert")).to_contain_text("not right now")
    give(page, code(secret, ahead=1))
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()

    with_password(page, email)
    give(page, recovery[0])
    expect(page.locator("#toasts")).to_contain_text("9 are left")

    page.context.clear_cookies()
    page.goto(studio.link_for(email))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your code")).to_be_visible()

    assert "without a second factor" in studio.beside("reset-second-factor", email)
    with_password(page, email)
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()


def test_a_producer_sets_one_up_before_anything_else_where_the_studio_asks(
    member, numbered_film, studio, open_page
):
    slug = numbered_film("Asked", [1])
    producer = member(slug, "Una", "producer", "/projects/")
    owner = open_page("/account")
    try:
        set_up(owner)
        owner.goto("/studio/people")
        owner.get_by_role("button", name="Require it of all who can spend").click()
        expect(owner.get_by_text("All who can spend have to set up")).to_be_visible()
        producer.goto(f"/projects/{slug}/")
        expect(producer.get_by_text("asks everybody who can spend")).to_be_visible()
        set_up(producer)
        producer.goto(f"/projects/{slug}/")
        expect(producer.get_by_role("heading", name="Asked")).to_be_visible()
        producer.complaints.clear()  # the page that was open asked for notices, and the browser says 403
    finally:
        owner.goto("/studio/people")
        owner.get_by_role("button", name="Require it no more").click()
        expect(owner.get_by_text("everybody's own choice")).to_be_visible()
        studio.beside("reset-second-factor", "owner@rushes.local")


def test_a_link_that_is_only_looked_at_stays_good(open_page, studio, member, numbered_film):
    slug = numbered_film("Looked", [1])
    member(slug, "Vic", "viewer", "/projects/")
    link = studio.link_for(f"vic@{slug}.example")
    preview = open_page("/signin", state=None)
    preview.goto(link)
    expect(preview.get_by_text(f"signs you in as vic@{slug}.example")).to_be_visible()
    page = open_page("/signin", state=None)
    sign_in(page, link)


def tab_to(page, what, *, most=60):
    for _ in range(most):
        page.keyboard.press("Tab")
        if what.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"{what} is not reached by Tab")


def test_all_of_it_by_keyboard_and_on_a_telephone(member, numbered_film, studio):
    """From the account page to a code and a link; each page is clean at phone size."""
    slug = numbered_film("By keys", [1])
    page = member(slug, "Kim", "artist", "/account", size=PHONE)
    email, keys = f"kim@{slug}.example", page.keyboard
    tab_to(page, page.get_by_role("link", name="Set up a second factor"))
    keys.press("Enter")
    field = page.get_by_label("The six digits that it shows now")
    expect(field).to_be_visible()
    secret = page.locator(".steps .mono").first.inner_text()
    check(page)
    if not field.evaluate("each => each === document.activeElement"):
        tab_to(page, field)
    keys.type(code(secret))
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    check(page)

    page.context.clear_cookies()
    page.goto("/signin")
    check(page)
    keys.type(email)
    tab_to(page, page.get_by_label("Password"))
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Your code")).to_be_visible()
    expect(page.get_by_label("Code, or a recovery code")).to_be_focused()
    check(page)
    keys.type(code(secret, ahead=1))
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()

    page.context.clear_cookies()
    page.goto(studio.link_for(email))
    check(page)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Your code")).to_be_visible()
