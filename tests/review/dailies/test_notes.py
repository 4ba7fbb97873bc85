"""Notes on a frame or a range: threads, edit, resolve, mentions, and what is refused."""

import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders.models import Render
from studio.planning.projects.models import Project
from studio.review.dailies import drawing, notes, stage
from studio.review.dailies.models import Note
from studio.review.dailies.strokes import read
from studio.review.dailies.subjects import Gone
from studio.runtime.live.models import Event
from tests.review.dailies.conftest import voice
from tests.takes import FRAMES

PEN = f'[{{"code": "{uuid.uuid4()}", "kind": "pen", "colour": "red", "points": [[0.5, 0.5]]}}]'
SCRIPT = "<script>alert('kite')</script>"


@pytest.fixture
def take(ready):
    return ready()


@pytest.fixture
def post(client_of):
    """Send a form as the page's script does."""

    def post(user, name, *args, **fields):
        return client_of(user).post(reverse(name, args=args), fields, headers={"X-Rushes": "script"})

    return post


def page_of(client_of, user, take):
    return client_of(user).get(
        reverse("review:shot", args=[take.project.slug, take.shot.code]), {"take": take.code}
    )


# --- written ------------------------------------------------------------------------------


def test_a_note_on_a_frame_is_kept_and_seen(client_of, post, rae, bo, take):
    code = uuid.uuid4()
    answer = post(rae, "review:note_take", take.code, code=code, text="Too dark here", frame=12)

    assert answer.status_code == 200 and f'id="note-{code}"' in answer.text
    kept = Note.objects.get()
    assert (kept.code, kept.by, kept.frame, kept.last, kept.render) == (code, rae, 12, None, take)
    page = page_of(client_of, bo, take).text
    assert "Too dark here" in page and "00:12" in page


def test_a_note_on_a_range_has_both_ends(client_of, post, rae, take):
    post(rae, "review:note_take", take.code, text="The gull pops", frame=12, last=36)

    assert Note.objects.values_list("frame", "last").get() == (12, 36)
    assert "00:12–01:12" in page_of(client_of, rae, take).text


def test_a_range_of_one_frame_is_that_frame(post, rae, take):
    post(rae, "review:note_take", take.code, text="Here", frame=12, last=12)
    assert Note.objects.values_list("frame", "last").get() == (12, None)


def test_a_note_without_a_frame_is_about_all_of_it(post, rae, take):
    post(rae, "review:note_take", take.code, text="Lovely")
    assert Note.objects.values_list("frame", "last").get() == (None, None)


def test_a_note_sent_again_is_the_same_note(post, rae, take):
    sent = {"code": uuid.uuid4(), "text": "Once", "frame": 3}
    first, again = (post(rae, "review:note_take", take.code, **sent) for _ in range(2))

    assert first.text == again.text
    assert Note.objects.count() == 1
    assert Event.objects.filter(kind="note.written").count() == 1


def test_the_code_of_somebody_elses_note_is_refused(post, rae, ana, take):
    code = uuid.uuid4()
    post(rae, "review:note_take", take.code, code=code, text="Mine")
    answer = post(ana, "review:note_take", take.code, code=code, text="Not mine")

    assert answer.status_code == 422 and "somebody else" in answer.json()["errors"][""]
    assert Note.objects.get().text == "Mine"


def test_a_note_sent_again_after_it_was_taken_back_stays_away(post, rae, take, note):
    kept = note(rae, take, "Gone", frame=3)
    notes.delete(kept, voice(rae, take))
    answer = post(rae, "review:note_take", take.code, code=kept.code, text="Gone", frame=3)

    assert answer.status_code == 200 and "data-gone" in answer.text
    assert not Note.objects.kept().exists()


def test_notes_stand_in_the_order_of_their_frames(rae, take, note):
    for frame in (30, 2, None, 12):
        note(rae, take, "Look", frame=frame)
    assert [each.frame for each in Note.objects.threads()] == [None, 2, 12, 30]


