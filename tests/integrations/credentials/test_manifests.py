"""What a copy says of how it was made: signed, read back elsewhere, and changed in every way."""

import subprocess
import sys
from hashlib import sha256
from random import Random

import av
import pytest
from django.core.management import call_command
from PIL import Image

from studio.integrations.credentials import carried, manifests, signer
from studio.integrations.credentials.manifests import Made, State, Step

MADE = Made("Runway Gen-4.5", by_a_model=True, source="ab" * 32)
KINDS = ["mp4", "mov", "jpg", "png", "webp"]
UNTRUSTED = ["signingCredential.untrusted"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_says_how_it_was_made_to_whoever_reads_it(copy, elsewhere, kind):
    path = copy(kind)
    assert manifests.read(path).state is State.NONE
    assert manifests.sign(path, MADE, [Step.TRANSCODED, Step.REPACKAGED])

    read = elsewhere(path)
    assert (read["state"], read["failures"]) == ("Valid", UNTRUSTED)
    (manifest,) = read["manifest"]["manifests"].values()
    said = {each["label"]: each["data"] for each in manifest["assertions"]}
    first, *then = said["c2pa.actions.v2"]["actions"]
    assert first["action"] == "c2pa.created"
    assert first["softwareAgent"] == {"name": "Runway Gen-4.5"}
    assert first["digitalSourceType"].endswith("/digitalsourcetype/trainedAlgorithmicMedia")
    assert [each["action"] for each in then] == ["c2pa.transcoded", "c2pa.repackaged"]
    assert said["org.rushes.source"] == {"manifest": {"alg": "sha256", "hash": "ab" * 32}}


@pytest.mark.parametrize("kind", KINDS)
def test_we_read_the_same_of_it(copy, kind):
    path = copy(kind)
    manifests.sign(path, MADE, [Step.REPACKAGED])
    read = manifests.read(path)
    assert (read.state, read.by, read.is_trusted) == (State.WHOLE, "Rushes", False)
    assert (read.model, read.is_by_a_model, read.steps) == ("Runway Gen-4.5", True, ("c2pa.repackaged",))
    assert read.source == "ab" * 32


def test_what_no_model_made_is_not_said_to_be_made_by_one(copy, elsewhere):
    path = copy("png")
    manifests.sign(path, Made("the sandbox", by_a_model=False), [])
    (manifest,) = elsewhere(path)["manifest"]["manifests"].values()
    (action,) = manifest["assertions"][0]["data"]["actions"]
    assert action["digitalSourceType"].endswith("/algorithmicMedia")
    assert not manifests.read(path).is_by_a_model


@pytest.mark.parametrize("kind", KINDS)
def test_one_changed_byte_is_told(copy, elsewhere, kind):
    path = copy(kind)
    manifests.sign(path, MADE, [])
    content = bytearray(path.read_bytes())
    content[-len(content) // 8] ^= 1
    path.write_bytes(content)
    assert manifests.read(path).state is State.CHANGED
    assert elsewhere(path)["state"] == "Invalid"


@pytest.mark.parametrize("kind", ["mp4", "mov", "jpg"])
def test_what_is_added_behind_or_cut_off_is_told(copy, kind):
    path = copy(kind)
    manifests.sign(path, MADE, [])
    content = path.read_bytes()
    path.write_bytes(content + b"\0" * 64)
    assert manifests.read(path).state in (State.CHANGED, State.BROKEN)
    path.write_bytes(content[:-200])
    assert manifests.read(path).state in (State.CHANGED, State.BROKEN)


def test_a_changed_manifest_is_told(copy):
    path = copy("mp4")
    manifests.sign(path, MADE, [])
    content = path.read_bytes()
    path.write_bytes(content.replace(b"Runway Gen-4.5", b"Runway Gen-9.9"))
    assert manifests.read(path).state is not State.WHOLE
    path.write_bytes(content.replace(b"jumb", b"jumx"))
    assert manifests.read(path).state is State.BROKEN


def remux(source, target, *, packets=10**9):
    with av.open(str(source)) as clip, av.open(str(target), "w") as out:
        copy = out.add_stream_from_template(clip.streams.video[0])
        for number, packet in enumerate(clip.demux(video=0)):
            if packet.dts is not None and number < packets:
                packet.stream = copy
                out.mux(packet)


@pytest.mark.parametrize("packets", [10**9, 3], ids=["a remux", "a trim"])
def test_another_program_that_packs_it_anew_leaves_the_manifest_behind(copy, elsewhere, tmp_path, packets):
    path, other = copy("mp4"), tmp_path / "other.mp4"
    manifests.sign(path, MADE, [])
    remux(path, other, packets=packets)
    assert manifests.read(other).state is State.NONE
    assert elsewhere(other)["state"] == "C2paManifestNotFound"


def test_a_manifest_put_into_another_file_is_told(copy, tmp_path):
    path = copy("png")
    manifests.sign(path, MADE, [])
    content = path.read_bytes()
    start = content.index(b"caBX") - 4
    chunk = content[start : start + 12 + int.from_bytes(content[start : start + 4], "big")]
    other = tmp_path / "other.png"
    Image.new("RGB", (640, 360), "red").save(other)
    plain = other.read_bytes()
    other.write_bytes(plain[:33] + chunk + plain[33:])
    assert manifests.read(other).state is State.CHANGED


@pytest.mark.parametrize("kind", KINDS)
def test_the_manifest_of_a_file_is_found_as_bytes(copy, kind, monkeypatch):
    import c2pa

    kept, sign = [], c2pa.Builder.sign
    monkeypatch.setattr(c2pa.Builder, "sign", lambda *told: kept.append(sign(*told)))
    path = copy(kind)
    assert carried.digest(path) == ""
    manifests.sign(path, Made("x" * 90_000, by_a_model=True), [])  # in a JPEG more than a segment
    assert carried.manifest(path) == bytes(kept[-1])
    assert carried.digest(path) == sha256(bytes(kept[-1])).hexdigest()


def test_a_webm_holds_none_and_stays_as_it_is(copy):
    path = copy("webm")
    before = path.read_bytes()
    assert not manifests.sign(path, MADE, [])
    assert path.read_bytes() == before
    assert manifests.read(path).state is State.NONE


def test_what_cannot_be_signed_stays_as_it_is_and_the_log_says_why(copy, settings, caplog):
    settings.C2PA_CERT = "/nowhere"
    path = copy("mp4")
    before = path.read_bytes()
    assert not manifests.sign(path, MADE, [])
    assert path.read_bytes() == before
    assert "C2PA_CERT and C2PA_KEY are set together" in caplog.text
    assert [each.name for each in path.parent.iterdir() if each.is_file()] == ["copy.mp4"]


def test_the_command_says_what_a_file_is(copy, tmp_path):
    path, other = copy("mp4"), tmp_path / "other.mp4"
    manifests.sign(path, MADE, [Step.TRANSCODED])
    remux(path, other)

    def command(*files):
        told = [sys.executable, "manage.py", "credentials", *map(str, files)]
        return subprocess.run(told, capture_output=True, text=True, check=False)

    done = command(path)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        f"{path}: is as it was when it was signed",
        "  signed by Rushes, not on a trust list",
        "  made by Runway Gen-4.5 (AI)",
        "  since then transcoded",
        f"  the original came with a manifest of its own: sha256 {'ab' * 32}",
    ]
    done = command(path, other)
    assert (done.returncode, "carries no content credentials" in done.stdout) == (1, True)
    done = command(tmp_path / "none")
    assert done.returncode == 1 and "cannot be read: No such file" in done.stderr


def test_nobody_is_asked_over_the_network(copy, monkeypatch):
    """A time stamp, a status of a certificate, a manifest that is elsewhere: none is fetched."""
    import socket

    monkeypatch.setattr(socket, "socket", None)
    path = copy("jpg")
    assert manifests.sign(path, MADE, [])
    assert manifests.read(path).state is State.WHOLE
    assert signer.current().is_own


# --- what others wrote ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "assertions",
    [
        [{"label": "org.rushes.source", "data": ["no", "object"]}],
        [{"label": "org.rushes.source", "data": "words"}],
        [{"label": "org.rushes.source", "data": {"manifest": "words"}}],
        [{"label": "org.rushes.source", "data": {"manifest": {"hash": "\x1b[2Jcleared"}}}],
        [{"label": "org.example.other", "data": {"a": 1}}],
    ],
)
def test_the_manifest_of_somebody_else_may_have_any_shape(copy, monkeypatch, capsys, assertions):
    path = copy("jpg")
    claim = manifests._claim(MADE, [])
    claim["assertions"] = [claim["assertions"][0], *assertions]
    manifests.signing()  # has shown that it can
    monkeypatch.setattr(manifests, "_claim", lambda made, steps: claim)
    assert manifests.sign(path, MADE, [])
    try:
        call_command("credentials", str(path))
    except SystemExit:
        assert manifests.read(path).state is State.BROKEN
    assert "\x1b" not in capsys.readouterr().out


