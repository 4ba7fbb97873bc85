"""A backup holds every row, every file that rows name and the keys, and only we may read it."""

import gzip
import hashlib
import json
import stat
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from studio.bootstrap.backup import Refused, files, making, restoring, schema
from studio.generation.renders.models import Render
from studio.generation.trash import trash
from studio.planning.projects import actions
from studio.planning.projects.models import Project
from studio.runtime.jobs import pause
from tests import takes
from tests.bootstrap.conftest import contents, fill, manifest, media, raw, rows


@pytest.mark.parametrize("empty", [True, False], ids=["nothing", "tables"])
def test_a_restored_studio_is_row_for_row_and_byte_for_byte_the_same(studios, filled, tmp_path, empty):
    """Into a database without anything, and into one that was migrated and never used."""
    with studios.at("one") as one:
        made = making.make(tmp_path / "b.tar")
        before, kept = raw(), media(one)
    with studios.at("two", empty=empty) as two:
        done = restoring.restore(tmp_path / "b.tar")
        after = raw()
        assert media(two) == kept
        assert (two / "secret_key").read_text() == "the key of one"
        assert stat.S_IMODE((two / "secret_key").stat().st_mode) == 0o600
        assert pause.paused() and pause.current().backup_at == made.contents.when
    assert len(after.pop("jobs_enginepause")) == 1 and before.pop("jobs_enginepause") == []
    # when each migration was applied is no row of the studio's
    old, new = before.pop("django_migrations"), after.pop("django_migrations")
    assert {row[1:3] for row in old} == {row[1:3] for row in new}
    assert after == before
    assert done.files == made.files == len(kept)


def test_a_backup_of_the_restored_one_holds_the_same(studios, filled, tmp_path):
    with studios.at("one"):
        making.make(tmp_path / "b.tar")
    with studios.at("two"):
        restoring.restore(tmp_path / "b.tar")
        making.make(tmp_path / "c.tar")
    before, after = rows(tmp_path / "b.tar"), rows(tmp_path / "c.tar")
    assert len(after.pop("jobs_enginepause")) == 1 and before.pop("jobs_enginepause") == []
    assert after == before
    first, second = manifest(tmp_path / "b.tar"), manifest(tmp_path / "c.tar")
    first["tables"].pop("jobs_enginepause"), second["tables"].pop("jobs_enginepause")
    assert first["tables"] == second["tables"], "and so are the numbers given out"


def test_it_can_be_read_without_us(studios, filled, tmp_path):
    """By tar, gunzip and JSON, with a hash of everything."""
    with studios.at("one"):
        made = making.make(tmp_path / "b.tar")
    inside, told = contents(tmp_path / "b.tar"), manifest(tmp_path / "b.tar")
    assert list(inside)[-1] == "manifest.json"
    for name, member in told["members"].items():
        assert hashlib.sha256(inside[name]).hexdigest() == member["sha256"]
        assert len(inside[name]) == member["size"]
    users = [json.loads(line) for line in gzip.decompress(inside["rows/accounts_user.jsonl.gz"]).splitlines()]
    assert users[0]["name"] == "Olga Ø 🎬" and users[0]["code"] == str(filled["owner"].code)
    (take, _) = [
        json.loads(line) for line in gzip.decompress(inside["rows/renders_render.jsonl.gz"]).splitlines()
    ]
    assert Decimal(take["estimate"]) == filled["take"].estimate
    assert ["renders", "0001_initial"] in told["migrations"]
    assert told["made_at"] == made.contents.made_at and told["with_media"] is True


