"""Guesses at an account are limited from wherever they come; who has signed in somewhere still gets in there."""

import pytest
from django.test import Client
from django.urls import reverse

from studio.core import rate_limits
from studio.people.accounts import known_browsers, links
from studio.people.accounts.models import User
from studio.planning.projects import people

SIGNIN = {"username": "pia@studio.example", "password": "a long enough word"}


@pytest.fixture(autouse=True)
def three_an_hour(settings, monkeypatch):
    """And no hour ends in the middle of a test."""
    monkeypatch.setattr("django_ratelimit.core._get_window", lambda value, period: 4_000_000_000)
    settings.GUESSES_PER_HOUR = 3


def signed_in(browser, **more):
    return browser.post(reverse("accounts:signin"), SIGNIN, **more)


def besiege(times=4, email=SIGNIN["username"]):
    """Wrong passwords for one account, each from another address."""
    for number in range(times):
        Client().post(
            reverse("accounts:signin"),
            {"username": email, "password": "a guess"},
            REMOTE_ADDR=f"198.51.100.{number}",
        )


@pytest.fixture
def known(pia):
    """A browser in which Pia has signed in and out again."""
    browser = Client()
    assert signed_in(browser).status_code == 302
    browser.post(reverse("accounts:signout"))
    return browser


def test_guesses_from_everywhere_end(pia):
    """Each address had five of its own, and there are many addresses."""
    besiege()
    answer = signed_in(Client(), REMOTE_ADDR="203.0.113.9")
    assert answer.status_code == 429
    assert rate_limits.TOO_MANY_GUESSES in answer.content.decode()
    assert SIGNIN["username"] in answer.content.decode(), "what was typed stays"


def test_an_account_that_there_is_not_answers_the_same(db):
    besiege(email="nobody@studio.example")
    answer = Client().post(
        reverse("accounts:signin"),
        {"username": "Nobody@studio.example ", "password": "x"},
        REMOTE_ADDR="9.9.9.9",
    )
    assert answer.status_code == 429


def test_a_browser_that_is_known_gets_in_all_the_same(known):
    besiege()
    assert signed_in(known).status_code == 302


def test_a_browser_that_is_known_gets_in_though_others_guess_from_its_own_address(known, settings):
    """Behind a proxy that tells nothing, everybody has one address."""
    settings.SIGNINS_PER_MINUTE = 3
    for _ in range(8):
        Client().post(reverse("accounts:signin"), {**SIGNIN, "password": "a guess"})
    assert signed_in(Client()).status_code == 429
    assert signed_in(known).status_code == 302


def test_a_link_gets_in_all_the_same_and_makes_its_browser_known(pia):
    besiege()
    browser = Client()
    assert browser.post(links.path_for(pia)).url == reverse("dashboard:projects")
    browser.post(reverse("accounts:signout"))
    assert signed_in(browser).status_code == 302


def test_a_known_browser_is_no_place_to_guess_from(known):
    for _ in range(4):
        known.post(reverse("accounts:signin"), {**SIGNIN, "password": "a guess"})
    besiege()
    assert signed_in(known).status_code == 429


def test_guesses_in_a_known_browser_lock_nobody_out_elsewhere(known):
    for _ in range(4):
        known.post(reverse("accounts:signin"), {**SIGNIN, "password": "a guess"})
    assert signed_in(Client(), REMOTE_ADDR="203.0.113.9").status_code == 302


def test_it_is_known_to_its_own_people_alone_and_until_the_password_changes(known, ana, rf):
    request = rf.get("/signin")
    request.COOKIES = {known_browsers.COOKIE: known.cookies[known_browsers.COOKIE].value}
    assert known_browsers.is_known(request, SIGNIN["username"])
    assert not known_browsers.is_known(request, ana.email)
    request.COOKIES[known_browsers.COOKIE] += "x"
    assert not known_browsers.is_known(request, SIGNIN["username"])

    pia = User.objects.get(email=SIGNIN["username"])
    pia.set_password("another tidal word")
    pia.save()
    besiege()
    answer = known.post(reverse("accounts:signin"), {**SIGNIN, "password": "another tidal word"})
    assert answer.status_code == 429


@pytest.mark.parametrize("cookie", ["", "x", "W10:1abc:def", "é"])
def test_a_cookie_that_is_none_of_ours_says_nothing(pia, rf, cookie):
    request = rf.get("/signin")
    request.COOKIES = {known_browsers.COOKIE: cookie}
    assert not known_browsers.is_known(request, SIGNIN["username"])


@pytest.mark.parametrize(
    "spelled", ["pia@ſtudio.example", "ｐia@studio.example", "PIA@STUDIO.EXAMPLE", " pia@studio.example"]
)
def test_another_spelling_of_an_account_is_the_same_account(pia, spelled):
    """Databases and forms find it by more spellings than are equal."""
    besiege(email=spelled)
    for name in (SIGNIN["username"], spelled):
        answer = Client().post(
            reverse("accounts:signin"), {**SIGNIN, "username": name}, REMOTE_ADDR="203.0.113.9"
        )
        assert answer.status_code == 429


def test_what_is_no_address_is_no_account(known):
    for name in ("pia\x00@studio.example", "a" * 60_000, "\ufdfa" * 20_000):
        assert known.post(reverse("accounts:signin"), {**SIGNIN, "username": name}).status_code == 422


def test_the_browser_in_which_a_password_changes_stays_known(known):
    signed_in(known)
    new = "another tidal word"
    sent = {
        "form": "password",
        "old_password": SIGNIN["password"],
        "new_password1": new,
        "new_password2": new,
    }
    assert known.post(reverse("accounts:account"), sent).status_code == 302
    known.post(reverse("accounts:signout"))
    besiege()
    assert known.post(reverse("accounts:signin"), {**SIGNIN, "password": new}).status_code == 302


def test_who_was_signed_in_before_browsers_were_known_becomes_known(pia, client_of):
    browser = client_of(pia)
    assert known_browsers.COOKIE not in browser.cookies
    browser.get(reverse("accounts:account"))
    browser.post(reverse("accounts:signout"))
    besiege()
    assert signed_in(browser).status_code == 302


def test_who_joins_by_an_invitation_is_known_there(project, pia):
    invitation = people.invite(project, by=pia, role="artist", email="", days=7)
    browser = Client()
    email = "kim@studio.example"
    joined = {"name": "Kim", "email": email, "password": "a long enough word"}
    assert browser.post(people.address_of(invitation), joined).status_code == 302
    browser.post(reverse("accounts:signout"))
    besiege(email=email)
    assert browser.post(reverse("accounts:signin"), {**SIGNIN, "username": email}).status_code == 302
