"""Links and the guests that come by them: `gil = await_door(link)` is a browser that said its name."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.planning.projects import actions
from studio.review.sharing import links
from tests.review.dailies.conftest import ask, note, say

__all__ = ["ask", "note", "say"]


@pytest.fixture
def share(project, pia):
    """A link of a list, or of the cut: `share(made, may_note=True, password="sea")`."""

    def share(made=None, **fields):
        fields.setdefault("expires_on", timezone.localdate() + timedelta(days=3))
        for right in ("may_note", "may_approve", "may_download"):
            fields.setdefault(right, False)
        return links.create(project, by=pia, review_list=made, **fields)

    return share


@pytest.fixture
def listed(project, pia, ask, ready):
    """Takes with files, one a shot, and a list of them: `made, takes = listed(2)`."""

    def listed(count=1, **columns):
        shots = [actions.create_shot(project, by=pia, title=f"Dune {n}") for n in range(count)]
        takes = [ready(shot=shot, filed=True, **columns) for shot in shots]
        return ask(takes, pia), takes

    return listed


def door(link):
    return reverse("sharing:enter", args=[links.token_of(link)])


@pytest.fixture
def come():
    """A guest's browser, past the door: `come(link, name="Gil")`."""

    def come(link, *, name="Gil", password=""):
        browser = Client()
        answer = browser.post(door(link), {"name": name, "password": password})
        assert answer.status_code == 302, answer.status_code
        return browser

    return come


def at(link, name, *args):
    """An address behind the link."""
    return reverse(f"sharing:{name}", args=[links.token_of(link), *args])


def media(link, take, kind):
    return at(link, "media", take.code, kind, take.sha256[:12])
