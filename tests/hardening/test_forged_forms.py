"""A form of another site does nothing here: every address asks for the token of our own pages."""

from django.test import Client
from django.urls import reverse

from studio.generation.renders.models import Render
from studio.runtime.live.models import Event
from tests.hardening import addresses


def test_every_post_without_the_token_is_refused(ready, frame, pia):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(pia)
    before = Event.objects.count(), Render.objects.count()

    answers = {
        address.name: browser.post(address.path, {"prompt": "x", "name": "x"}).status_code
        for address in addresses.every(ready, frame)
    }

    for hook in addresses.HOOKS:
        assert answers.pop(hook) == 404, "a webhook asks for a token of its own"
    assert set(answers.values()) == {403}, answers
    assert (Event.objects.count(), Render.objects.count()) == before


def test_the_token_of_our_own_page_is_taken(project, pia):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(pia)
    browser.get(reverse("dashboard:new_project"))
    sent = {"name": "Ice", "csrfmiddlewaretoken": browser.cookies["csrftoken"].value}

    assert browser.post(reverse("dashboard:new_project"), sent).status_code == 302


def test_a_token_from_elsewhere_is_refused(project, pia):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(pia)
    browser.get(reverse("dashboard:new_project"))

    assert (
        browser.post(reverse("dashboard:new_project"), {"csrfmiddlewaretoken": "x" * 64}).status_code == 403
    )


def test_the_page_that_says_so_is_a_page_of_ours(pia):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(pia)
    refused = browser.post(reverse("dashboard:new_project"), {"name": "Ice"})

    assert "Go back, reload, and send it again." in refused.content.decode()
