"""`manage.py render`: alone or beside a server, one line of JSON for each take."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import av
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from studio.generation.renders import lifecycle
from studio.generation.renders.models import Render

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def manage(tmp_path):
    own = {
        "VAR_DIR": str(tmp_path / "var"),
        "SANDBOX_WAIT_SECONDS": "0",
        "ENGINE": "true",
    }
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | own

    def manage(*words, code=0):
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    return manage


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_two_takes_are_made_as_asked_and_the_ledger_adds_up(manage, tmp_path):
    board = tmp_path / "board.png"
    Image.linear_gradient("L").resize((1600, 900)).convert("RGB").save(board)
    final = lines(
        manage(
            "render", "--project", "smoke", "--prompt", "Dawn, push in", "--takes", "2", "--wait", "--json"
        )
    )
    turbo = lines(
        manage(
            "render", "--project", "smoke", "--model", "gen-4-turbo", "--first-frame", str(board),
            "--takes", "2", "--wait", "--json",
        )
    )  # fmt: skip

    assert [take["cost"] for take in final + turbo] == [0.605, 0.605, 0.2542, 0.2542]
    assert {take["state"] for take in final + turbo} == {"ready"}
    assert len({take["seed"] for take in final}) == 2
    for take in final + turbo:
        with av.open(take["file"]) as clip:
            stream = clip.streams.video[0]
            assert (stream.width, stream.height) == (1280, 720)
            assert abs(stream.frames / stream.average_rate - 5) <= 1 / 24
    with sqlite3.connect(tmp_path / "var" / "studio.sqlite3") as rows:
        spent, held = rows.execute("select spent, held from costs_balance").fetchone()
        charged = rows.execute("select sum(amount) from costs_ledgerentry where kind = 'charge'").fetchone()[
            0
        ]
    assert (spent, held, charged) == (1_718_400_000, 0, 1_718_400_000)


def test_what_cannot_be_ordered_is_said_and_exits_non_zero(manage):
    done = manage(
        "render", "--project", "smoke", "--prompt", "x", "--aspect", "21:9", "--wait", "--json", code=1
    )
    assert "21:9 is not on Gen-4.5" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--prompt", "x", "--aspect", "21:9"], "21:9 is not on Gen-4.5"),
        (["--prompt", "x", "--seconds", "7"], "Gen-4.5 makes 5, 8 or 10 seconds."),
        (["--model", "gen-4-turbo"], "give it a first frame"),
        (["--prompt", "x", "--first-frame", "text.jpg"], "not a picture we can read"),
        (["--prompt", "x", "--as", "nobody@studio.example"], "Nobody here has the address"),
    ],
)
def test_each_thing_that_cannot_be_ordered_is_said(db, tmp_path, monkeypatch, capsys, words, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.jpg").write_text("not a picture")
    with pytest.raises(CommandError) as refused:
        call_command("render", "--project", "smoke", *words, "--wait", "--json")
    assert sentence in str(refused.value)
    assert refused.value.returncode == 1
    assert capsys.readouterr().out == ""
    assert not Render.objects.exists()


@pytest.fixture
def then(monkeypatch):
    """`then(state)`: a server moves each take on before the command reads it again."""
    start = lifecycle.start

    def then(state):
        def start_beside_a_quick_server(**order):
            takes = start(**order)
            Render.objects.update(state=state)
            return takes

        monkeypatch.setattr(lifecycle, "start", start_beside_a_quick_server)

    return then


@pytest.mark.parametrize("state", ["queued", "submitting", "rendering", "saving", "ready"])
def test_a_take_the_server_took_up_meanwhile_is_no_failure(db, then, capsys, state):
    then(state)
    call_command("render", "--project", "smoke", "--prompt", "Dawn")
    assert capsys.readouterr().out == f"010 take 1: {Render.State(state).label}\n"


@pytest.mark.parametrize("state", ["waiting", "failed", "cancelled"])
def test_a_take_that_will_not_come_is_one(db, then, state):
    then(state)
    with pytest.raises(CommandError, match="010 take 1"):
        call_command("render", "--project", "smoke", "--prompt", "Dawn")