def test_a_still_takes_notes(post, rae, ready):
    still = ready(kind="still")
    assert post(rae, "review:note_take", still.code, text="Warmer", frame=0).status_code == 200
    assert post(rae, "review:note_take", still.code, text="Warmer", frame=1).status_code == 422


def test_a_picture_takes_notes(client_of, post, rae, frame):
    post(rae, "review:note_picture", frame.code, text="Lower the horizon", frame=0)

    assert Note.objects.get().subject == frame
    page = client_of(rae).get(reverse("review:picture", args=[frame.project.slug, frame.code]))
    assert "Lower the horizon" in page.text


def test_without_scripts_the_form_leads_back_to_the_note(client_of, rae, take):
    answer = client_of(rae).post(reverse("review:note_take", args=[take.code]), {"text": "Plain", "frame": 5})
    assert answer.status_code == 302
    assert f"take={take.code}" in answer.url and answer.url.endswith(f"#note-{Note.objects.get().code}")


# --- refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame", ["-1", FRAMES, 10**12, "9" * 5000, "2.5", "two"], ids=lambda frame: str(frame)[:12]
)
def test_a_frame_that_is_none_of_the_clip_is_refused_in_words(post, rae, take, frame):
    answer = post(rae, "review:note_take", take.code, text="Where?", frame=frame)

    assert answer.status_code == 422 and answer.json()["errors"]["frame"]
    assert not Note.objects.exists()


def test_the_last_frame_can_be_noted(post, rae, take):
    assert post(rae, "review:note_take", take.code, text="End", frame=FRAMES - 1).status_code == 200


@pytest.mark.parametrize(("frame", "last"), [(12, 3), (12, FRAMES), ("", 12), (-2, 5)])
def test_a_range_that_is_none_is_refused(post, rae, take, frame, last):
    answer = post(rae, "review:note_take", take.code, text="Where?", frame=frame, last=last)
    assert answer.status_code == 422 and "frame" in answer.json()["errors"]


def test_an_empty_note_is_refused(post, rae, take):
    answer = post(rae, "review:note_take", take.code, text="  \n ", frame=3)
    assert answer.json()["errors"] == {"text": "Write a note, or draw one."}


def test_ten_thousand_characters_are_refused_with_their_number(post, rae, take):
    answer = post(rae, "review:note_take", take.code, text="x" * 10_000)
    assert answer.status_code == 422 and "10000 characters" in answer.json()["errors"]["text"]
    assert post(rae, "review:note_take", take.code, text="x" * Note.LONGEST).status_code == 200


def test_without_scripts_what_was_typed_is_still_there(client_of, rae, take):
    answer = client_of(rae).post(
        reverse("review:note_take", args=[take.code]), {"text": "Kept words", "frame": FRAMES}
    )
    assert answer.status_code == 422
    assert "Kept words" in answer.text and f"There is no frame {FRAMES}" in answer.text


def test_a_script_in_the_words_is_words(client_of, post, rae, take, note):
    written = post(rae, "review:note_take", take.code, text=f"{SCRIPT} @{SCRIPT}", frame=1).text
    page = page_of(client_of, rae, take).text

    for html in (written, page):
        assert SCRIPT not in html and "&lt;script&gt;" in html


def test_a_zero_byte_is_refused_in_words(post, rae, take, note):
    kept = note(rae, take, "Before")
    post(rae, "review:edit_note", kept.code, **{f"edit-{kept.code}": "a\x00b"})

    assert post(rae, "review:note_take", take.code, text="a\x00b").status_code == 422
    assert Note.objects.get().text == "Before"


def test_a_take_that_was_thrown_away_takes_none(post, rae, take, note):
    Render.objects.filter(pk=take.pk).update(trashed_at=timezone.now())

    assert post(rae, "review:note_take", take.code, text="Late").status_code == 404
    with pytest.raises(Gone):
        note(rae, take, "Later still")  # it went after the page found it
    assert not Note.objects.exists()


