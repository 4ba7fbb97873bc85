"""The address a provider is given: the studio's from outside, or loopback for its own sandbox, which calls no other."""

from types import SimpleNamespace
from uuid import uuid4

import pytest

from studio.generation.renders import tokens
from studio.integrations import providers


@pytest.fixture
def running(monkeypatch):
    """A server in this process, at this address."""

    def running(base):
        monkeypatch.setattr(tokens.engine, "running", lambda: SimpleNamespace(web_base=base))

    return running


@pytest.mark.parametrize("public", ["", "https://films.example"])
@pytest.mark.parametrize(
    ("base", "given"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://192.0.2.2:8000", False),
        ("", False),
    ],
)
def test_a_sandbox_calls_by_loopback_or_is_asked(public, base, given, running, settings, monkeypatch):
    """With any other address it would refuse every order."""
    monkeypatch.setattr(providers, "sandboxed", lambda: True)
    settings.PUBLIC_URL = public
    running(base)
    address = tokens.address(uuid4())
    assert address.startswith(f"{base}/hooks/runware/") if given else address == ""


@pytest.mark.parametrize("public", ["", "https://films.example"])
def test_a_provider_outside_calls_the_address_from_outside(public, running, settings, monkeypatch):
    monkeypatch.setattr(providers, "sandboxed", lambda: False)
    settings.PUBLIC_URL = public
    running("http://127.0.0.1:8000")
    address = tokens.address(uuid4())
    assert address.startswith("https://films.example/hooks/runware/") if public else address == ""
