"""Nothing that lets its reader in is ever written to the log."""

import io
import logging
import logging.config
import subprocess
import sys
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from studio.core.log_redaction import Discreet
from studio.generation.renders import tokens
from studio.people.accounts import links

API_KEY = "rw-4f9a1c77e0b24d5a"
LOGGERS = [
    "django.request",
    "django.server",
    "uvicorn.error",
    "uvicorn.asgi",
    "studio.generation.renders",
    "asyncio",
    "any",
]


@pytest.fixture
def log(settings, monkeypatch):
    """What the settings' own configuration writes, handlers and all."""
    settings.RUNWARE_API_KEY = API_KEY
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logging.config.dictConfig(settings.LOGGING)
    yield written
    monkeypatch.undo()
    logging.config.dictConfig(settings.LOGGING)


SECRETS = {
    "a webhook's token": ("Not Found: /hooks/runware/0123456789abcdef0123456789abcdef", "0123456789abcdef"),
    "a sign-in link": ("GET http://127.0.0.1:8000/signin/MQ/cw1a2b-99f0e8d7c6b5", "cw1a2b-99f0e8d7c6b5"),
    "an invitation": ("Not Found: /invitations/kVx2-invited-to-come", "kVx2-invited"),
    "a reset link": ("Not Found: /reset/MQ/cw1a2b-99f0e8d7c6b5/", "cw1a2b-99f0e8d7c6b5"),
    "the provider's key": (f"401 for key {API_KEY}", API_KEY),
    "the secret key": (f"SECRET_KEY is {django_settings.SECRET_KEY}", django_settings.SECRET_KEY),
    "any bearer": ("{'Authorization': 'Bearer somebody-elses-key-1'}", "somebody-elses-key-1"),
    "a password in an address": ("cannot reach postgres://rushes:hunter2two@db/x", "hunter2two"),
}


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize("logger", LOGGERS)
def test_a_message_is_scrubbed(log, kind, logger):
    text, secret = SECRETS[kind]
    logging.getLogger(logger).error("What happened: %s", text)

    assert "What happened: " in log.getvalue()
    assert secret not in log.getvalue()
    assert "[…]" in log.getvalue()


@pytest.mark.parametrize("kind", SECRETS)
def test_a_traceback_is_scrubbed(log, kind):
    text, secret = SECRETS[kind]
    try:
        raise RuntimeError(text)
    except RuntimeError:
        logging.getLogger("studio.generation.renders").exception("It broke")

    assert "RuntimeError" in log.getvalue()
    assert secret not in log.getvalue()


def test_what_is_no_secret_stays_readable(log):
    sentence = (
        "Render 4b1d2c1e-7a3f-4c55-9d3e-0f6b7c1a2d3e is not saved yet: /signin was asked for, see /projects/"
    )
    logging.getLogger("studio.generation.renders").warning(sentence)
    assert sentence in log.getvalue()


def test_an_address_nobody_has_is_logged_without_its_token(log, db, pia):
    """Django writes "Not Found" and the whole path."""
    path = reverse("renders:hook", args=[f"{tokens.make(uuid4())[:-1]}x"])
    Client().post(path, b"{}", content_type="application/json")
    Client().get(links.path_for(pia) + "/more")

    assert log.getvalue().count("Not Found") == 2
    assert path.rsplit("/", 1)[-1] not in log.getvalue()
    assert links.path_for(pia).rsplit("/", 1)[-1] not in log.getvalue()


def test_no_other_handler_writes_past_it():
    """In a process of its own, as a server starts: every handler there is has the discreet formatter."""
    listed = subprocess.run([sys.executable, "-c", HANDLERS], capture_output=True, text=True, check=True)
    assert set(listed.stdout.split()) == {"Discreet"}


HANDLERS = """
import logging, os
os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
import uvicorn
uvicorn.Config("studio.asgi:application")  # as somebody may start it by hand: its own logging first
import django
django.setup()
from studio.runtime.server import Server
Server(host="127.0.0.1", port=1)
loggers = [logging.root, *map(logging.getLogger, logging.root.manager.loggerDict)]
print(*{type(handler.formatter).__name__ for logger in loggers for handler in logger.handlers})
"""


@pytest.mark.parametrize(
    "secret", ["Authorization: Bearer {}", "/signin/MQ/{}", "{}", "https://x:{}@host/", "two {} words"]
)
def test_a_line_of_any_length_is_cut_and_no_secret_is_left_half(settings, secret):
    """64 KB of `GET /a+a+a…` took 0.9 to 1.7 s of the process."""
    value = "kqz" * 14
    settings.SOME_KEY = "two " + value if secret.startswith("two") else value
    record = logging.LogRecord("x", logging.WARNING, "", 0, "", (), None)
    for end in ("front", "back"):
        for place in range(15_900, 16_060, 3):
            filling = ["w " * (place // 2), " z" * 20_000]
            record.msg = secret.format(value).join(
                filling if end == "front" else [each[::-1] for each in filling[::-1]]
            )
            line = Discreet().format(record)
            assert "kqz" not in line and "characters …" in line
            assert len(line) < 33_000
    record.msg = "Not found: /" + "a+" * 500_000
    assert len(Discreet().format(record)) < 33_000