def test_an_archived_project_takes_none(post, rae, take, note, project):
    Project.objects.filter(pk=project.pk).update(archived_at=timezone.now())

    assert post(rae, "review:note_take", take.code, text="Late").status_code == 404
    with pytest.raises(Gone):
        note(rae, take, "Later still")


def test_who_only_looks_and_strangers_write_none(post, bo, cid, take, frame):
    for who in (bo, cid):
        assert post(who, "review:note_take", take.code, text="Hello").status_code == 404
        assert post(who, "review:note_picture", frame.code, text="Hello").status_code == 404


def test_a_veiled_take_is_not_looked_at(client_of, post, rae, ready):
    take = ready(flagged=True)
    assert post(rae, "review:note_take", take.code, text="Hello").status_code == 404
    assert str(take.code) not in page_of(client_of, rae, take).text


# --- threads ------------------------------------------------------------------------------


def test_a_reply_stands_under_its_note_and_at_its_frame(client_of, post, rae, ana, take, note):
    thread = note(rae, take, "Too dark", frame=7, last=9)
    answer = post(ana, "review:reply", thread.code, **{f"reply-{thread.code}": "Will lift it"})

    reply = Note.objects.get(reply_to=thread)
    assert (reply.text, reply.frame, reply.last, reply.by) == ("Will lift it", 7, 9, ana)
    assert f'id="note-{thread.code}"' in answer.text and "Will lift it" in answer.text
    assert Note.objects.threads().count() == 1


def test_a_reply_to_a_reply_joins_the_thread(post, rae, ana, take, note):
    thread = note(rae, take, "Too dark", frame=7)
    reply = note(ana, take, "How much?", reply_to=thread)
    post(rae, "review:reply", reply.code, **{f"reply-{thread.code}": "A stop"})

    assert set(Note.objects.filter(reply_to=thread).values_list("text", flat=True)) == {"How much?", "A stop"}


