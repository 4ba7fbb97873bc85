"""A project with takes of many kinds, and the library as somebody's browser gets it."""

import re

import pytest
from django.urls import reverse


@pytest.fixture
def library(client_of, project):
    """The library as this person sees it: `library(ana, q="kite").codes`."""

    def library(who, **asked):
        answer = client_of(who).get(reverse("library:library", args=[project.slug]), asked)
        assert answer.status_code == 200
        answer.html = answer.content.decode()
        answer.codes = re.findall(r'<li class="takebox" data-code="([0-9a-f-]+)"', answer.html)
        return answer

    return library


@pytest.fixture
def press(client_of, project):
    """Do something with chosen takes: `press(pia, "circle", one, two)`."""

    def press(who, name, *takes, **more):
        sent = {"take": [str(take.code) for take in takes], **more}
        return client_of(who).post(reverse(f"library:{name}", args=[project.slug]), sent)

    return press
