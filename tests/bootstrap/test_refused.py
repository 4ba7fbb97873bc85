"""What cannot be taken is refused in one sentence, before anything is changed."""

import io
import json
import tarfile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from studio.bootstrap.backup import Refused, archive, files, making, manifest, places, restoring
from studio.runtime.jobs import engine
from tests.bootstrap.conftest import contents, media, raw


def rewritten(path, change=lambda name, content: content, *, more=(), told=None):
    """The backup again, its members changed; `told` changes its list, signed anew."""
    inside = contents(path)
    listed = json.loads(inside.pop("manifest.json"))
    listed.pop("sha256")
    if told:
        told(listed)
    inside["manifest.json"] = json.dumps({**listed, "sha256": manifest._hash(listed)}).encode()
    target = path.with_name("changed.tar")
    with tarfile.open(target, "w") as tar:
        for member, content in more:
            tar.addfile(member, io.BytesIO(content))
        for name, content in inside.items():
            changed = change(name, content)
            if changed is not None:
                info = tarfile.TarInfo(name)
                info.size = len(changed)
                tar.addfile(info, io.BytesIO(changed))
    return target


def refused(studios, path, words):
    """It is refused with these words, and the place is as it was before."""
    with studios.at("two", empty=True) as two:
        before = sorted(each.name for each in two.iterdir())
        with pytest.raises(Refused, match=words) as said:
            restoring.restore(path)
        assert "\n" not in str(said.value)
        assert {each.name for each in two.iterdir()} - {"engine.lock"} == set(before) - {"engine.lock"}
        assert (two / "secret_key").read_text() == "the key of two"
        if connection.vendor == "postgresql":
            assert raw() == {}


# --- the file -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"no tar at all", b"\0" * 10240, b"SQLite format 3\0" + b"x" * 5000]
)
def test_a_file_that_is_no_backup(studios, tmp_path, content):
    (tmp_path / "b.tar").write_bytes(content)
    refused(studios, tmp_path / "b.tar", "no(t a)? whole backup")


def test_a_file_that_is_not_there_and_a_folder(studios, tmp_path):
    refused(studios, tmp_path / "none.tar", "cannot be read: No such file")
    refused(studios, tmp_path, "cannot be read: Is a directory")


@pytest.mark.parametrize("part", [0.0001, 0.1, 0.5, 0.9, 1])
def test_a_backup_that_was_cut_short(studios, backup, part):
    with tarfile.open(backup) as tar:
        last = tar.getmember("manifest.json")
    whole = backup.read_bytes()[: last.offset_data + last.size - 1]
    backup.write_bytes(whole[: int(len(whole) * part)])
    refused(studios, backup, "backup")


