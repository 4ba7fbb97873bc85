"""Rows and files that tell nobody anything any more go by their age; those that do stay."""

import os
import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone

from studio.bootstrap import housekeeping
from studio.people.accounts.models import Device
from studio.people.mail import outbox
from studio.people.mail.models import Mail
from studio.review.sharing import links
from studio.review.sharing.models import Guest, View

DAY = timedelta(days=1)


def at(model, when, **fields):
    """A row whose moments are these, whatever the model says of them."""
    row = model.objects.create(**fields)
    model.objects.filter(pk=row.pk).update(**when)
    return row


@pytest.fixture
def now():
    return timezone.now()


def test_sessions_that_have_ended_go_and_the_browsers_they_were_of(now, pia, client_of):
    here = client_of(pia).session.session_key
    Session.objects.create(session_key="a" * 32, session_data="x", expire_date=now - DAY)
    at(Device, {"seen_at": now - 3 * DAY}, user=pia, session_key="a" * 32)
    Device.objects.filter(session_key=here).update(seen_at=now - 3 * DAY)
    at(Device, {"seen_at": now}, user=pia, session_key="b" * 32)  # signing in just now
    housekeeping.tidy()
    assert set(Session.objects.values_list("session_key", flat=True)) == {here}
    assert set(Device.objects.values_list("session_key", flat=True)) == {here, "b" * 32}


def test_wrong_passwords_are_forgotten_when_they_do_not_count_any_more(now, db):
    for days in (0, 1, 3):
        at(AccessAttempt, {"attempt_time": now - days * DAY}, username=f"{days}@x", failures_since_start=5)
    housekeeping.tidy()
    assert set(AccessAttempt.objects.values_list("username", flat=True)) == {"0@x", "1@x"}


def test_looks_and_mails_go_by_their_settings(now, project, pia, settings):
    settings.LOOKS_DAYS, settings.MAILS_DAYS = 10, 5
    link = links.create(
        project, by=pia, review_list=None, expires_on=timezone.localdate() + DAY,
        may_note=False, may_approve=False, may_download=False,
    )  # fmt: skip
    guest = Guest.objects.create(link=link, name="Gil")
    for days in (9, 11):
        at(View, {"at": now - days * DAY}, link=link, guest=guest, what=f"{days}")
    mails = {
        "sent": {"sent_at": now - 6 * DAY},
        "sent lately": {"sent_at": now - 4 * DAY},
        "given up": {"attempts": outbox.ATTEMPTS, "created_at": now - 6 * DAY},
        "not sent yet": {"created_at": now - 6 * DAY},
    }
    for subject, when in mails.items():
        at(Mail, when, to="a@x.example", subject=subject, body="x")
    housekeeping.tidy()
    assert list(View.objects.values_list("what", flat=True)) == ["9"]
    assert set(Mail.objects.values_list("subject", flat=True)) == {"sent lately", "not sent yet"}
    assert Guest.objects.exists()


def test_many_go_over_some_visits(now, db, monkeypatch):
    monkeypatch.setattr(housekeeping, "AT_ONCE", 3)
    for number in range(5):
        Session.objects.create(session_key=f"{number}" * 32, session_data="x", expire_date=now - DAY)
    housekeeping.tidy()
    assert Session.objects.count() == 2
    housekeeping.tidy()
    assert not Session.objects.exists()


def test_what_a_kill_left_behind_is_removed(db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    (tmp_path / "tmp").mkdir()
    names = ["tmp/old.mp4", "tmp/new.mp4", ".signing-abc", ".secret_key.1234", "secret_key", "engine.lock"]
    for name in names:
        (tmp_path / name).write_bytes(b"x")
        if name != "tmp/new.mp4":
            os.utime(tmp_path / name, (time.time() - 2 * 86400,) * 2)
    housekeeping.tidy()
    left = {str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file()}
    assert left == {"tmp/new.mp4", "secret_key", "engine.lock"}


def test_it_looks_once_an_hour(db, monkeypatch):
    cache.delete("housekeeping:looked")
    asked = []
    monkeypatch.setattr(housekeeping.jobs, "soon", lambda *job: asked.append(job))
    for _ in range(3):
        housekeeping.sweep()
    assert asked == [("housekeeping.tidy",)]
