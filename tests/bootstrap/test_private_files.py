"""The studio's folder is its owner's alone, is the folder that was named, and says what is wrong with it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from studio.core import private_files

ROOT = Path(__file__).resolve().parents[2]


MAKE_TABLE = "from django.db import connection; connection.cursor().execute('CREATE TABLE a (b)')"


def manage(folder, *words, **more):
    """Run a command on a studio in this folder as somebody whose new files others may read."""
    env = {**os.environ, "VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "studio.settings", **more}
    env = {name: value for name, value in env.items() if value is not None}
    command = ["sh", "-c", 'umask 022; exec "$@"', "sh", sys.executable, str(ROOT / "manage.py"), *words]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("name", ["Film #1", "100%", "a?b", "ein Film", "50%25"])
def test_a_folder_of_any_name_is_that_folder(tmp_path, name):
    """ "Film #1" and "Film #2" shared the database "Film "."""
    done = manage(tmp_path / name, "shell", "-v", "0", "-c", MAKE_TABLE, DATABASE_URL="")
    assert done.returncode == 0, done.stderr
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "studio.sqlite3").stat().st_size > 1_000


def test_nobody_else_reads_what_is_made(tmp_path):
    """Another account read the database, and used a session key out of it."""
    folder = tmp_path / "var"
    assert manage(folder, "shell", "-v", "0", "-c", MAKE_TABLE, DATABASE_URL="").returncode == 0
    modes = {each.name: each.stat().st_mode & 0o777 for each in [folder, *folder.rglob("*")]}
    assert modes.pop("var") == 0o700
    assert modes.keys() >= {"studio.sqlite3", "secret_key"}
    assert {name for name, mode in modes.items() if mode & 0o077} == set()


def test_what_was_open_to_others_is_shut(tmp_path):
    tmp_path.chmod(0o755)
    for name in ("studio.sqlite3", "studio.sqlite3-wal", "somebody's"):
        (tmp_path / name).write_bytes(b"")
        (tmp_path / name).chmod(0o644)
    before = os.umask(0o022)
    try:
        private_files.keep(tmp_path)
    finally:
        os.umask(before)
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    assert modes == {"studio.sqlite3": 0o600, "studio.sqlite3-wal": 0o600, "somebody's": 0o644}


@pytest.mark.parametrize("content", [b"", b"\n", b"short", b"\xff" * 64, b"a" * 40 + b"\x00" + b"b" * 20])
def test_a_broken_key_is_named(tmp_path, content):
    (tmp_path / "secret_key").write_bytes(content)
    done = manage(tmp_path, "check")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Rushes does not start: The studio's key {tmp_path}/secret_key is broken")
    assert done.stderr.count("\n") == 1, "a sentence, and no traceback"
    assert (tmp_path / "secret_key").read_bytes() == content


def test_a_key_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    """A first run that was killed left an empty key, and no start after it worked."""

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_files.os, "fsync", full)
    with pytest.raises(ImproperlyConfigured, match="secret_key cannot be read or written: No space left"):
        private_files.secret(tmp_path / "secret_key")
    assert list(tmp_path.iterdir()) == []


def test_first_runs_at_once_agree_on_one_key(tmp_path):
    keys, ready = [], threading.Barrier(8)

    def first_run():
        ready.wait(10)
        keys.append(private_files.secret(tmp_path / "secret_key"))

    threads = [threading.Thread(target=first_run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(keys) == 8 and len(set(keys)) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("PUBLIC_URL", "rushes.example", "PUBLIC_URL is a scheme and a host"),
        ("PUBLIC_URL", "https://rushes.example/films", "PUBLIC_URL is a scheme and a host"),
        ("DATABASE_URL", "sqlite:////srv/Film #1/studio.sqlite3", "write %23 for #"),
        ("PORT", "eighty", "PORT"),
        ("VAR_DIR", "/proc/studio", "The studio's folder /proc/studio cannot be made"),
    ],
)
def test_a_setting_that_cannot_be_is_told_in_a_sentence(tmp_path, setting, value, said):
    done = manage(tmp_path, "check", **{setting: value})
    assert done.returncode == 1
    assert done.stderr.startswith("Rushes does not start: ") and said in done.stderr
    assert "Traceback" not in done.stderr