def test_only_we_may_read_it_from_the_first_byte_on(studios, filled, tmp_path, monkeypatch):
    seen = []
    add = making.Writer.add

    def looked(self, *args):
        seen.append(stat.S_IMODE(self.path.stat().st_mode))
        return add(self, *args)

    monkeypatch.setattr(making.Writer, "add", looked)
    with studios.at("one"):
        making.make(tmp_path / "b.tar")
    assert set(seen) == {0o600}
    assert stat.S_IMODE((tmp_path / "b.tar").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_every_key_file_is_in_it(studios, filled, settings, tmp_path):
    settings.KEY_FILES = ["secret_key", "signing.pem", "not made yet"]
    with studios.at("one") as one:
        (one / "signing.pem").write_bytes(b"signs\n")
        making.make(tmp_path / "b.tar")
    inside = contents(tmp_path / "b.tar")
    assert {name: inside[name] for name in inside if name.startswith("keys/")} == {
        "keys/secret_key": b"the key of one",
        "keys/signing.pem": b"signs\n",
    }
    with studios.at("two") as two:
        restoring.restore(tmp_path / "b.tar")
        assert (two / "signing.pem").read_bytes() == b"signs\n"
        assert stat.S_IMODE((two / "signing.pem").stat().st_mode) == 0o600


def test_it_holds_the_key_that_is_used_where_the_environment_sets_it(studios, filled, settings, tmp_path):
    with studios.at("one"):
        settings.SECRET_KEY = "from the environment"
        making.make(tmp_path / "b.tar")
    assert contents(tmp_path / "b.tar")["keys/secret_key"] == b"from the environment"


@pytest.mark.parametrize(("own", "said"), [("another", True), ("the key of one", False)])
def test_another_key_in_the_environment_is_spoken_of(studios, filled, settings, tmp_path, own, said, capsys):
    with studios.at("one"):
        making.make(tmp_path / "b.tar")
    with studios.at("two"):
        settings.SECRET_KEY = own
        call_command("restore", str(tmp_path / "b.tar"))
    assert ("sets another SECRET_KEY" in capsys.readouterr().out) == said


def test_without_media_it_says_so(studios, filled, tmp_path, capsys):
    with studios.at("one"):
        call_command("backup", str(tmp_path / "b.tar"), "--without-media")
    assert "no media" in capsys.readouterr().out
    assert not [name for name in contents(tmp_path / "b.tar") if name.startswith("media/")]
    with studios.at("two") as two:
        call_command("restore", str(tmp_path / "b.tar"))
        assert "copy them to" in capsys.readouterr().out
        assert not (two / "media").exists()
        assert Render.objects.count() == 2


def test_one_line_says_what_was_read_back(studios, filled, tmp_path, capsys):
    with studios.at("one"):
        call_command("backup", str(tmp_path / "b.tar"))
    told = capsys.readouterr().out
    size = (tmp_path / "b.tar").stat().st_size
    assert told.count("\n") == 1 and f"4 files, {size} bytes, read back and equal." in told


def test_a_file_that_is_nowhere_is_named(studios, filled, tmp_path, capsys):
    with studios.at("one"):
        files.path_of(filled["take"].poster).unlink()
        call_command("backup", str(tmp_path / "b.tar"))
        assert f"A row names {filled['take'].poster}, which is nowhere" in capsys.readouterr().err
        with pytest.raises(CommandError, match="1 files were missing"):
            call_command("backup", str(tmp_path / "strict.tar"), "--strict")
    assert manifest(tmp_path / "b.tar")["missing"] == [filled["take"].poster]
    assert manifest(tmp_path / "strict.tar")["missing"] == [filled["take"].poster]
    with studios.at("two"):
        call_command("restore", str(tmp_path / "b.tar"))
    assert filled["take"].poster in capsys.readouterr().out


def test_what_no_row_names_stays_out(studios, filled, tmp_path):
    with studios.at("one") as one:
        (one / "media" / "left behind.mp4").write_bytes(b"nobody's")
        making.make(tmp_path / "b.tar")
    assert "media/left behind.mp4" not in contents(tmp_path / "b.tar")


@pytest.mark.parametrize("name", ["../secret_key", "/etc/hostname", "takes/../../secret_key", "takes"])
def test_a_row_that_names_something_else_than_a_stored_file_takes_nothing_along(
    studios, filled, tmp_path, name
):
    with studios.at("one"):
        Render.objects.filter(pk=filled["take"].pk).update(poster=name)
        making.make(tmp_path / "b.tar")
    assert manifest(tmp_path / "b.tar")["missing"] == [name]


def test_sessions_stay_behind(studios, filled, tmp_path):
    with studios.at("one"):
        making.make(tmp_path / "b.tar")
        tables = set(raw())
    told = set(manifest(tmp_path / "b.tar")["tables"])
    assert tables - told == schema.LEFT_OUT | {"django_migrations"}


def test_the_columns_that_name_files_are_those_the_trash_removes(studios):
    known = {model._meta.db_table: set(columns) for model, columns in trash._FILES_OF.items() if columns}
    assert known == {table: set(files.COLUMNS[table]) for table in known}
    assert set(files.COLUMNS) - set(known) == {"accounts_user"}


# --- while it is being made ---------------------------------------------------------------


def test_a_file_purged_while_it_is_made_is_in_it_or_its_row_is_not(studios, filled, tmp_path, monkeypatch):
    """A take comes when the files are in, and goes again between the rows and its file: rows are read again."""
    late = []
    named, read = making._named, making._read

    def named_then_comes(seen):
        found = named(seen)
        if not late:
            late.append(takes.ready(filled["shot"], filled["owner"], filed=True))
        return found

    def read_then_goes(seen, folder, *, media):
        found = read(seen, folder, media=media)
        if Render.objects.filter(pk=late[0].pk).delete()[0]:
            files.path_of(late[0].file).unlink()
        return found

    monkeypatch.setattr(making, "_named", named_then_comes)
    monkeypatch.setattr(making, "_read", read_then_goes)
    with studios.at("one"):
        made = making.make(tmp_path / "b.tar")
    assert late and made.contents.missing == []
    assert len(rows(tmp_path / "b.tar")["renders_render"]) == 2


def test_a_file_that_goes_after_it_was_read_is_in_it(studios, filled, tmp_path, monkeypatch):
    read = making._read

    def goes_then_read(seen, folder, *, media):
        files.path_of(filled["take"].file).unlink(missing_ok=True)
        return read(seen, folder, media=media)

    monkeypatch.setattr(making, "_read", goes_then_read)
    with studios.at("one"):
        made = making.make(tmp_path / "b.tar")
    assert made.contents.missing == [] and f"media/{filled['take'].file}" in contents(tmp_path / "b.tar")


def test_nobody_who_writes_waits_for_it(studios, filled, tmp_path, monkeypatch):
    """In the middle of reading rows a take is thrown away, and the backup does not know of it."""
    real = making.Snapshot.rows
    written = []

    def rows_of(self, model):
        if not written:
            written.append(Render.objects.filter(pk=filled["take"].pk).update(note="changed meanwhile"))
        return real(self, model)

    monkeypatch.setattr(making.Snapshot, "rows", rows_of)
    with studios.at("one"):
        making.make(tmp_path / "b.tar", media=False)
        assert Render.objects.get(pk=filled["take"].pk).note == "changed meanwhile"
    notes = {row["note"] for row in rows(tmp_path / "b.tar")["renders_render"]}
    assert written == [1] and notes == {""}


def test_keys_that_were_given_out_are_not_given_again(studios, filled, tmp_path):
    """The ledger names shots by their keys for ever."""
    with studios.at("one"):
        gone = fill_more(filled)
        making.make(tmp_path / "b.tar")
    with studios.at("two"):
        restoring.restore(tmp_path / "b.tar")
        assert fill_more(filled) == gone + 1


def fill_more(filled):
    """The key of a shot that is made, and gone for good."""
    project = Project.objects.get(pk=filled["project"].pk)
    shot = actions.create_shot(project, by=None, title="Gone", prompt="x")
    key = shot.pk
    shot.delete()
    return key


def test_a_paused_studio_can_be_backed_up_and_one_word_ends_both_pauses(studios, filled, tmp_path):
    with studios.at("one"):
        making.make(tmp_path / "b.tar")
    with studios.at("two"):
        restoring.restore(tmp_path / "b.tar")
        making.make(tmp_path / "c.tar")
    with studios.at("three"):
        restoring.restore(tmp_path / "c.tar")
        assert pause.confirm(by=None) and not pause.paused()


def test_it_may_be_forced_over_another(studios, filled, tmp_path):
    (tmp_path / "b.tar").write_text("something else")
    with studios.at("one"):
        with pytest.raises(Refused, match="there already"):
            making.make(tmp_path / "b.tar")
        assert (tmp_path / "b.tar").read_text() == "something else"
        making.make(tmp_path / "b.tar", force=True)
    assert rows(tmp_path / "b.tar")


def test_an_empty_studio_has_a_backup_too(studios, tmp_path):
    with studios.at("one"):
        making.make(tmp_path / "b.tar")
    with studios.at("two"):
        restoring.restore(tmp_path / "b.tar")
        fill()
