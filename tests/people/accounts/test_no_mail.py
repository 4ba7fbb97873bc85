"""A studio that others reach and that has no mail server writes no link into its log, and says so on its pages."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from studio.people.mail import outbox
from studio.people.notifications.models import Mail


@pytest.fixture
def no_mail(settings):
    settings.EMAIL_BACKEND = "studio.people.mail.nowhere.NoMail"
    settings.SENDS_MAIL = False


def test_a_link_is_not_printed(no_mail, pia, capfd, caplog):
    outbox.write(to=pia.email, subject="A new password", body="https://studio.example/reset/MQ/abc-def/")
    outbox.send(Mail.objects.get().pk)
    out, err = capfd.readouterr()
    assert "reset" not in out + err + caplog.text
    assert "EMAIL_URL is not set" in caplog.text
    assert not mail.outbox and Mail.objects.get().body == ""


def test_the_page_says_so_and_no_mail_is_written(no_mail, pia):
    for answer in (
        Client().get(reverse("accounts:forgotten")),
        Client().post(reverse("accounts:forgotten"), {"email": pia.email}),
    ):
        assert answer.status_code == 200
        assert "This studio sends no mail" in answer.content.decode()
    assert not Mail.objects.exists()


def test_who_invites_is_told_to_copy_the_link(no_mail, project, pia, client_of):
    client = client_of(pia)
    address = reverse("team:invite", args=[project.slug])
    page = client.post(
        address, {"role": "artist", "email": "kim@studio.example", "days": 7}, follow=True
    ).content.decode()
    assert "Copy the link below" in page and "on its way" not in page
    assert "This studio sends no mail: copy the link" in page


def test_no_link_of_a_mail_takes_its_host_from_the_request(pia, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.PUBLIC_URL = "https://studio.example"
    Client().post(reverse("accounts:forgotten"), {"email": pia.email}, headers={"host": "evil.example:99"})
    body = Mail.objects.get().body
    assert "https://studio.example/reset/" in body and "evil" not in body
