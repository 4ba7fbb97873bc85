"""One-time sign-in links."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from studio.people.accounts import links


def test_a_link_signs_in_once(pia):
    path = links.path_for(pia)
    first, second = Client(), Client()

    assert first.get(path).url == "/projects/"
    assert first.get("/projects/").status_code == 200
    assert second.get(path).url == "/signin"
    assert second.get("/projects/").status_code == 302


def test_a_preview_does_not_use_a_link_up(pia):
    path = links.path_for(pia)
    Client().head(path)
    assert Client().get(path).url == "/projects/"


def test_a_newer_sign_in_ends_older_links(pia):
    path = links.path_for(pia)
    Client().get(links.path_for(pia))
    assert Client().get(path).url == "/signin"


@pytest.mark.parametrize(
    "path", ["/signin/MQ/made-up", "/signin/!!/x", "/signin/OTk5/a-b", "/signin/%20/a-b"]
)
def test_a_made_up_link_signs_nobody_in(pia, path):
    assert Client().get(path).url == "/signin"


def test_the_command_prints_a_link(pia, capsys):
    call_command("signin-link", "PIA@studio.example")
    assert "/signin/" in capsys.readouterr().out


def test_the_command_says_when_there_is_nobody(db):
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("signin-link", "nobody@studio.example")
