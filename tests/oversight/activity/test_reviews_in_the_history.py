"""The history tells of notes, verdicts, lists, retakes, the cut and share links in sentences."""

import uuid

import pytest
from django.urls import reverse

from studio.planning.projects import actions
from studio.review.cut import actions as cutting
from studio.review.dailies import lists, notes, retakes, verdicts
from studio.review.dailies.subjects import Span, Voice
from studio.review.sharing import links
from studio.runtime.live.models import Event
from tests.review.dailies.conftest import ask, note, say, voice

__all__ = ["ask", "note", "say"]


@pytest.fixture
def lived(project, ready, note, say, ask, rae, ana, pia, frame):
    """A project on which everything was said once."""
    take, later = ready(), ready()
    said = note(rae, take, "Too dark")
    notes.edit(said, voice(rae, take), text="Far too dark")
    notes.answer(said, later, by=rae, fixed=False)
    notes.resolve(said, by=ana)
    notes.resolve(said, by=ana, resolved=False)
    notes.delete(said, voice(rae, take))
    note(rae, frame, "Lower the horizon")
    for value in ("approved", "retake", "rejected", "none"):
        say(rae, take, value)
    say(pia, take, "approved")
    say(pia, frame, "approved")
    gil = Voice(guest=uuid.uuid4(), guest_name="Gil", link=uuid.uuid4())
    verdicts.give(take, gil, code=uuid.uuid4(), value="retake", span=Span())
    notes.write(take, gil, code=uuid.uuid4(), text="Lovely", span=Span())
    made = ask([take], rae, ana)
    actions.change_project(project, by=pia, approval="everyone")
    verdicts.judge_again(project, [take])
    lists.change(made, by=pia, name="Dailies", people=[rae], due_at=None)
    lists.close(made, by=pia)
    asked = {"span": Span(), "reasons": [], "text": "", "notes": [], "prompt": "A kite", "model": "gen-4.5"}
    proposed = retakes.propose(take, by=rae, takes=1, keep_seed=False, **asked)
    retakes.decline(proposed, by=ana)
    retakes.send(take, by=ana, asked={**asked, "takes": 1, "keep_seed": False})
    cutting.trim(take, by=ana, first=3, last=9)
    links.revoke(links.create(project, by=pia, review_list=made, expires_on="2999-01-01"), by=pia)
    return take


@pytest.fixture
def read(client_of, pia, project):
    return lambda **wish: client_of(pia).get(reverse("activity:activity", args=[project.slug]), wish).text


SENTENCES = [
    "wrote a note on 010 take 1",
    "edited a note on 010 take 1",
    "resolved a note on 010 take 1",
    "opened a note again on 010 take 1",
    "took back a note on 010 take 1",
    "wrote a note on a picture",
    "approved 010 take 1",
    "asked for a retake of 010 take 1",
    "rejected 010 take 1",
    "took back what they said of 010 take 1",
    "approved the picture board.jpg",
    "Gil (guest) asked for a retake of 010 take 1",
    "Gil (guest) wrote a note on 010 take 1",
    "010 take 1 was judged anew",
    "made the review list Dailies",
    "changed a review list",
    "closed the review list Dailies",
    "proposed a retake of 010 take 1",
    "declined a retake of 010 take 1",
    "sent a retake of 010 take 1",
    "trimmed in the cut 010 take 1",
    "made a share link of Dailies",
    "took back a share link of Dailies",
]


def test_it_tells_in_sentences(read, lived):
    page = read()
    for sentence in SENTENCES:
        assert sentence in page, sentence
    for kind in set(Event.objects.values_list("kind", flat=True)):
        assert kind not in page, kind


def test_it_quotes_no_note(read, lived):
    page = read()
    assert "too dark" not in page and "Lovely" not in page


def test_it_can_be_narrowed_to_reviews(read, lived):
    page = read(group="review")
    assert "approved 010 take 1" in page and "made the project" not in page
    assert "approved 010 take 1" not in read(group="people")


def test_it_can_be_narrowed_to_a_shot(read, lived, project, pia):
    actions.create_shot(project, by=pia, code="020", title="Gull")
    page = read(shot="010")
    for sentence in ("wrote a note on 010", "sent a retake of 010", "trimmed in the cut 010"):
        assert sentence in page
    assert "made a share link" not in page and "010" not in read(shot="020").split("history")[-1]
