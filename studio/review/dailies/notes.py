"""Say something about a frame: write, draw, answer, resolve. Saying it twice is saying it once."""

from __future__ import annotations

import re
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from studio.generation.renders.models import Render
from studio.people.accounts.models import User
from studio.people.notifications import actions as notices
from studio.people.notifications.models import Notice
from studio.planning.projects import access
from studio.planning.projects.rights import Right
from studio.review.dailies import strokes as drawing
from studio.review.dailies import subjects
from studio.review.dailies.models import Note, StillThere
from studio.review.dailies.subjects import Problems, Span, Voice
from studio.runtime.live import events

_MENTION = re.compile(r"(?<![^\s(])@([\w.-]{2,60})")  # as it is marked on the page: not inside an address


def check_text(text, *, drawn=False):
    """The words as they are kept.

    Raises:
        Problems: empty where nothing is drawn, too long, or with a zero byte.
    """
    text = text.strip()
    if not text and not drawn:
        raise Problems(text="Write a note, or draw one.")
    if len(text) > Note.LONGEST:
        raise Problems(text=f"The note is {len(text)} characters long; {Note.LONGEST} is the most.")
    if "\x00" in text:
        raise Problems(text="There is a character in it that nobody can read. Type it again.")
    return text


def write(subject, voice: Voice, *, code: UUID, text: str, span: Span, strokes=(), reply_to=None):
    """Keep a note. A code that is kept already gains the strokes it lacks and nothing else.

    Args:
        strokes: as `strokes.read` gave them.
        reply_to: the note this answers; it takes that note's place in the clip.

    Raises:
        Gone: the subject went meanwhile.
        Problems: the code is somebody else's.
    """
    with events.locked(subject.project_id) as project:
        subjects.still_there(subject, project)
        note = Note.objects.filter(code=code).first()
        if note is not None and not (voice.wrote(note) and note.subject == subject):
            raise Problems(text="This note was sent by somebody else. Copy the words and send them again.")
        if note is not None and note.text != text and note.edited_at is None:
            raise Problems(
                text="Other words were sent under this note before, from another page. Send these again."
            )
        fresh = note is None
        if note is None:
            thread = reply_to and reply_to.thread
            note = Note.objects.create(
                code=code,
                text=text,
                reply_to=thread,
                **subjects.of(subject),
                **voice.columns(),
                **(Span(thread.frame, thread.last) if thread else span).columns(),
            )
            _count_open(subject)
        added = drawing.keep(note, strokes)
        if fresh or added:
            _record(note, "note.written" if fresh else "note.drawn", voice)
        if fresh:
            _tell_mentioned(note, project)
    return note


def edit(note, voice, *, text):
    """Other words, by whoever wrote it. Who is mentioned only now is told now."""
    with events.locked(note.project_id) as project:
        if note.text != text and _change(note, text=text, edited_at=timezone.now()):
            note.text = text
            _record(note, "note.edited", voice)
            _tell_mentioned(note, project)


def erase_stroke(note, voice, *, code):
    """Take a stroke off again."""
    with events.locked(note.project_id):
        if note.strokes.filter(code=code, deleted_at=None).update(deleted_at=timezone.now()):
            _change(note)
            _record(note, "note.drawn", voice)


def resolve(note, *, by, resolved=True, on=None):
    """What it asks for is done, or is not after all.

    Args:
        on: the later take that shows it.
    """
    with events.locked(note.project_id):
        mine = Note.objects.kept().filter(pk=note.pk, resolved_at__isnull=resolved)
        done = {"resolved_at": timezone.now(), "resolved_by": by, "resolved_on": on} if resolved else None
        undone = {"resolved_at": None, "resolved_by": None, "resolved_on": None}
        if mine.update(revision=F("revision") + 1, **(done or undone)):
            _record(note, "note.resolved" if resolved else "note.reopened", Voice(user=by))
            _count_open(note.subject)


def delete(note, voice):
    with events.locked(note.project_id):
        if _change(note, deleted_at=timezone.now()):
            _record(note, "note.deleted", voice)
            _count_open(note.subject)


# --- open notes of older takes --------------------------------------------------------------


def carried(take):
    """Open notes on earlier takes of the same shot that nobody has compared with this one yet."""
    if take.is_still:
        return Note.objects.none()
    earlier = {"render__shot": take.shot_id, "render__kind": take.kind, "render__number__lt": take.number}
    return (
        Note.objects.open()
        .filter(render__trashed_at=None, **earlier)
        .exclude(answers__render=take)
        .select_related("by", "render")
        .order_by("render__number", F("frame").asc(nulls_first=True), "pk")
    )


def answer(note, take, *, by, fixed):
    """Say whether a later take has what an older note asks for."""
    if fixed:
        return resolve(note, by=by, on=take)
    with events.locked(note.project_id):
        _, fresh = StillThere.objects.get_or_create(note=note, render=take, defaults={"by": by})
        if fresh:
            _change(note)
            _record(note, "note.still_there", Voice(user=by), on=str(take.code))
    return None


# --- inside -------------------------------------------------------------------------------


def _change(note, **fields):
    return Note.objects.kept().filter(pk=note.pk).update(revision=F("revision") + 1, **fields)


def _record(note, kind, voice, **more):
    thread = note.thread
    if thread is not note:
        _change(thread)  # a reply is drawn with the note it answers
    about = {"take": str(note.render.code)} if note.render_id else {"picture": str(note.picture.code)}
    by_guest = {"guest": voice.guest_name} if voice.guest else {}
    events.record(note.project_id, kind, subject=thread.code, by=voice.user, **about, **by_guest, **more)


def _count_open(subject):
    """Keep the number of open notes beside the take."""
    if isinstance(subject, Render):
        number = Note.objects.open().filter(render=subject).count()
        Render.objects.filter(pk=subject.pk).exclude(open_notes=number).update(open_notes=number)


def mentioned(text, project):
    """The members whose name, or the beginning of whose address, stands after an @."""
    names = {name.lower().rstrip(".-") for name in _MENTION.findall(text)}
    if not names:
        return []
    members = access.people_with(project, Right.LOOK)
    return [user for user in members if {user.short_name.lower(), user.email.split("@")[0].lower()} & names]


def _tell_mentioned(note, project):
    users = [user for user in mentioned(note.text, project) if user.pk != note.by_id]
    _tell(users, note, project)


def _tell(users: list[User], note, project):
    notices.tell(
        users,
        kind=Notice.Kind.MENTIONED,
        project=project.name,
        text=f"{note.author} on {subjects.name_of(note.subject)}: {note.text[:120]}",
        path=note.get_absolute_url(),
        subject=note.code,
    )
