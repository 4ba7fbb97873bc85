"""What a guest says: notes and verdicts under their name, within the rights of their link."""

import json
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders.models import Render
from studio.people.notifications.models import Notice
from studio.planning.projects.models import Project
from studio.review.cut import entries
from studio.review.dailies import notes
from studio.review.dailies.models import Note, Verdict
from studio.review.dailies.subjects import Voice
from studio.review.sharing.models import Guest
from studio.runtime.live.models import Event
from tests.review.dailies.conftest import voice
from tests.review.sharing.conftest import at

SCRIPT = {"X-Rushes": "script"}


@pytest.fixture
def film(listed):
    return listed()


@pytest.fixture
def link(share, film):
    return share(film[0], may_note=True, may_approve=True)


@pytest.fixture
def take(film):
    return film[1][0]


@pytest.fixture
def gil(come, link):
    return come(link)


@pytest.fixture
def send(gil, link, take):
    def send(name="note", browser=gil, **fields):
        return browser.post(at(link, name, take.code), fields, headers=SCRIPT)

    return send


# --- notes --------------------------------------------------------------------------------


def test_a_note_stands_under_the_guests_name(send, link, take, client_of, rae):
    stroke = {"code": str(uuid.uuid4()), "kind": "pen", "colour": "red", "points": [[0.5, 0.5]]}
    answer = send(text="Lovely", frame=3, last=9, strokes=json.dumps([stroke]))

    kept = Note.objects.get()
    guest = Guest.objects.get()
    assert answer.status_code == 200 and "Gil" in answer.text
    assert (kept.guest, kept.guest_name, kept.link, kept.by) == (guest.code, "Gil", link.code, None)
    assert (kept.frame, kept.last, kept.strokes.count()) == (3, 9, 1)
    page = client_of(rae).get(reverse("review:shot", args=[take.project.slug, take.shot.code]))
    assert "Gil (guest)" in page.text and "Lovely" in page.text
    assert Event.objects.get(kind="note.written").payload["guest"] == "Gil"


def test_sent_again_it_is_one(send):
    code = uuid.uuid4()
    for _ in range(2):
        assert send(code=code, text="Lovely").status_code == 200
    assert Note.objects.count() == 1


def test_sent_again_after_the_team_deleted_it_it_stays_away(send, take, pia):
    code = uuid.uuid4()
    send(code=code, text="Lovely")
    notes.delete(Note.objects.get(), voice(pia, take))
    answer = send(code=code, text="Lovely")
    assert answer.status_code == 200 and "Lovely" not in answer.text and "data-gone" in answer.text
    assert not Note.objects.kept().exists()


def test_a_guest_reads_what_the_team_answers_and_nothing_it_says_itself(gil, link, send, take, note, rae):
    note(rae, take, "Team talk")
    send(text="Lovely")
    thread = Note.objects.get(text="Lovely")
    note(rae, take, "Thank you", reply_to=thread)
    for name in ("take", "notes"):
        page = gil.get(at(link, name, take.code)).text
        assert "Lovely" in page and "Thank you" in page and "Team talk" not in page


def test_guests_of_one_link_read_each_other_and_those_of_another_do_not(send, come, share, film, link, take):
    send(text="Lovely")
    assert "Lovely" in come(link, name="Gia").get(at(link, "notes", take.code)).text
    other = share(film[0], may_note=True)
    assert "Lovely" not in come(other).get(at(other, "notes", take.code)).text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 10_000}, "text"),
        ({"text": "x", "frame": -1}, "frame"),
        ({"text": "x", "frame": 48}, "frame"),
        ({"text": "x", "strokes": "{"}, "strokes"),
    ],
    ids=str,
)
def test_a_bad_note_is_refused_in_words(gil, link, send, take, fields, field):
    answer = send(**fields)
    assert answer.status_code == 422 and answer.json()["errors"][field]
    page = gil.post(at(link, "note", take.code), fields)
    assert page.status_code == 422 and "Notes" in page.text
    assert not Note.objects.exists()


def test_a_script_in_the_words_is_words(send, gil, link, take):
    answer = send(text="<script>x()</script> @<script>")
    assert "<script>x()" not in answer.text
    assert "<script>x()" not in gil.get(at(link, "take", take.code)).text


def test_a_guest_may_mention_a_member(send, ana):
    send(text="@ana lovely")
    assert Notice.objects.get(user=ana, kind="mentioned").text == "Gil (guest) on 020 take 1: @ana lovely"


def test_the_code_of_a_note_of_the_team_or_of_another_guest_is_refused(send, come, link, take, note, rae):
    theirs = note(rae, take, "Team talk")
    assert send(code=theirs.code, text="Mine").status_code == 422
    send(text="Lovely")
    mine = Note.objects.get(text="Lovely")
    assert send(browser=come(link, name="Gia"), code=mine.code, text="Hers").status_code == 422
    assert set(Note.objects.values_list("text", flat=True)) == {"Team talk", "Lovely"}


def test_the_same_name_is_not_the_same_guest(send, come, link, take):
    send("verdict", value="approved")
    send("verdict", come(link, name="Gil"), value="retake")
    assert Verdict.objects.values("guest").distinct().count() == 2