def test_an_empty_reply_is_refused_beside_its_field(client_of, rae, take, note):
    thread = note(rae, take, "Too dark")
    answer = client_of(rae).post(
        reverse("review:reply", args=[thread.code]),
        {f"reply-{thread.code}": " "},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == f"#error-{thread.code}" and "Write a note" in answer.text


def test_only_who_wrote_it_edits_it(post, rae, ana, pia, take, note):
    kept = note(rae, take, "To dark")
    for who in (ana, pia):
        assert post(who, "review:edit_note", kept.code, **{f"edit-{kept.code}": "Mine"}).status_code == 404
    answer = post(rae, "review:edit_note", kept.code, **{f"edit-{kept.code}": "Too dark"})

    kept.refresh_from_db()
    assert kept.text == "Too dark" and kept.edited_at
    assert "edited" in answer.text


def test_it_is_taken_back_by_its_writer_or_a_producer(post, rae, ana, pia, take, note):
    first, second = note(rae, take, "One"), note(rae, take, "Two")
    assert post(ana, "review:delete_note", first.code).status_code == 404
    assert "data-gone" in post(rae, "review:delete_note", first.code).text
    assert "data-gone" in post(pia, "review:delete_note", second.code).text
    assert not Note.objects.kept().exists()


def test_anyone_who_reviews_resolves_and_opens_again(client_of, post, rae, ana, bo, take, note):
    kept = note(rae, take, "Too dark")
    assert post(bo, "review:resolve", kept.code).status_code == 404
    assert "data-resolved" in post(ana, "review:resolve", kept.code).text
    kept.refresh_from_db()
    assert kept.resolved_by == ana

    client_of(rae).post(f"{reverse('review:resolve', args=[kept.code])}?open")
    kept.refresh_from_db()
    assert kept.resolved_at is None and kept.resolved_by is None


def test_resolving_twice_tells_once(rae, take, note):
    kept = note(rae, take, "Too dark")
    notes.resolve(kept, by=rae)
    notes.resolve(kept, by=rae)
    assert Event.objects.filter(kind="note.resolved").count() == 1


def test_open_notes_are_counted_beside_the_take(rae, take, note):
    def number():
        return Render.objects.get(pk=take.pk).open_notes

    first, second = note(rae, take, "One"), note(rae, take, "Two")
    note(rae, take, "A reply is none", reply_to=first)
    assert number() == 2
    notes.resolve(first, by=rae)
    assert number() == 1
    notes.delete(second, voice(rae, take))
    assert number() == 0
    notes.resolve(first, by=rae, resolved=False)
    assert number() == 1


def test_a_note_of_somebody_who_left_stays(client_of, rae, pia, take, note):
    note(rae, take, "Too dark")
    rae.delete()
    page = page_of(client_of, pia, take).text
    assert "Too dark" in page and "somebody who left" in page


# --- mentions -----------------------------------------------------------------------------


def test_who_is_mentioned_is_told_once(rae, ana, bo, pia, cid, take, note, heard):
    code = uuid.uuid4()
    for _ in range(2):
        note(rae, take, "@Ana, and @bo: see the gull. @cid @rae @nobody", code=code, frame=3)

    said = "Rae on 010 take 1: @Ana, and @bo: see the gull. @cid @rae @nobody"
    assert heard(ana) == heard(bo) == [("mentioned", said)]
    assert heard(pia) == heard(cid) == heard(rae) == []


def test_an_address_in_a_note_mentions_nobody(rae, ana, take, note, heard):
    note(rae, take, "Write to office@ana or to me")
    assert heard(ana) == []


def test_who_is_named_by_an_edit_is_told(rae, ana, take, note, heard):
    kept = note(rae, take, "See the gull")
    notes.edit(kept, voice(rae, take), text="@ana see the gull")
    notes.edit(kept, voice(rae, take), text="@ana, see the gull")
    assert [kind for kind, _ in heard(ana)] == ["mentioned"]


def test_the_notice_leads_to_the_note(client_of, rae, ana, take, frame, note):
    note(rae, take, "@ana look")
    note(rae, frame, "@ana here too")
    for notice in ana.notices.all():
        assert client_of(ana).get(notice.path).status_code == 200


# --- drawn on open pages --------------------------------------------------------------------


def test_a_note_is_drawn_the_same_for_every_way_in(client_of, rae, ana, bo, take, note):
    kept = note(rae, take, "Too dark", frame=7)
    note(ana, take, "Not at all", reply_to=kept)
    drawn = drawing.note(kept).strip()
    assert drawn in page_of(client_of, bo, take).text  # who looks on
    for reviewer in (rae, ana):  # and with their own controls, for those who have some
        page = page_of(client_of, reviewer, take).text
        assert all(part in page for part in re.split(r"(?<=>)(?=</div>)", drawn))


def test_what_is_sent_to_many_has_nothing_to_press_and_each_page_what_its_reader_may(
    client_of, rae, ana, pia, bo, take, note
):
    kept = note(rae, take, "Too dark", frame=7, strokes=read(PEN))
    note(ana, take, "Not at all", reply_to=kept)
    drawn = drawing.note(kept)
    assert not re.search(r"<(button|summary|textarea|form)|hx-post", drawn)

    def offered(user):
        page = page_of(client_of, user, take).text
        shown = page.partition('<article id="note-')[2].partition("</article>")[0]
        return re.findall(r"/notes/[\w-]+/(?:strokes/[\w-]+/)?(\w+)(\?open)?\" hx-post", shown), page

    for user, expected in (
        (rae, ["reply", "resolve", "erase", "edit", "delete"]),
        (ana, ["edit", "delete", "reply", "resolve"]),
        (pia, ["reply", "resolve", "delete"]),
        (bo, []),
    ):
        found, page = offered(user)
        assert [name for name, _ in found] == expected, user
        assert ('<template id="controls-note">' in page) is bool(expected)


def test_the_page_counts_no_take_of_another_shot(project, pia, ready, rae):
    from studio.planning.projects import actions

    other = actions.create_shot(project, by=pia, title="Gull")
    take, elsewhere = ready(), ready(shot=other)
    seat = project.memberships.get(user=rae)
    assert elsewhere not in stage.of_take(take.shot, take, seat=seat)["takes"]
