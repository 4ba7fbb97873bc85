"""`manage.py reconcile`: what it says, and how it ends."""

import io
import json
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from studio.integrations import providers
from studio.oversight.reconciliation import books
from studio.runtime import provider_connection
from tests.integrations.sandbox.orders import kite


@pytest.fixture
def reconcile(level, monkeypatch):
    """Run it against the sandbox of these tests; what it printed and why it complained."""
    monkeypatch.setattr(
        "studio.oversight.reconciliation.management.commands.reconcile.reached",
        lambda: nullcontext(providers.get("runware")),
    )

    def reconcile(*words):
        out = io.StringIO()
        try:
            call_command("reconcile", *words, stdout=out)
        except CommandError as error:
            return out.getvalue(), str(error)
        return out.getvalue(), ""

    return reconcile


def test_all_is_well(reconcile, order, engine):
    order()
    engine.run()
    said, error = reconcile()
    assert "1 takes asked about" in said
    assert said.rstrip().endswith("Nothing is missing on either side.")
    assert error == ""


def test_what_is_to_be_settled_is_listed_and_ends_it_with_an_error(reconcile, order, engine, runware):
    order()
    engine.run()
    runware.made(kite())
    said, error = reconcile()
    assert "Counted by the account: ours 0, theirs 0.605 (all takes together)" in said
    assert error == "1 to settle, on the page /costs/reconciliation."


def test_scripts_get_one_object(reconcile, order, engine, runware):
    order()
    engine.run()
    runware.made(kite())
    said, _ = reconcile("--json")
    told = json.loads(said)
    assert (told["money"], told["ours"], told["conclusive"], told["asked"]) == ("sandbox", "0.605", True, 1)
    assert [(each["kind"], each["theirs"], each["project"]) for each in told["differences"]] == [
        ("usage", "0.605", None)
    ]


def test_beside_a_fresh_charge_it_says_that_nothing_was_concluded(reconcile, order, engine, monkeypatch):
    monkeypatch.setattr(books, "QUIET", timedelta(minutes=2))
    order()
    engine.run()
    said, error = reconcile()
    assert "The sums were not compared" in said
    assert "Nothing is missing" not in said
    assert error == ""


def test_a_provider_that_cannot_be_asked_ends_it_with_an_error(reconcile, monkeypatch):
    def silent(self):
        raise providers.NoAnswer("ConnectError")

    monkeypatch.setattr(providers.Runware, "account", silent)
    _, error = reconcile()
    assert error == "The provider could not be asked: ConnectError"


def test_a_server_whose_sandbox_does_not_answer_is_told(level, monkeypatch):
    def nowhere():
        raise provider_connection.NoSandbox("Try again in a moment.")

    monkeypatch.setattr("studio.oversight.reconciliation.management.commands.reconcile.reached", nowhere)
    with pytest.raises(CommandError, match="Try again in a moment"):
        call_command("reconcile")