def test_any_byte_that_changed_is_found(studios, backup):
    """In a file, in a row, in a key, in a header, in the list itself."""
    whole = bytearray(backup.read_bytes())
    with tarfile.open(backup) as tar:
        spots = [(m.offset + 5, m.offset_data + m.size // 2) for m in tar if m.size]
    for spot in [place for both in spots for place in both]:
        whole[spot] ^= 0x01
        backup.write_bytes(whole)
        whole[spot] ^= 0x01
        with pytest.raises(Refused), archive.opened(backup):
            pass


def test_every_bit_of_its_list_counts(backup):
    """The hashes of all else are in it, and it has one of itself."""
    text = contents(backup)["manifest.json"]
    for spot in range(0, len(text), 41):
        if text[spot : spot + 1].isspace():
            continue
        changed = text[:spot] + bytes([text[spot] ^ 0x02]) + text[spot + 1 :]
        with pytest.raises(Refused):
            manifest.read(changed)


def test_a_member_that_is_missing_or_too_many(studios, backup):
    for gone in ("keys/secret_key", "rows/renders_render.jsonl.gz", "manifest.json"):
        path = rewritten(backup, lambda name, content, gone=gone: None if name == gone else content)
        refused(studios, path, "damaged|no whole backup")
    extra = tarfile.TarInfo("media/more.mp4")
    extra.size = 1
    refused(studios, rewritten(backup, more=[(extra, b"x")]), "not both listed and there")


def test_a_backup_of_a_newer_rushes(studios, backup):
    def newer(listed):
        listed["migrations"].append(["renders", "0999_from_the_future"])

    refused(studios, rewritten(backup, told=newer), "newer Rushes.*0999_from_the_future.*update it")
    refused(studios, rewritten(backup, told=lambda listed: listed.update(format=99)), "newer Rushes")
    refused(
        studios,
        rewritten(backup, told=lambda listed: listed.update(kind="other")),
        "not a backup of a Rushes",
    )


def test_a_key_this_code_does_not_know(studios, filled, settings, tmp_path):
    settings.KEY_FILES = ["secret_key", "signing.pem"]
    with studios.at("one") as one:
        (one / "signing.pem").write_text("x")
        making.make(tmp_path / "b.tar")
    settings.KEY_FILES = ["secret_key"]
    refused(studios, tmp_path / "b.tar", "newer Rushes.*signing.pem")


def test_a_list_that_tells_other_rows(studios, backup):
    def more(listed):
        listed["tables"]["renders_render"]["rows"] += 1

    refused(studios, rewritten(backup, told=more), "renders_render has not the rows")


# --- hostile names ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../outside",
        "media/../../outside",
        "media//etc",
        "media/./x",
        "media/a/../../../x",
        "keys/../studio.sqlite3",
        "rows/../x.jsonl.gz",
        "rows/X.jsonl.gz",
        "rows/a.jsonl",
        "other/x",
        "media",
        "media/",
        "media\\..\\x",
        "media/a\\..\\b",
        "studio.sqlite3",
        "./manifest.json",
        "media/takes/..",
    ],
)
def test_a_name_that_leads_elsewhere(studios, backup, tmp_path, name):
    member = tarfile.TarInfo(name)
    member.size = 1
    refused(studios, rewritten(backup, more=[(member, b"x")]), "no place in one|no plain file")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_a_member_that_is_no_plain_file(studios, backup, kind):
    member = tarfile.TarInfo("media/x.mp4")
    member.type, member.linkname = kind, "/etc/passwd"
    refused(studios, rewritten(backup, more=[(member, b"")]), "no plain file")


def test_a_name_that_comes_twice(studios, backup):
    member = tarfile.TarInfo("keys/secret_key")
    member.size = 1
    refused(studios, rewritten(backup, more=[(member, b"x")]), "no place in one")


# --- where it shall go --------------------------------------------------------------------


def test_a_studio_with_rows_is_left_alone(studios, filled, backup):
    with studios.at("one") as one:
        before, kept = raw(), media(one)
        with pytest.raises(CommandError, match="There is a studio here already") as said:
            call_command("restore", str(backup))
        assert "\n" not in str(said.value)
        assert raw() == before and media(one) == kept


def test_a_second_restore_is_refused(studios, backup):
    with studios.at("two"):
        restoring.restore(backup)
        before = raw()
        with pytest.raises(Refused, match="a studio here already"):
            restoring.restore(backup)
        assert raw() == before


def test_a_database_of_something_else(studios, backup):
    with studios.at("two"):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE somebody_elses (id integer)")
        with pytest.raises(Refused, match=r"something else \(somebody_elses\)"):
            restoring.restore(backup)


def test_a_studio_that_runs_is_left_alone(studios, backup):
    with studios.at("two"):
        running = engine.Engine()
        running.take_lock()
        with pytest.raises(Refused, match="Another Rushes already runs"):
            restoring.restore(backup)
        running.stop()
        restoring.restore(backup)


# --- where a backup shall go --------------------------------------------------------------


def test_a_folder_that_does_not_exist(studios, filled, tmp_path):
    with studios.at("one"):
        for target, words in ((tmp_path / "no" / "b.tar", "There is no folder"), (tmp_path, "there already")):
            with pytest.raises(CommandError, match=words):
                call_command("backup", str(target))
            with pytest.raises(CommandError, match=words):
                call_command("backup", str(target), *(["--force"]))


def test_two_backups_at_once(studios, filled, tmp_path):
    with studios.at("one"), making._alone(), pytest.raises(Refused, match="Another backup"):
        making.make(tmp_path / "b.tar")


def test_a_studio_that_is_not_there(studios, tmp_path):
    with studios.at("none", empty=True), pytest.raises(Refused, match="no studio here yet"):
        making.make(tmp_path / "b.tar")
    assert not list(tmp_path.glob("*.tar")) and not list(tmp_path.glob(".*"))