def test_a_guest_does_not_edit_resolve_or_delete(gil, send, take):
    send(text="Lovely")
    kept = Note.objects.get()
    for name in ("review:edit_note", "review:resolve", "review:delete_note", "review:reply"):
        answer = gil.post(reverse(name, args=[kept.code]), {"text": "Other"})
        assert answer.status_code == 302 and reverse("accounts:signin") in answer.url
    kept.refresh_from_db()
    assert (kept.text, kept.resolved_at, kept.deleted_at) == ("Lovely", None, None)


def test_what_a_guest_said_outlives_the_link(send, link, take, client_of, rae):
    send(text="Lovely")
    link.delete()
    page = client_of(rae).get(reverse("review:shot", args=[take.project.slug, take.shot.code]))
    assert "Gil (guest)" in page.text


# --- verdicts -----------------------------------------------------------------------------


def stands(take):
    return Render.objects.get(pk=take.pk).verdict


def test_an_approval_is_heard_and_does_not_decide(send, take, ana):
    answer = send("verdict", value="approved", frame=3, last=9)
    assert answer.status_code == 200 and "Gil" in answer.text and "approved" in answer.text
    assert Verdict.objects.get().role == ""
    assert stands(take) == ""
    assert Notice.objects.get(user=ana, kind="verdict").text == "Gil (guest): approved, 020 take 1"


def test_an_objection_is_seen_until_the_team_decides(send, take, pia, say):
    send("verdict", value="retake", reasons=["hands"], text="Six fingers")
    assert stands(take) == "retake"
    say(pia, take, "approved")
    assert stands(take) == "approved"


def test_by_the_rule_of_everyone_a_guest_is_not_asked(send, take, pia, say):
    Project.objects.update(approval="everyone")  # Pia is on the list
    send("verdict", value="retake")
    say(pia, take, "approved")
    assert stands(take) == "approved"


def test_a_guest_takes_back_and_only_what_is_theirs(send, gil, link, take, come):
    send("verdict", value="retake")
    page = gil.get(at(link, "take", take.code)).text
    assert "take back" in page
    assert "take back" not in come(link, name="Gia").get(at(link, "take", take.code)).text
    assert "Gil" not in send("verdict", value="none").text
    assert Verdict.objects.count() == 2 and stands(take) == ""


def test_a_guest_sees_no_verdict_of_the_team(say, rae, gil, link, take):
    say(rae, take, "retake", text="Team verdict")
    page = gil.get(at(link, "take", take.code)).text
    assert "Team verdict" not in page and "Rae" not in page


@pytest.mark.parametrize("value", ["rejected", "", "brilliant"])
def test_what_is_the_teams_or_nonsense_is_refused_in_words(send, value):
    answer = send("verdict", value=value)
    assert answer.status_code == 422 and answer.json()["errors"]["value"]
    assert not Verdict.objects.exists()


def test_the_cut_plays_no_range_of_a_guest(send, take, pia, say, project):
    say(pia, take, "approved", frame=2, last=40)
    send("verdict", value="approved", frame=5, last=6)
    entry = entries.of(project)[-1]
    assert (entry["first"], entry["last"]) == (2, 40)


# --- rights -------------------------------------------------------------------------------


@pytest.mark.parametrize("right", ["may_note", "may_approve", "may_download"])
def test_each_right_allows_its_own_and_nothing_else(come, share, film, take, right):
    link = share(film[0], **{right: True})
    browser = come(link)
    for name, fields, needed in (
        ("note", {"text": "Lovely"}, "may_note"),
        ("verdict", {"value": "approved"}, "may_approve"),
    ):
        answer = browser.post(at(link, name, take.code), fields, headers=SCRIPT)
        assert answer.status_code == (200 if right == needed else 404)
    page = browser.get(at(link, "take", take.code)).text
    assert ('id="note"' in page) is (right == "may_note")
    assert ('id="decide"' in page) is (right == "may_approve")
    assert ("Download" in page) is (right == "may_download")


def test_words_are_not_sent_by_a_link(gil, link, take):
    for name in ("note", "verdict"):
        assert gil.get(at(link, name, take.code), {"text": "x", "value": "approved"}).status_code == 405


def test_a_take_that_was_thrown_away_meanwhile_takes_none(send, take):
    Render.objects.filter(pk=take.pk).update(trashed_at=timezone.now())
    assert send(text="Late").status_code == 404
    assert send("verdict", value="approved").status_code == 404


def test_an_archived_project_keeps_nothing_and_says_so(send, gil, link, take):
    Project.objects.update(archived_at=timezone.now())
    for name, fields in (("note", {"text": "Late"}), ("verdict", {"value": "approved"})):
        answer = send(name, **fields)
        assert answer.status_code == 422 and "Nothing was kept" in answer.json()["errors"][""]
    assert gil.get(at(link, "take", take.code)).status_code == 200


def test_a_voice_without_a_person_wrote_nothing_of_others(take, note, rae):
    theirs = note(rae, take, "Team talk")
    guest = Voice(guest=uuid.uuid4(), guest_name="Rae")
    assert not guest.wrote(theirs) and not Voice().wrote(theirs)
