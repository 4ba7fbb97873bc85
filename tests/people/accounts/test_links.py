"""One-time sign-in links."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from studio.people.accounts import links


def test_a_link_signs_in_once(pia):
    path = links.path_for(pia)
    first, second = Client(), Client()

    assert first.post(path).url == "/projects/"
    assert first.get("/projects/").status_code == 200
    assert second.post(path).url == second.get(path).url == "/signin"
    assert second.get("/projects/").status_code == 302


@pytest.mark.parametrize("method", ["get", "head"])
def test_who_looks_at_a_link_uses_nothing_up(pia, method):
    """Chats and mail programs open a link to show what is behind it, some with a whole browser."""
    path = links.path_for(pia)
    looked = Client(enforce_csrf_checks=True)
    assert getattr(looked, method)(path).status_code == 200
    assert looked.get("/projects/").status_code == 302
    assert looked.post(path).status_code == 403, "a press comes from our page"
    assert Client().post(path).url == "/projects/"


def test_the_page_of_a_link_says_whom_it_signs_in(pia, ana, client_of):
    page = client_of(ana).get(links.path_for(pia)).content.decode()
    assert pia.email in page and f"{ana.email} is signed in here now" in page


def test_a_newer_sign_in_ends_older_links(pia):
    path = links.path_for(pia)
    Client().post(links.path_for(pia))
    assert Client().get(path).url == "/signin"


@pytest.mark.parametrize(
    "path", ["/signin/MQ/made-up", "/signin/!!/x", "/signin/OTk5/a-b", "/signin/%20/a-b"]
)
def test_a_made_up_link_signs_nobody_in(pia, path):
    assert Client().get(path).url == Client().post(path).url == "/signin"


def test_the_command_prints_a_link(pia, capsys):
    call_command("signin-link", "PIA@studio.example")
    assert "/signin/" in capsys.readouterr().out


def test_the_command_says_when_there_is_nobody(db):
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("signin-link", "nobody@studio.example")
