"""A healthy clip is not called damaged for what this machine lacks: a decoder, an encoder, room on the disk."""

import errno
from pathlib import Path

import av
import pytest
from av.codec.codec import UnknownCodecError

from studio.generation.renders import archive
from studio.generation.renders.models import Render
from studio.integrations.media import clip_copies, clips
from tests.integrations.media.files import write_heard
from tests.takes import write_clip


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.mp4"
    write_clip(path)
    return path


@pytest.fixture
def without(monkeypatch):
    """A video library that was built without these encoders."""
    add = av.container.OutputContainer.add_stream

    def without(*names):
        class Poorer:
            def __init__(self, out):
                self.out = out

            def __enter__(self):
                self.out.__enter__()
                return self

            def __exit__(self, *told):
                return self.out.__exit__(*told)

            def __getattr__(self, name):
                return getattr(self.out, name)

            def add_stream(self, name, **how):
                if name in names:
                    raise UnknownCodecError(name)
                return add(self.out, name, **how)

        opened = av.open

        def open_(path, mode="r", **how):
            found = opened(path, mode, **how)
            return Poorer(found) if mode == "w" else found

        monkeypatch.setattr(clip_copies.av, "open", open_)

    return without


def test_a_clip_that_no_decoder_here_knows(clip):
    clip.write_bytes(clip.read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(clips.Unreadable, match="no decoder here knows how the clip is encoded"):
        clips.probe(clip)


def test_a_sound_that_no_decoder_here_knows_is_no_hindrance(tmp_path):
    path = tmp_path / "heard.mp4"
    write_heard(path, "ac3")
    assert clips.probe(path).has_sound
    path.write_bytes(path.read_bytes().replace(b"ac-3", b"zzz3"))
    facts = clips.probe(path)
    assert (facts.frames, facts.has_sound, facts.plays_exactly) == (24, False, False)
    clip_copies.write_review_copy(path, tmp_path / "copy.mp4", facts)
    assert clips.probe(tmp_path / "copy.mp4").frames == 24
    clip_copies.write_bare_copy(path, tmp_path / "bare.mp4")
    assert clips.probe(tmp_path / "bare.mp4").frames == 24


def test_an_encoder_that_is_not_there(clip, tmp_path, without):
    without("libx264")
    said = "this studio has no encoder for H.264, to make a copy that every browser plays"
    with pytest.raises(clips.Unreadable, match=said):
        clip_copies.write_review_copy(clip, tmp_path / "copy.mp4", clips.probe(clip))


@pytest.mark.parametrize("write", ["review", "bare"])
def test_a_full_disk_is_a_full_disk(clip, write):
    full = Path("/dev/full")
    with pytest.raises(OSError, match="No space left") as raised:
        if write == "review":
            clip_copies.write_review_copy(clip, full, clips.probe(clip))
        else:
            clip_copies.write_bare_copy(clip, full)
    assert raised.value.errno == errno.ENOSPC


def test_a_take_that_meets_a_full_disk_is_fetched_again_and_not_called_damaged(
    order, engine, runware, monkeypatch
):
    (take,) = order()

    def full(*told):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(archive.take_files, "keep_clip", full)
        with pytest.raises(OSError, match="No space left"):
            engine.run()
    take.refresh_from_db()
    assert (take.state, take.unshown, take.attempts) == ("saving", "", 0)
    engine.run()
    assert Render.objects.get().state == "ready"
