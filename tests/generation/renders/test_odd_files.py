"""Results whose files are out of the ordinary, from the order to what is kept (cases 11, 14, 19, 28, 29, 33)."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from studio.generation.renders import archive, credentials, timing
from studio.generation.renders.models import Render
from studio.integrations.media import clip_pictures, clips
from tests.integrations.media.test_frames_of_clips import number
from tests.integrations.media.test_odd_clips import CASES, ODD


@pytest.fixture
def arrived(order, engine, runware):
    """Order a take, and have this file come for it."""

    def arrived(path, **wish):
        runware.faults("result_is", path=str(Path(path).resolve()))
        (take,) = order(**wish)
        engine.run()
        take.refresh_from_db()
        return take

    return arrived


def stored(name):
    return Path(default_storage.path(name))


@pytest.mark.parametrize("name", ODD)
def test_a_clip_is_kept_with_a_copy_where_it_cannot_be_played_exactly(arrived, books, name):
    frames, _, size, plays = ODD[name]
    take = arrived(CASES / name)
    assert (take.state, take.frame_count, (take.file_width, take.file_height)) == ("ready", frames, size)
    assert stored(take.file).read_bytes() == (CASES / name).read_bytes()
    played = stored(take.review or take.file)
    assert clips.probe(played).plays_exactly and (plays or take.review)
    with Image.open(stored(take.poster)) as poster:
        assert abs(poster.width / poster.height - size[0] / size[1]) < 0.02
    assert books().held == 0


@pytest.mark.parametrize("name", ["29-containers-that-should-hold/11-vfr.mp4"])
def test_where_the_rate_varies_the_player_is_told_where_each_frame_is(arrived, name):
    take = arrived(CASES / name)
    told = timing.of(take)
    assert (told["frames"], told["length"], len(told["places"])) == (96, 120, 96)
    for frame in (0, 3, 50, 95):
        copied = clip_pictures.frame_at(stored(take.review), told["places"][frame])
        assert number(copied) == number(clip_pictures.frame_at(stored(take.file), frame))
    assert take.length == 5


def test_a_clip_of_earlier_days_is_listed_and_gets_its_copy(arrived, engine):
    """Before frames were listed every clip was played as it came."""
    take = arrived(CASES / "11-clips-that-begin-after-zero/17-start-half.mp4")
    original = stored(take.file).read_bytes()
    Render.objects.update(has_sound=None, review="", check_at=timezone.now())
    before = Render.objects.get().revision
    assert [each.pk for each in Render.objects.to_measure()] == [take.pk]

    archive.measure(str(take.code))
    take.refresh_from_db()
    assert take.has_sound is False and take.revision > before
    assert clips.probe(stored(take.review)).plays_exactly
    assert stored(take.file).read_bytes() == original
    assert not Render.objects.to_measure().exists()


def test_a_clip_of_earlier_days_that_plays_as_it_is_keeps_what_it_has(arrived):
    take = arrived(CASES / "29-containers-that-should-hold/21-5994.mp4")
    Render.objects.update(has_sound=None, check_at=timezone.now())
    written = stored(take.poster).stat().st_mtime_ns
    archive.measure(str(take.code))
    take.refresh_from_db()
    assert take.has_sound is False
    assert stored(take.poster).stat().st_mtime_ns == written


def test_a_clip_of_earlier_days_whose_file_is_gone_is_looked_at_once(arrived):
    take = arrived(CASES / "29-containers-that-should-hold/21-5994.mp4")
    stored(take.file).unlink()
    Render.objects.update(has_sound=None, check_at=timezone.now())
    archive.measure(str(take.code))
    assert not Render.objects.to_measure().exists()
    assert Render.objects.get().state == "ready"


@pytest.mark.parametrize("can_sign", [True, False])
def test_a_copy_that_could_not_be_signed_is_not_said_to_carry_credentials(arrived, settings, can_sign):
    certificate = settings.C2PA_CERT, settings.C2PA_KEY
    if not can_sign:
        settings.C2PA_CERT = settings.C2PA_KEY = "/nowhere"
    take = arrived(CASES / "11-clips-that-begin-after-zero/17-start-half.mp4")
    settings.C2PA_CERT, settings.C2PA_KEY = certificate
    said, bare = credentials.for_team(take), "carries none: it was made when none could be signed."
    assert said.startswith("Copies carry content credentials") and said.endswith(bare) is not can_sign
    stored(take.review).unlink()
    assert credentials.for_team(take) == credentials.of_copies(take)


def test_a_frame_of_a_clip_of_one_frame_can_be_gone_on_from(arrived, client_of, ana):
    """Case 32: frame 0 of case 12 could not be read."""
    take = arrived(CASES / "29-containers-that-should-hold/12-oneframe.mp4")
    answer = client_of(ana).post(
        reverse("composer:continue", args=[take.code]), {"frame": "0", "to": "picture"}
    )
    assert answer.status_code == 302


def test_a_frame_whose_file_is_gone_is_refused_in_words(arrived, client_of, ana):
    """Case 32: moved away, or not to be decoded any more."""
    take = arrived(CASES / "29-containers-that-should-hold/21-5994.mp4")
    for spoil in (lambda path: path.write_bytes(b"no clip"), lambda path: path.unlink()):
        spoil(stored(take.file))
        answer = client_of(ana).post(
            reverse("composer:continue", args=[take.code]), {"frame": "7", "to": "picture"}
        )
        assert answer.status_code == 422
        assert "cannot be read any more" in answer.content.decode()
