"""One's own name and password."""

import pytest
from django.test import Client
from django.urls import reverse

from studio.people.accounts import links
from studio.people.accounts.models import User

ACCOUNT = "/account"
NEW = "another long enough word"


def test_a_name_is_changed(client_of, pia):
    client = client_of(pia)
    assert client.post(ACCOUNT, {"form": "profile", "name": "Pia Lund"}).status_code == 302
    assert "Pia Lund" in client.get(ACCOUNT).content.decode()


def test_a_person_who_came_by_a_link_sets_a_first_password(db):
    kim = User.objects.create_user("kim@studio.example")
    client = Client()
    client.post(links.path_for(kim))
    answer = client.post(ACCOUNT, {"form": "password", "new_password1": NEW, "new_password2": NEW})

    assert answer.status_code == 302
    assert client.get(ACCOUNT).status_code == 200, "this browser stays signed in"
    other = Client()
    assert other.post(reverse("accounts:signin"), {"username": kim.email, "password": NEW}).status_code == 302


def test_a_changed_password_signs_other_browsers_out(client_of, pia):
    here, elsewhere = client_of(pia), client_of(pia)
    fields = {"old_password": "a long enough word", "new_password1": NEW, "new_password2": NEW}
    here.post(ACCOUNT, {"form": "password", **fields})

    assert here.get(ACCOUNT).status_code == 200
    assert elsewhere.get(ACCOUNT).status_code == 302


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}, "entered incorrectly"),
        ({"old_password": "a long enough word", "new_password1": NEW, "new_password2": "x"}, "match"),
        (
            {"old_password": "a long enough word", "new_password1": "short", "new_password2": "short"},
            "too short",
        ),
    ],
)
def test_a_bad_password_is_refused_beside_its_field(client_of, pia, fields, sentence):
    answer = client_of(pia).post(ACCOUNT, {"form": "password", **fields})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    pia.refresh_from_db()
    assert pia.check_password("a long enough word")


def test_a_stranger_has_no_account_page():
    assert Client().get(ACCOUNT).url.startswith(reverse("accounts:signin"))
