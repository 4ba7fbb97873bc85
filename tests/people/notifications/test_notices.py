"""Who hears of what: once, never a storm, and only what they want."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone

from studio.people.mail import outbox as mail
from studio.people.notifications import digest as digests
from studio.people.notifications.models import Mail, Notice, Switches
from studio.planning.projects import actions, people


def heard(user):
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("kind", "text"))


def digest():
    """Ten minutes later."""
    Notice.objects.update(at=timezone.now() - timedelta(minutes=11))
    for user_id in set(Notice.objects.values_list("user_id", flat=True)):
        digests.send(user_id)
    for pk in Mail.objects.values_list("pk", flat=True):
        mail.send(pk)


def test_my_take_is_ready_and_only_i_am_told(order, engine, ana, pia):
    order()
    engine.run()
    assert heard(ana) == [("ready", "010 take 1 is ready")]
    assert heard(pia) == []


def test_my_take_failed(order, engine, runware, ana):
    runware.faults("moderation")
    order()
    engine.run()
    assert heard(ana) == [("failed", "010 take 1 failed")]


def test_a_take_i_do_not_wait_for_is_not_told(order, engine, ana):
    from studio.generation.renders import lifecycle

    (take,) = order()
    engine.hurry()
    lifecycle.submit(str(take.batch))
    take.refresh_from_db()
    lifecycle.dismiss(take, by=ana)
    engine.run()
    assert heard(ana) == []


def test_producers_are_told_once_of_a_press_that_waits(order, project, pia, ana):
    actions.change_project(project, by=pia, budget=0)
    order(takes=4)
    assert heard(pia) == [
        (
            "waiting",
            "Ana asks for 4 takes of 010 (Gen-4.5, 5 s): allowing it takes the project's budget to $2.42 of $0",
        )
    ]
    assert heard(ana) == []


def test_a_switched_off_kind_is_not_told(order, engine, ana):
    Switches.objects.create(user=ana, ready=False)
    order()
    engine.run()
    assert heard(ana) == []


def test_another_role_is_told_without_a_price(project, bo, pia):
    people.change_role(project.memberships.get(user=bo), "reviewer", by=pia)
    assert heard(bo) == [("invited", "You are reviewer of Tidal Observatory now")]


def test_twenty_takes_come_in_one_mail(order, engine, ana):
    for _ in range(5):
        order(takes=4)
    engine.run()
    digest()
    digest()
    (sent,) = outbox.outbox
    assert sent.to == [ana.email]
    assert sent.subject == "20 things happened on Rushes"
    assert "$" not in sent.body


def test_what_was_read_is_not_mailed(order, engine, ana, client_of):
    order()
    engine.run()
    client_of(ana).post(reverse("notices:read"), {"upto": Notice.objects.get().pk})
    digest()
    assert outbox.outbox == []


def test_who_wants_no_mail_gets_none(order, engine, ana):
    Switches.objects.create(user=ana, by_mail=False)
    order()
    engine.run()
    digest()
    assert outbox.outbox == []
    assert len(heard(ana)) == 1


def test_a_mail_is_sent_once_and_tried_again_when_the_server_is_down(monkeypatch, db):
    mail.write(to="a@b.example", subject="Hello\nBcc: x@y.example", body="Words")
    row = Mail.objects.get()
    assert "\n" not in row.subject
    down = []

    def broken(*args, **kwargs):
        down.append(1)
        raise OSError("no mail server")

    with monkeypatch.context() as patch:
        patch.setattr("studio.people.mail.outbox.mail.send_mail", broken)
        mail.send(row.pk)
    row.refresh_from_db()
    assert (row.sent_at, row.attempts) == (None, 1)
    mail.send(row.pk)
    assert outbox.outbox == [], "not yet due"
    Mail.objects.update(due_at=timezone.now())
    for _ in range(3):
        mail.send(row.pk)
    assert len(outbox.outbox) == 1


def test_the_bell_tells_what_is_new_since_it_last_asked(client_of, ana, order, engine):
    browser = client_of(ana)
    assert browser.get(reverse("notices:news")).json() == {"unread": 0, "last": 0, "show": True, "fresh": []}
    order()
    engine.run()
    told = browser.get(reverse("notices:news"), {"after": 0}).json()
    assert told["unread"] == 1
    assert told["fresh"][0]["text"] == "010 take 1 is ready"
    assert browser.get(reverse("notices:news"), {"after": told["last"]}).json()["fresh"] == []


def test_nobody_reads_the_notices_of_another(client_of, ana, bo, order, engine):
    order()
    engine.run()
    assert "010 take 1" not in client_of(bo).get(reverse("notices:list")).content.decode()
    client_of(bo).post(reverse("notices:read"), {"upto": 10**9})
    assert Notice.objects.get().read_at is None


def test_switches_are_kept(client_of, ana):
    client_of(ana).post(reverse("notices:switches"), {"ready": "on", "in_browser": "on"})
    mine = Switches.objects.get(user=ana)
    assert (mine.ready, mine.failed, mine.by_mail, mine.in_browser) == (True, False, False, True)


@pytest.mark.parametrize("upto", ["", "x", "-1", "9" * 30])
def test_an_odd_number_reads_nothing(client_of, ana, order, engine, upto):
    order()
    engine.run()
    assert client_of(ana).post(reverse("notices:read"), {"upto": upto}).status_code == 302
    assert Notice.objects.get().read_at is None


def test_who_was_removed_hears_nothing_more(order, engine, project, ana, pia):
    order()
    people.remove(project.memberships.get(user=ana), by=pia)
    engine.run()
    assert heard(ana) == []


def test_a_sent_mail_keeps_no_words_and_a_hopeless_one_is_not_called_sent(monkeypatch, db):
    mail.write(to="a@b.example", subject="Hello", body="https://x/reset/secret")
    mail.send(Mail.objects.get().pk)
    assert Mail.objects.get().body == ""

    def broken(*args, **kwargs):
        raise OSError("no mail server")

    mail.write(to="c@d.example", subject="Hello", body="Words")
    row = Mail.objects.get(to="c@d.example")
    monkeypatch.setattr("studio.people.mail.outbox.mail.send_mail", broken)
    for _ in range(10):
        Mail.objects.update(due_at=timezone.now())
        mail.send(row.pk)
    row.refresh_from_db()
    assert (row.sent_at, row.attempts) == (None, mail.ATTEMPTS)