def test_a_database_of_newer_code(studios, filled, tmp_path):
    with studios.at("one"):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('renders', '0999_later', CURRENT_TIMESTAMP)"
            )
        with pytest.raises(Refused, match="newer Rushes"):
            making.make(tmp_path / "b.tar")


# --- when something goes wrong half way ---------------------------------------------------


def test_a_full_disk_leaves_no_backup(studios, filled, tmp_path, monkeypatch):
    def full(self, *args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making.Writer, "finish", full)
    with studios.at("one"), pytest.raises(CommandError, match="No space left on device") as said:
        call_command("backup", str(tmp_path / "b.tar"))
    assert "\n" not in str(said.value)
    assert not list(tmp_path.glob("*.tar")) and not list(tmp_path.glob(".*"))


def test_a_disk_that_lies_is_found_out(studios, filled, tmp_path, monkeypatch):
    finish = making.Writer.finish

    def flipped(self, told):
        finish(self, told)
        with tarfile.open(self.path) as tar:
            spot = tar.getmember("rows/auth_permission.jsonl.gz").offset_data
        with self.path.open("r+b") as file:
            file.seek(spot + 100)
            file.write(b"!!!!")

    monkeypatch.setattr(making.Writer, "finish", flipped)
    with studios.at("one"), pytest.raises(Refused, match=r"damaged|not what"):
        making.make(tmp_path / "b.tar")
    assert not list(tmp_path.glob("*.tar")) and not list(tmp_path.glob(".*"))


def test_what_a_killed_backup_left_is_swept_by_the_next(studios, filled, tmp_path):
    (tmp_path / ".b.tar.0123abcd.partial").write_bytes(b"half")
    (tmp_path / ".other.tar.0123abcd.partial").write_bytes(b"of another")
    with studios.at("one"):
        making.make(tmp_path / "b.tar")
    assert [path.name for path in tmp_path.glob(".*")] == [".other.tar.0123abcd.partial"]


@pytest.mark.parametrize("where", ["put_media", "put_key", "load", "pause"])
def test_a_restore_that_breaks_off_can_be_tried_again(studios, filled, backup, monkeypatch, where):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with studios.at("one") as one:
        before, kept = raw(), media(one)
    with studios.at("two", empty=where == "pause") as two:
        with monkeypatch.context() as patch:
            if where == "load":
                patch.setattr(restoring.loading, "call_command", full)
            elif where == "pause":
                patch.setattr(restoring.pause, "begin", full)
            else:
                patch.setattr(files, where, full)
            with pytest.raises(Refused, match=r"No space left.*can be tried again"):
                restoring.restore(backup)
            places.refuse_unless_empty()
        restoring.restore(backup)
        assert media(two) == kept
        assert raw()["renders_render"] == before["renders_render"]
        assert not list(two.glob("*.restoring*")) and not list(two.rglob(".*"))


def test_the_folder_of_another_studio_is_left_alone(studios, filled, backup):
    """With an empty database beside it: its key would be lost, and every link it ever gave with it."""
    with studios.at("two", empty=True) as two:
        (two / "media" / "takes").mkdir(parents=True)
        (two / "media" / "takes" / "a.mp4").write_bytes(b"of another")
        with pytest.raises(Refused, match="belongs to another studio"):
            restoring.restore(backup)
        assert (two / "secret_key").read_text() == "the key of two"
        assert media(two) == {"takes/a.mp4": b"of another"}


def test_rows_that_do_not_fit_together_are_not_taken(studios, filled, backup):
    """A row that points to nothing, in a backup whose hashes all fit."""
    import gzip
    import hashlib

    empty = gzip.compress(b"")
    name = "rows/projects_shot.jsonl.gz"

    def without_shots(listed):
        listed["tables"]["projects_shot"]["rows"] = 0
        listed["members"][name] = {"sha256": hashlib.sha256(empty).hexdigest(), "size": len(empty)}

    path = rewritten(backup, lambda each, content: empty if each == name else content, told=without_shots)
    with studios.at("two"):
        with pytest.raises(Refused, match="do not fit together"):
            restoring.restore(path)
        places.refuse_unless_empty()