def segment(body):
    return b"\xff\xeb" + (len(body) + 2).to_bytes(2, "big") + body


def test_another_box_of_its_kind_is_no_manifest(copy):
    path = copy("jpg")
    content = path.read_bytes()
    described = b"\0\0\0\x21jumd" + bytes.fromhex("6a736f6e00110010800000aa00389b71") + b"\x03other\0\0\0"
    box = (8 + len(described)).to_bytes(4, "big") + b"jumb" + described
    path.write_bytes(content[:20] + segment(b"JP\0\1\0\0\0\1" + box) + content[20:])
    assert (manifests.read(path).state, carried.digest(path)) == (State.NONE, "")


def test_a_byte_of_filling_hides_no_manifest(copy):
    path = copy("jpg")
    manifests.sign(path, MADE, [])
    before, content = carried.digest(path), path.read_bytes()
    place = content.index(b"\xff\xeb")
    path.write_bytes(content[:place] + b"\xff" + content[place:])
    assert carried.digest(path) == before != ""


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("kind", KINDS)
def test_no_file_ends_in_an_error(copy, kind, seed):
    chance = Random(seed)
    path = copy(kind)
    manifests.sign(path, MADE, [])
    content = bytearray(path.read_bytes())
    place = bytes(content).index(b"jumb")
    for _ in range(chance.randrange(1, 8)):
        content[max(0, place - 40) + chance.randrange(400)] = chance.choice(
            [0, 1, 255, chance.randrange(256)]
        )
    path.write_bytes(content[: chance.randrange(len(content))] if seed % 4 == 0 else content)
    assert manifests.read(path).state in State
    carried.digest(path)


@pytest.mark.parametrize("body", [b"", b"JP", b"JP\0\1\0\0\0\1"])
def test_a_segment_or_a_box_that_is_too_short_is_none(tmp_path, body):
    path = tmp_path / "odd.jpg"
    path.write_bytes(b"\xff\xd8" + segment(body) + b"\xff\xeb\0\0" + b"\xff\xd9")
    assert carried.manifest(path) is None
    path.write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + b"\0\0\0\x10uuid" + carried._MP4_BOX[:8])
    assert carried.manifest(path) is None
