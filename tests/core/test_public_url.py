"""A link that leaves the studio opens on another machine, whatever it listens on and whoever asks."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from studio.bootstrap.management.commands.serve import Command as Serve
from studio.core import public_url
from studio.people.accounts import studio_owner
from studio.people.mail.models import Mail
from studio.people.notifications import digest
from studio.people.notifications.models import Notice
from studio.planning.projects import people
from studio.review.dailies import lists
from studio.review.sharing import links

ROOT = Path(__file__).resolve().parents[2]
LAN = "http://192.0.2.7:8010"


@pytest.fixture(params=["0.0.0.0", "::", ""])
def everywhere(request, settings):
    """A studio that listens on every address of its machine."""
    settings.HOST, settings.PORT, settings.NETWORK_ADDRESS = request.param, 8010, "192.0.2.7"
    settings.PUBLIC_URL = ""


def letters():
    return " ".join(Mail.objects.values_list("body", flat=True))


def test_an_invitation_opens_elsewhere(everywhere, project, pia):
    invitation = people.invite(project, role="artist", by=pia, email="new@studio.example")
    assert people.address_of(invitation).startswith(f"{LAN}/")
    assert f"{LAN}/" in letters()


def test_a_share_link_opens_elsewhere(everywhere, project, pia):
    link = links.create(project, by=pia, expires_on=timezone.localdate())
    assert links.address_of(link).startswith(f"{LAN}/s/")


def test_a_digest_leads_elsewhere(everywhere, pia):
    Notice.objects.create(user=pia, kind="ready", text="ready", path="/projects/x/")
    digest.send(pia.pk)
    assert f"{LAN}/projects/x/" in letters()
    assert f"{LAN}/account/notices" in letters()


def test_a_closed_review_s_letter_leads_elsewhere(everywhere, project, pia, ana, ready):
    made = lists.create(project, name="Dailies", takes=[ready()], people=[ana], by=pia)
    assert f"{LAN}{made.get_absolute_url()}" in lists._letter(made)


def test_a_forgotten_password_s_letter_leads_elsewhere_whatever_host_was_asked(
    everywhere, client, pia, settings
):
    settings.ALLOWED_HOSTS = ["*"]
    client.post("/forgotten", {"email": pia.email}, headers={"host": "evil.example"})
    assert f"{LAN}/reset/" in letters()
    assert "evil.example" not in letters()


def test_the_console_prints_links_that_open_elsewhere(everywhere, pia):
    out = StringIO()
    call_command("signin-link", pia.email, stdout=out)
    assert out.getvalue().startswith(f"{LAN}/")


def test_the_first_start_says_where_it_is(everywhere, db):
    out = StringIO()
    Serve(stdout=out)._greet(studio_owner.find_or_make()[0])
    assert f"Rushes is at {LAN}" in out.getvalue()
    assert f"  {LAN}/" in out.getvalue()
    assert "0.0.0.0" not in out.getvalue()


def test_a_public_address_stands_before_all_others(settings):
    settings.HOST, settings.PUBLIC_URL = "0.0.0.0", "https://rushes.example"
    assert public_url.absolute("/x") == "https://rushes.example/x"


def test_one_address_alone_is_that_address(settings):
    settings.HOST, settings.PORT, settings.PUBLIC_URL = "127.0.0.1", 8000, ""
    assert public_url.absolute("/x") == "http://127.0.0.1:8000/x"
    settings.HOST = "fd00::5"
    assert public_url.absolute("/x") == "http://[fd00::5]:8000/x"


def test_a_process_beside_the_server_goes_by_loopback(everywhere, settings):
    """What listens on all addresses of IPv6 takes none of IPv4."""
    host = "[::1]" if settings.HOST == "::" else "127.0.0.1"
    assert public_url.loopback() == f"http://{host}:8010"
    assert public_url.is_loopback(public_url.loopback())


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("http://localhost:8000", True),
        ("http://192.0.2.7:8000", False),
        ("https://films.example", False),
        ("", False),
    ],
)
def test_what_is_of_this_machine_alone(address, own):
    assert public_url.is_loopback(address) is own


def settings_of(**environment):
    """What the settings say in a process of its own."""
    code = "from studio import settings as s; print(s.ALLOWED_HOSTS, s.PUBLIC_URL, s.NETWORK_ADDRESS)"
    kept = {name: value for name, value in os.environ.items() if name not in ("HOST", "PUBLIC_URL")}
    return subprocess.run(
        [sys.executable, "-c", code], env={**kept, **environment}, capture_output=True, text=True, cwd=ROOT
    )


def test_addresses_of_ipv6_are_allowed_as_browsers_name_them():
    assert "'[fd00::2]'" in settings_of(HOST="fd00::2").stdout
    told = settings_of(PUBLIC_URL="https://[2001:db8::1]:8443/")
    assert "'[2001:db8::1]'" in told.stdout and "https://[2001:db8::1]:8443 " in told.stdout
    assert "::" in settings_of(HOST="::").stdout.split()[-1]


@pytest.mark.parametrize("url", ["https://films.example/rushes", "films.example", "ftp://films.example"])
def test_an_address_that_our_links_would_not_fit_is_refused_in_a_sentence(url):
    told = settings_of(PUBLIC_URL=url)
    assert told.returncode == 1
    assert "PUBLIC_URL is a scheme and a host" in told.stderr.splitlines()[-1]
