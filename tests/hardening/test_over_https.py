"""With PUBLIC_URL=https://… everything is sent over TLS only; without it plain loopback goes on working."""

import json
import os
import subprocess
import sys

import pytest

from tests import lent

PUBLIC = "https://studio.example"


def django(code, folder, **environment):
    """What this prints in a Django of its own, with these environment variables."""
    env = {**os.environ, "VAR_DIR": str(folder), **environment}
    done = subprocess.run([sys.executable, *code], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_djangos_own_check_has_nothing_to_say(tmp_path):
    done = django(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], tmp_path, PUBLIC_URL=PUBLIC)
    assert "no issues" in done.stdout
    assert "WARNING" not in done.stderr


ASK = """
import django, json
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
from django.test import Client
from studio.people.accounts.models import User
User.objects.create_user("ana@studio.example", "a long enough word", name="Ana")
answers = {}
def note(name, answer):
    cookies = {key: [bool(c["secure"]), bool(c["httponly"]), c["samesite"]] for key, c in answer.cookies.items()}
    answers[name] = {"status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies}
def browser(**more):
    return Client(headers={"host": "studio.example", **more})
note("plain", Client(headers={"host": "127.0.0.1"}).get("/signin"))
note("proxied", browser(**{"x-forwarded-proto": "https"}).get("/signin"))
note("hook", Client(headers={"host": "127.0.0.1"}).post("/hooks/runware/x", b"{}", content_type="text/plain"))
sign_in = {"username": "ana@studio.example", "password": "a long enough word"}
note("signed in", browser(**{"x-forwarded-proto": "https"}).post("/signin", sign_in))
print(json.dumps(answers))
"""


def answers(folder, **environment):
    lent.lend(folder)
    printed = django(["-c", ASK], folder, DJANGO_SETTINGS_MODULE="studio.settings", **environment).stdout
    return json.loads(printed)


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    return answers(tmp_path_factory.mktemp("secure"), PUBLIC_URL=PUBLIC)


@pytest.fixture(scope="module")
def loopback(tmp_path_factory):
    return answers(tmp_path_factory.mktemp("plain"), ALLOWED_HOSTS="127.0.0.1,studio.example")


def test_plain_http_is_sent_to_the_public_address(secure):
    assert secure["plain"]["status"] == 301
    assert secure["plain"]["headers"]["Location"] == f"{PUBLIC}/signin"


def test_browsers_are_told_to_stay_with_https(secure):
    assert secure["proxied"]["status"] == 200
    assert secure["proxied"]["headers"]["Strict-Transport-Security"] == "max-age=2592000; includeSubDomains"


def test_cookies_travel_over_tls_alone_and_no_script_reads_the_session(secure):
    cookies = secure["signed in"]["cookies"]
    assert cookies["sessionid"] == [True, True, "Lax"]
    assert cookies["csrftoken"][0] is True


def test_a_callback_from_loopback_is_not_redirected(secure):
    assert secure["hook"]["status"] == 404  # a wrong token, and nothing about TLS


def test_without_a_public_address_plain_loopback_works(loopback):
    assert loopback["plain"]["status"] == 200
    assert "Strict-Transport-Security" not in loopback["plain"]["headers"]
    assert loopback["signed in"]["status"] == 302
    assert loopback["signed in"]["cookies"]["sessionid"][0] is False
