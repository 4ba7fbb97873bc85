"""A link that leaves the studio opens on another machine, whatever it listens on and whoever asks."""

from io import StringIO

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


def test_a_process_beside_the_server_goes_by_loopback(everywhere):
    assert public_url.loopback() == "http://127.0.0.1:8010"
