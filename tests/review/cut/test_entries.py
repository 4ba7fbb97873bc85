"""The cut plays the best there is of each shot, in order."""

import pytest
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders.models import Render
from studio.planning.projects import actions
from studio.planning.projects.models import Membership, Shot
from studio.review.cut import entries
from tests.takes import FRAMES


@pytest.fixture
def entry(shot, project):
    """What the film plays of the shot."""

    def entry():
        (found,) = entries.of(project, picture_url=entries.picture_url)
        return found

    return entry


def codes(found):
    return [each["shot"] for each in found]


# --- which take ---------------------------------------------------------------------------


# takes of the shot, oldest first, and the place of the one that is played
CHOICES = {
    "the approved one": ([{"verdict": "approved"}, {"circled": True}, {}], 0),
    "the newest that is approved": ([{"verdict": "approved"}, {"verdict": "approved"}, {}], 1),
    "the circled one, where none is approved": ([{"circled": True}, {}], 0),
    "the newest, where none is circled": ([{}, {}], 1),
    "the newest that is not rejected": ([{}, {"verdict": "rejected"}], 0),
    "one that wants a retake rather than nothing": ([{"verdict": "retake"}], 0),
    "a clip rather than a newer still": ([{}, {"kind": "still"}], 0),
    "a still, where there is no clip": ([{"kind": "still"}], 0),
    "a still rather than a rejected clip": ([{"kind": "still"}, {"verdict": "rejected"}], 0),
    "no veiled one": ([{}, {"flagged": True}], 0),
    "one whose veil was lifted": ([{}, {"flagged": True, "unveiled_at": timezone.now()}], 1),
    "none from the trash": ([{}, {"trashed_at": timezone.now()}], 0),
    "none that has not come": ([{}, {"state": "rendering"}], 0),
}


@pytest.mark.parametrize("which", CHOICES)
def test_the_film_plays(ready, entry, which):
    columns, place = CHOICES[which]
    takes = [ready(number=number, **each) for number, each in enumerate(columns, start=1)]
    assert entry()["take"] == str(takes[place].code)


def test_without_a_take_it_plays_the_first_frame(entry, shot, frame):
    Shot.objects.filter(pk=shot.pk).update(first_frame=frame, seconds=8)
    found = entry()
    assert (found["kind"], found["take"], found["seconds"]) == ("picture", "", 8)
    assert str(frame.code) in found["src"]


def test_without_anything_it_plays_a_slate(entry, shot, ready):
    ready(verdict="rejected")
    found = entry()
    assert (found["kind"], found["shot"], found["title"]) == ("slate", "010", "Kite")


def test_a_still_stands_as_long_as_its_shot(ready, entry, shot):
    ready(kind="still")
    Shot.objects.filter(pk=shot.pk).update(seconds=8)
    assert (entry()["kind"], entry()["seconds"]) == ("picture", 8)


# --- which of its frames --------------------------------------------------------------------


def frames(found):
    return found["first"], found["last"]


def test_all_of_it_where_nothing_narrower_was_approved(ready, entry, say, pia):
    take = ready()
    assert frames(entry()) == (0, FRAMES - 1)
    say(pia, take, "approved")
    assert frames(entry()) == (0, FRAMES - 1)


def test_the_approved_range(ready, entry, say, pia):
    say(pia, ready(), "approved", frame=6, last=30)
    assert frames(entry()) == (6, 30)


def test_the_latest_approval_decides(ready, entry, say, pia):
    take = ready()
    say(pia, take, "approved", frame=6, last=30)
    say(pia, take, "approved", frame=10, last=20)
    assert frames(entry()) == (10, 20)
    say(pia, take, "approved")
    assert frames(entry()) == (0, FRAMES - 1)


def test_an_approval_that_was_taken_back_decides_nothing(ready, entry, say, pia, rae):
    take = ready()
    say(pia, take, "approved")
    say(rae, take, "approved", frame=5, last=10)
    say(rae, take, "none")
    assert frames(entry()) == (0, FRAMES - 1)


def test_the_range_is_of_those_who_approve(ready, entry, say, pia, rae):
    """A reviewer does not cut what a producer approved whole."""
    take = ready()
    say(pia, take, "approved", frame=6, last=30)
    say(rae, take, "approved", frame=5, last=10)
    assert frames(entry()) == (6, 30)


def test_of_a_list_that_everyone_approves_the_last_range_counts(
    ready, entry, say, ask, pia, rae, ana, project
):
    actions.change_project(project, by=pia, approval="everyone")
    take = ready()
    ask([take], rae, ana)
    say(rae, take, "approved", frame=2, last=40)
    say(ana, take, "approved", frame=6, last=30)
    assert frames(entry()) == (6, 30)


def test_of_two_producers_the_last_range_counts(ready, entry, say, pia, ana):
    Membership.objects.filter(user=ana).update(role="producer")
    take = ready()
    say(pia, take, "approved", frame=6, last=30)
    say(ana, take, "approved", frame=8, last=20)
    assert frames(entry()) == (8, 20)
    say(ana, take, "none")
    assert frames(entry()) == (6, 30)


# --- which shots --------------------------------------------------------------------------


@pytest.fixture
def film(project, pia):
    return [actions.create_shot(project, by=pia, title=f"Shot {n}") for n in range(1, 8)]


def test_shots_come_in_the_order_of_the_list(film, project):
    assert codes(entries.of(project)) == ["010", "020", "030", "040", "050", "060", "070"]
    Shot.objects.filter(pk=film[0].pk).update(position=99)
    Shot.objects.filter(pk=film[1].pk).update(trashed_at=timezone.now())
    assert codes(entries.of(project)) == ["030", "040", "050", "060", "070", "010"]


@pytest.mark.parametrize(
    ("around", "shown"),
    [
        ("040", ["020", "030", "040", "050", "060"]),
        ("010", ["010", "020", "030"]),
        ("070", ["050", "060", "070"]),
        ("999", ["010", "020", "030", "040", "050", "060", "070"]),
    ],
)
def test_around_a_shot_its_neighbours_play(film, project, around, shown):
    assert codes(entries.of(project, around=around)) == shown


def test_nothing_that_only_some_may_know_is_told_to_the_player(client_of, ready, bo, shot):
    ready(prompt="A secret prompt", seed=987654)
    answer = client_of(bo).get(reverse("cut:entries", args=[shot.project.slug]))
    assert "secret" not in answer.text and "987654" not in answer.text and "0.605" not in answer.text


def test_the_page_for_members_and_for_nobody_else(client_of, bo, cid, film, project):
    page = client_of(bo).get(reverse("cut:cut", args=[project.slug]))
    assert page.status_code == 200 and "Shot 3" in page.text and "data-trims" not in page.text
    for name in ("cut:cut", "cut:entries"):
        assert client_of(cid).get(reverse(name, args=[project.slug])).status_code == 404


def test_a_film_without_shots_says_so(client_of, pia, project):
    assert "No shots yet" in client_of(pia).get(reverse("cut:cut", args=[project.slug])).text


def test_a_script_in_a_title_stays_words(client_of, pia, film, project):
    Shot.objects.filter(pk=film[0].pk).update(title="</script><script>x()</script>")
    assert "<script>x()" not in client_of(pia).get(reverse("cut:cut", args=[project.slug])).text


def test_the_review_page_leads_to_it(client_of, pia, ready, project):
    take = ready()
    page = client_of(pia).get(reverse("review:shot", args=[project.slug, take.shot.code])).text
    assert f"{reverse('cut:cut', args=[project.slug])}?around=010" in page
    assert Render.objects.count() == 1
