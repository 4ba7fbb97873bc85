"""`manage.py provider-check`: what it takes, what it asks, and how it ends."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import nullcontext

import pytest
from django.core.management import CommandError, call_command

from studio.integrations import providers
from studio.oversight.provider_check import run as checks
from studio.runtime import provider_connection
from tests.generation.renders.served import ROOT, studio_in


@pytest.mark.parametrize(
    "value", ["0", "-1", "-0.5", "NaN", "sNaN", "Infinity", "1e99", "a lot", "", "2,00", "$2"]
)
def test_a_limit_that_is_no_amount_above_zero_is_refused(value):
    with pytest.raises(CommandError, match="--max-spend") as refused:
        call_command("provider-check", "--max-spend", value)
    assert "like 2.00" in str(refused.value)


def test_a_limit_is_needed():
    with pytest.raises(CommandError, match="--max-spend"):
        call_command("provider-check")


@pytest.fixture
def asked(settings, monkeypatch):
    """With a real key: what was asked; `asked.answer` is typed. Whether a check began is in `asked.began`."""

    class Asked:
        questions, answer, began = [], "n", False

    asked = Asked()

    def ask(question):
        asked.questions.append(question)
        if asked.answer is None:
            raise EOFError
        return asked.answer

    def run(client, **more):
        asked.began = True
        return more["report"]

    settings.RUNWARE_API_KEY = "a key that is real"
    monkeypatch.setattr("builtins.input", ask)
    monkeypatch.setattr(checks, "run", run)
    return asked


@pytest.mark.parametrize("answer", ["n", "", "no", "yes please", None])
def test_real_money_needs_a_yes(asked, answer):
    asked.answer = answer
    with pytest.raises(CommandError, match=r"Nothing was sent\."):
        call_command("provider-check", "--max-spend", "2.00")
    assert not asked.began


def test_the_question_names_the_limit(asked, db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    asked.answer = "y"
    call_command("provider-check", "--max-spend", "2.50")
    assert asked.questions == ["This spends up to $2.5 of real money. Go on? [y/N] "]
    assert asked.began


def test_yes_can_be_said_beforehand(asked, db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    call_command("provider-check", "--max-spend", "2.00", "--yes")
    assert asked.questions == []
    assert asked.began


def test_what_was_found_is_kept_when_it_is_stopped(db, runware, settings, tmp_path, monkeypatch, capsys):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(provider_connection, "reached", lambda: nullcontext(providers.get("runware")))
    monkeypatch.setattr(checks.earlier, "settle", _interrupted)

    with pytest.raises(CommandError, match="It was stopped before its end"):
        call_command("provider-check", "--max-spend", "0.01")

    (kept,) = tmp_path.glob("provider-check-*.md")
    assert "- **key** The key: accepted" in kept.read_text()
    assert kept.read_text() in capsys.readouterr().out


def _interrupted(_):
    raise KeyboardInterrupt


def test_a_problem_ends_it_with_words(db, settings, tmp_path, capsys):
    settings.VAR_DIR = tmp_path
    settings.RUNWARE_API_KEY, settings.RUNWARE_URL = "a key of ours", "http://127.0.0.1:9/v1"

    with pytest.raises(CommandError) as ended:
        call_command("provider-check", "--max-spend", "2", "--yes")

    assert str(ended.value) == "The provider cannot be reached (ConnectError)."
    assert ended.value.returncode == 1
    (kept,) = tmp_path.glob("provider-check-*.md")
    told = capsys.readouterr()
    assert "**Does not work:** The provider cannot be reached" in kept.read_text()
    assert "a key of ours" not in kept.read_text() + told.out + told.err


# --- in processes of their own ------------------------------------------------------------


def manage(folder, *words, **environment):
    env = {
        **os.environ,
        "VAR_DIR": str(folder),
        "SANDBOX_WAIT_SECONDS": "0",
        "SANDBOX_WORKERS": "1",
        "RESEND_GRACE_SECONDS": "0.2",
        **environment,
    }
    command = [sys.executable, "manage.py", "provider-check", *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


def test_alone_it_starts_a_sandbox_of_its_own(tmp_path):
    facts = tmp_path / "facts.json"
    done = manage(tmp_path / "var", "--max-spend", "0.16", "--json", str(facts))

    assert done.returncode == 0, done.stderr
    assert "real money. Go on?" not in done.stdout
    (kept,) = (tmp_path / "var").glob("provider-check-*.md")
    assert kept.read_text() in done.stdout
    told = json.loads(facts.read_text())
    assert (told["ok"], told["sandbox"], told["spent"]) == (True, True, "0.16")
    with sqlite3.connect(tmp_path / "var" / "studio.sqlite3") as rows:
        assert rows.execute("SELECT spent, held FROM costs_balance").fetchall() == [(160_000_000, 0)]


def test_beside_a_server_callbacks_come_to_it(tmp_path):
    with studio_in(tmp_path) as studio:
        done = manage(tmp_path, "--max-spend", "0.08", PORT=str(studio.port))

        assert done.returncode == 0, done.stderr
        assert "the sandbox calls the server beside it, over loopback" in done.stdout
        assert "flat, without status (answered 503, 204 after 0." in done.stdout
        assert studio.rows("SELECT answered FROM checks_callback ORDER BY id") == [(503,), (204,)]
        assert "Traceback" not in studio.log()
