"""Who says what of a take: `say(rae, take, "retake")`, `note(rae, take, "Too dark", frame=3)`."""

import uuid

import pytest

from studio.people.notifications.models import Notice
from studio.planning.projects import access
from studio.review.dailies import lists, notes, verdicts
from studio.review.dailies.subjects import Voice, check_span


def voice(user, subject):
    return Voice(user=user, role=access.seat_on(user, subject.project).role)


@pytest.fixture
def say():
    """A verdict, as somebody presses it."""

    def say(user, subject, value, *, frame=None, last=None, **more):
        code = more.pop("code", None) or uuid.uuid4()
        span = check_span(subject, frame, last)
        return verdicts.give(subject, voice(user, subject), code=code, value=value, span=span, **more)

    return say


@pytest.fixture
def note():
    """A note, as somebody sends it."""

    def note(user, subject, text, *, frame=None, last=None, **more):
        code = more.pop("code", None) or uuid.uuid4()
        span = check_span(subject, frame, last)
        return notes.write(subject, voice(user, subject), code=code, text=text, span=span, **more)

    return note


@pytest.fixture
def ask(project, pia):
    """A list of takes that people are asked about: `ask([take], rae, ana)`."""

    def ask(takes, *people, by=pia, name="Dailies", **more):
        return lists.create(project, by=by, name=name, takes=takes, people=people, **more)

    return ask


@pytest.fixture
def heard():
    """What somebody was told, as (kind, words)."""
    return lambda user, **which: list(
        Notice.objects.filter(user=user, **which).order_by("pk").values_list("kind", "text")
    )
