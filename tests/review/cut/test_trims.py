"""In and out of a take in the cut."""

import pytest
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders.models import Render
from studio.review.cut import actions, entries
from studio.review.cut.models import Trim
from studio.review.dailies.subjects import Gone, Problems
from studio.runtime.live.models import Event
from tests.takes import FRAMES


@pytest.fixture
def take(ready):
    return ready()


@pytest.fixture
def trim(client_of, take):
    def trim(user, *, script=True, **fields):
        headers = {"X-Rushes": "script"} if script else {}
        return client_of(user).post(reverse("cut:trim", args=[take.code]), fields, headers=headers)

    return trim


def played(project):
    (entry,) = entries.of(project)
    return entry["first"], entry["last"], entry["trimmed"]


def test_an_artist_sets_in_and_out(trim, ana, project):
    assert trim(ana, first=6, last=30).json() == {"kept": True}
    assert played(project) == (6, 30, True)
    assert Event.objects.filter(kind="cut.trimmed", by=ana).count() == 1


def test_another_trim_takes_its_place(trim, ana, pia, project):
    trim(ana, first=6, last=30)
    trim(pia, first=0, last=FRAMES - 1)
    assert played(project) == (0, FRAMES - 1, False)
    assert Trim.objects.get().by == pia


def test_all_of_it_again(trim, ana, project):
    trim(ana, first=6, last=30)
    trim(ana, whole="1")
    trim(ana, whole="1")
    assert played(project) == (0, FRAMES - 1, False)
    assert Event.objects.filter(kind="cut.trimmed").count() == 2


def test_an_approved_range_is_where_a_trim_starts_and_all_means_all(trim, ana, pia, take, say, project):
    say(pia, take, "approved", frame=2, last=40)
    assert played(project) == (2, 40, False)
    trim(ana, first=1, last=42)  # widened
    assert played(project) == (1, 42, True)
    trim(ana, whole="1")
    assert played(project) == (0, FRAMES - 1, False)


def test_one_frame_is_a_trim(trim, ana, project):
    trim(ana, first=6, last=6)
    assert played(project) == (6, 6, True)


@pytest.mark.parametrize(
    ("first", "last"),
    [("-1", "5"), ("0", str(FRAMES)), ("9", "3"), ("", "5"), ("5", ""), ("x", "y"), ("9" * 40, "9" * 41)],
)
def test_what_is_no_range_is_refused_in_words(trim, ana, first, last):
    answer = trim(ana, first=first, last=last)
    assert answer.status_code == 422 and answer.json()["errors"][""]
    assert not Trim.objects.exists()


def test_without_scripts_it_leads_back_to_the_cut(trim, ana, project):
    answer = trim(ana, script=False, first=6, last=30)
    assert answer.status_code == 302 and answer.url == reverse("cut:cut", args=[project.slug])


def test_reviewers_viewers_and_strangers_do_not_trim(trim, rae, bo, cid):
    for who in (rae, bo, cid):
        assert trim(who, first=6, last=30).status_code == 404
    assert not Trim.objects.exists()


def test_a_take_that_was_thrown_away_is_not_trimmed(trim, ana, take):
    Render.objects.filter(pk=take.pk).update(trashed_at=timezone.now())
    assert trim(ana, first=6, last=30).status_code == 404
    for change in (
        lambda: actions.trim(take, by=ana, first=6, last=30),
        lambda: actions.untrim(take, by=ana),
    ):
        with pytest.raises(Gone):
            change()


def test_no_ends_is_no_trim(take, ana):
    with pytest.raises(Problems):
        actions.trim(take, by=ana, first=None, last=3)


def test_a_newer_take_is_played_whole(trim, ana, ready, project):
    trim(ana, first=6, last=30)
    ready()
    assert played(project) == (0, FRAMES - 1, False)
