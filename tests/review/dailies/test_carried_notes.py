"""Open notes of an older take are asked about on the next: fixed, yes or no."""

import pytest
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders.models import Render
from studio.review.dailies import notes
from studio.review.dailies.models import Note, StillThere
from studio.runtime.live.models import Event


@pytest.fixture
def takes(ready):
    return [ready() for _ in range(4)]


@pytest.fixture
def answer(client_of):
    def answer(user, take, note, fixed):
        url = reverse("review:carried", args=[take.code, note.code])
        return client_of(user).post(url, {"fixed": fixed}, headers={"X-Rushes": "script"})

    return answer


def carried(take):
    return [note.text for note in notes.carried(take)]


def test_open_notes_of_take_three_are_on_take_four(client_of, rae, takes, note):
    note(rae, takes[2], "Too dark", frame=7)
    page = client_of(rae).get(takes[3].shot.get_absolute_url().replace("/shots/", "/review/shots/"))
    assert carried(takes[3]) == ["Too dark"]
    assert carried(takes[2]) == [] and carried(takes[1]) == []
    assert "is it fixed here?" in page.text and "Too dark" in page.text


def test_they_come_in_the_order_of_takes_and_frames(rae, takes, note):
    for take, frame, text in ((1, 9, "c"), (0, 5, "b"), (0, None, "a")):
        note(rae, takes[take], text, frame=frame)
    assert carried(takes[3]) == ["a", "b", "c"]


def test_fixed_resolves_it_and_says_where(client_of, rae, ana, takes, note, answer):
    kept = note(rae, takes[2], "Too dark")
    answer(ana, takes[3], kept, "yes")

    kept.refresh_from_db()
    assert (kept.resolved_by, kept.resolved_on) == (ana, takes[3])
    assert carried(takes[3]) == []
    url = reverse("review:shot", args=[kept.project.slug, takes[2].shot.code])
    assert "fixed in take 4" in client_of(rae).get(url, {"take": takes[2].code}).text
    assert Render.objects.get(pk=takes[2].pk).open_notes == 0


def test_not_fixed_is_not_asked_there_again_but_on_the_next_take(rae, takes, note, answer, ready):
    kept = note(rae, takes[2], "Too dark")
    answer(rae, takes[3], kept, "no")
    answer(rae, takes[3], kept, "no")

    assert StillThere.objects.count() == 1
    assert Event.objects.filter(kind="note.still_there").count() == 1
    assert carried(takes[3]) == []
    assert carried(ready()) == ["Too dark"]
    assert Note.objects.get().resolved_at is None


def test_opened_again_it_is_asked_again(rae, takes, note, answer):
    kept = note(rae, takes[2], "Too dark")
    answer(rae, takes[3], kept, "yes")
    notes.resolve(kept, by=rae, resolved=False)
    assert carried(takes[3]) == ["Too dark"]


def test_replies_resolved_and_deleted_notes_are_not_asked(rae, takes, note):
    thread = note(rae, takes[0], "Open")
    note(rae, takes[0], "A reply", reply_to=thread)
    notes.resolve(note(rae, takes[0], "Done"), by=rae)
    Note.objects.filter(pk=note(rae, takes[0], "Gone").pk).update(deleted_at=timezone.now())
    assert carried(takes[3]) == ["Open"]


def test_neither_are_those_of_a_take_in_the_trash(rae, takes, note):
    note(rae, takes[0], "Too dark")
    Render.objects.filter(pk=takes[0].pk).update(trashed_at=timezone.now())
    assert carried(takes[3]) == []


def test_stills_and_other_shots_ask_nothing(rae, takes, note, ready, project, pia):
    from studio.planning.projects import actions

    note(rae, takes[0], "Too dark")
    assert carried(ready(kind="still", number=9)) == []
    assert carried(ready(shot=actions.create_shot(project, by=pia, title="Gull"), number=9)) == []


def test_who_only_looks_is_asked_nothing(client_of, bo, rae, takes, note, answer):
    kept = note(rae, takes[2], "Too dark")
    assert answer(bo, takes[3], kept, "yes").status_code == 404
    assert Note.objects.get().resolved_at is None


def test_a_note_of_another_shot_is_nobodys(rae, takes, note, answer, ready, project, pia):
    from studio.planning.projects import actions

    elsewhere = note(rae, ready(shot=actions.create_shot(project, by=pia, title="Gull")), "Not here")
    assert answer(rae, takes[3], elsewhere, "yes").status_code == 404


def test_of_two_who_answer_at_once_the_second_changes_nothing(rae, ana, takes, note, answer):
    kept = note(rae, takes[2], "Too dark")
    assert answer(rae, takes[3], kept, "yes").status_code < 300
    assert answer(ana, takes[3], kept, "no").status_code < 300
    assert Note.objects.get().resolved_by == rae
    assert not StillThere.objects.exists()
