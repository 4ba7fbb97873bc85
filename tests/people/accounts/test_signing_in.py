"""A throttle on guessing, a session of one's own, devices that can be signed out, a forgotten password."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse

from studio.core import client_addresses
from studio.people.accounts.models import Device, StudioEvent
from studio.people.mail import outbox as mail
from studio.people.notifications.models import Mail

SIGNIN = {"username": "pia@studio.example", "password": "a long enough word"}


def wrong(browser, times, **more):
    for _ in range(times):
        answer = browser.post(reverse("accounts:signin"), {**SIGNIN, "password": "a guess"}, **more)
    return answer


# --- throttle -----------------------------------------------------------------------------


def test_after_five_wrong_passwords_even_the_right_one_waits(pia):
    browser = Client()
    assert wrong(browser, 4).status_code == 422
    locked = wrong(browser, 1)
    assert locked.status_code == 429
    assert "quarter of an hour" in locked.content.decode()
    assert browser.post(reverse("accounts:signin"), SIGNIN).status_code == 429
    assert StudioEvent.objects.filter(kind="locked_out", email="pia@studio.example").exists()


def test_the_throttle_is_for_one_address_from_one_place(pia, ana):
    wrong(Client(), 5)
    elsewhere = Client().post(reverse("accounts:signin"), SIGNIN, REMOTE_ADDR="127.0.0.9")
    assert elsewhere.status_code == 302
    other = Client().post(reverse("accounts:signin"), {**SIGNIN, "username": ana.email})
    assert other.status_code == 302


def test_a_right_password_forgets_the_wrong_ones(pia):
    browser = Client()
    for _ in range(2):
        wrong(browser, 4)
        assert browser.post(reverse("accounts:signin"), SIGNIN).status_code == 302
        browser.post(reverse("accounts:signout"))


def test_an_address_in_capitals_is_the_same_address(pia):
    browser = Client()
    for spelling in (
        "pia@studio.example",
        "PIA@studio.example",
        " Pia@Studio.example",
        "pia@STUDIO.example",
        "pia@studio.EXAMPLE",
    ):
        answer = browser.post(reverse("accounts:signin"), {"username": spelling, "password": "a guess"})
    assert answer.status_code == 429


# --- sessions -----------------------------------------------------------------------------


def test_a_session_planted_before_signing_in_is_worth_nothing_after(pia):
    browser = Client()
    session = browser.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    browser.cookies["sessionid"] = planted
    browser.post(reverse("accounts:signin"), SIGNIN)

    assert browser.cookies["sessionid"].value != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get(reverse("accounts:account")).status_code == 302


def test_devices_are_listed_and_one_is_signed_out_from_afar(pia):
    here, there = Client(HTTP_USER_AGENT="Firefox on Windows"), Client(HTTP_USER_AGENT="Mobile Safari iPhone")
    for browser in (here, there):
        browser.post(reverse("accounts:signin"), SIGNIN)
    page = here.get(reverse("accounts:account")).content.decode()
    assert "Safari on iPhone" in page and "Firefox on Windows" in page
    device = Device.objects.get(agent__contains="iPhone")
    here.post(reverse("accounts:end_device", args=[device.pk]))

    assert there.get(reverse("accounts:account")).status_code == 302
    assert here.get(reverse("accounts:account")).status_code == 200


def test_nobody_signs_out_the_browser_of_another(pia, ana, client_of):
    Client().post(reverse("accounts:signin"), SIGNIN)
    device = Device.objects.get(user=pia)
    assert client_of(ana).post(reverse("accounts:end_device", args=[device.pk])).status_code == 404
    assert Device.objects.filter(pk=device.pk).exists()


def test_a_changed_password_signs_out_every_other_browser(pia):
    here, there = Client(), Client()
    for browser in (here, there):
        browser.post(reverse("accounts:signin"), SIGNIN)
    changed = {
        "form": "password",
        "old_password": SIGNIN["password"],
        "new_password1": "tidal observatory 9",
        "new_password2": "tidal observatory 9",
    }
    assert here.post(reverse("accounts:account"), changed).status_code == 302
    assert here.get(reverse("accounts:account")).status_code == 200
    assert there.get(reverse("accounts:account")).status_code == 302
    assert Session.objects.count() == 1
    assert Device.objects.get().session_key == here.cookies["sessionid"].value


# --- a forgotten password -----------------------------------------------------------------


def forgotten(email):
    answer = Client().post(reverse("accounts:forgotten"), {"email": email})
    for pk in Mail.objects.values_list("pk", flat=True):
        mail.send(pk)
    return answer


def set_new(path, password):
    browser = Client()
    asked = browser.get(path, follow=True)
    where = asked.redirect_chain[-1][0] if asked.redirect_chain else path
    return browser.post(where, {"new_password1": password, "new_password2": password})


def link():
    return re.search(r"/reset/\S+", outbox.outbox[-1].body).group(0)


def test_a_link_by_mail_sets_a_new_password_once(pia):
    old = Client()
    old.post(reverse("accounts:signin"), SIGNIN)
    forgotten("PIA@studio.example")
    path = link()
    assert set_new(path, "another tidal word").status_code == 302
    assert (
        Client().post(reverse("accounts:signin"), {**SIGNIN, "password": "another tidal word"}).status_code
        == 302
    )
    assert old.get(reverse("accounts:account")).status_code == 302, "who was signed in is signed out"
    replayed = set_new(path, "the thief's own word")
    assert "used up" in replayed.content.decode()
    assert (
        Client().post(reverse("accounts:signin"), {**SIGNIN, "password": "the thief's own word"}).status_code
        == 422
    )


def test_nobody_learns_whether_an_address_is_known(pia):
    known, unknown = forgotten("pia@studio.example"), forgotten("nobody@studio.example")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert Mail.objects.count() == 1


def test_no_header_slips_into_a_mail(pia):
    answer = Client().post(reverse("accounts:forgotten"), {"email": "pia@studio.example\nBcc: x@y.example"})
    assert answer.status_code == 422
    assert not Mail.objects.exists()


@pytest.mark.parametrize("path", ["/reset/MQ/set-password/", "/reset/x/y/", "/reset/MTA5OTk5/abc-def/"])
def test_a_made_up_reset_link_says_that_it_is_used_up(path, db):
    assert "used up" in Client().get(path).content.decode()


# --- limits -------------------------------------------------------------------------------


def test_many_names_from_one_place_are_slowed_down_too(pia, settings):
    settings.SIGNINS_PER_MINUTE = 5
    browser = Client()
    for number in range(6):
        answer = browser.post(
            reverse("accounts:signin"), {"username": f"u{number}@x.example", "password": "a guess"}
        )
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()
    assert 'value="u5@x.example"' in answer.content.decode()


def test_nobody_is_buried_in_mail(pia, settings):
    settings.MAILS_PER_HOUR = 3
    answers = [
        Client().post(reverse("accounts:forgotten"), {"email": pia.email}, REMOTE_ADDR=f"127.0.0.{n}")
        for n in range(1, 6)
    ]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429, 429]
    assert Mail.objects.count() == 3


@pytest.mark.parametrize(
    ("proxies", "said", "address"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 9.9.9.9", "9.9.9.9"),
        (2, "6.6.6.6, 9.9.9.9, 10.0.0.1", "9.9.9.9"),
        (2, "9.9.9.9", "127.0.0.1"),
        (1, "unknown", None),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
    ],
)
def test_behind_proxies_the_farthest_of_ours_is_believed(rf, settings, proxies, said, address):
    settings.PROXIES = proxies
    assert client_addresses.household(rf.get("/", HTTP_X_FORWARDED_FOR=said)) == address


def test_an_address_that_is_none_is_written_down_as_none(pia, settings):
    settings.PROXIES = 1
    answer = Client().post(reverse("accounts:signin"), SIGNIN, HTTP_X_FORWARDED_FOR="unknown")
    assert answer.status_code == 302
    assert StudioEvent.objects.get(kind="signed_in").address is None
