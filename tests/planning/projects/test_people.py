"""Inviting people, letting them in once, and letting them go; what they made stays."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.people.accounts.models import StudioEvent, User
from studio.people.notifications.models import Mail
from studio.planning.projects import people
from studio.planning.projects.models import Invitation, Membership

NEWCOMER = {"name": "Nia Nel", "email": "nia@studio.example", "password": "a tidal observatory"}


@pytest.fixture
def invitation(project, pia):
    return people.invite(project, role="artist", by=pia)


def role_of(user, project):
    return Membership.objects.filter(user=user, project=project).values_list("role", flat=True).first()


# --- joining ------------------------------------------------------------------------------


def test_a_newcomer_joins_by_a_link_and_is_signed_in(invitation, project):
    browser = Client()
    path = people.path_of(invitation)
    assert "Tidal Observatory" in browser.get(path).content.decode()
    response = browser.post(path, NEWCOMER)

    nia = User.objects.get(email="nia@studio.example")
    assert response.url == project.get_absolute_url()
    assert role_of(nia, project) == "artist"
    assert browser.get(project.get_absolute_url()).status_code == 200
    assert StudioEvent.objects.filter(kind="joined", user=nia).exists()


def test_somebody_signed_in_joins_as_who_they_are(invitation, project, client_of, cid):
    assert client_of(cid).post(people.path_of(invitation)).url == project.get_absolute_url()
    assert role_of(cid, project) == "artist"


def test_a_link_that_is_only_looked_at_lets_nobody_in(invitation, project, client_of, cid):
    for method in ("get", "head"):
        getattr(client_of(cid), method)(people.path_of(invitation))
    assert role_of(cid, project) is None


def test_an_invitation_lets_one_person_in(invitation, project, client_of, cid):
    Client().post(people.path_of(invitation), NEWCOMER)
    answer = client_of(cid).post(people.path_of(invitation))
    assert answer.status_code == 410
    assert "has been used" in answer.content.decode()
    assert role_of(cid, project) is None


def test_whoever_came_in_by_it_is_led_on_when_they_open_it_again(invitation, project, client_of, cid, bo):
    """It said that it is used, to the person it was for."""
    path = people.path_of(invitation)
    browser = client_of(cid)
    browser.post(path)
    assert browser.get(path).url == browser.post(path).url == project.get_absolute_url()
    assert client_of(bo).get(path).url == project.get_absolute_url(), "so is who is on the project anyway"

    page = Client().get(path)
    assert page.status_code == 410
    assert f"/signin?next={quote(path)}" in page.content.decode()
    person = {"username": "cid@studio.example", "password": "a long enough word", "next": path}
    there = Client().post(reverse("accounts:signin"), person, follow=True)
    assert there.redirect_chain[-1][0] == project.get_absolute_url()

    people.remove(Membership.objects.get(user=cid, project=project), by=None)
    assert browser.get(path).status_code == 410, "who was taken off stays off"


def test_join_is_pressed_twice(invitation, project):
    """The second press of a double-click is the one that is answered: one account, signed in, on the board."""
    first, second = Client(), Client()
    path = people.path_of(invitation)
    for browser in (first, second):
        assert browser.post(path, NEWCOMER).url == project.get_absolute_url()
        assert browser.get(project.get_absolute_url()).status_code == 200
    assert User.objects.filter(email=NEWCOMER["email"]).count() == 1


@pytest.mark.parametrize(
    "other", [{"password": "another observatory"}, {"email": "late@studio.example"}, {"later": True}]
)
def test_a_second_press_of_somebody_else_lets_nobody_in(invitation, other):
    path = people.path_of(invitation)
    Client().post(path, NEWCOMER)
    if other.pop("later", False):
        Invitation.objects.update(accepted_at=timezone.now() - timedelta(minutes=2))
    browser = Client()
    assert browser.post(path, NEWCOMER | other).status_code == 410
    assert "_auth_user_id" not in browser.session


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_are_one_account(invitation, project):
    path = people.path_of(invitation)

    def press(_):
        try:
            return Client().post(path, NEWCOMER)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, range(2)))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert {answer.url for answer in answers} == {project.get_absolute_url()}
    assert User.objects.filter(email=NEWCOMER["email"]).count() == 1


def test_a_second_newcomer_gets_no_account_either(invitation):
    Client().post(people.path_of(invitation), NEWCOMER)
    Client().post(people.path_of(invitation), {**NEWCOMER, "email": "late@studio.example"})
    assert not User.objects.filter(email="late@studio.example").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_uses_at_the_same_moment_one_wins(invitation, project):
    users = [User.objects.create_user(f"u{n}@studio.example", "x" * 12) for n in range(4)]

    def join(user):
        try:
            people.accept(invitation, user)
        except people.Closed:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(join, users)) == 1
    assert Membership.objects.filter(user__in=users).count() == 1


def test_an_expired_one_says_so(invitation, client_of, cid):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = client_of(cid).post(people.path_of(invitation))
    assert answer.status_code == 410
    assert "too old" in answer.content.decode()


def test_a_revoked_one_says_so(invitation, client_of, pia, cid, project):
    client_of(pia).post(reverse("team:revoke", args=[project.slug, invitation.code]))
    answer = client_of(cid).post(people.path_of(invitation))
    assert answer.status_code == 410
    assert "taken back" in answer.content.decode()


def test_a_member_keeps_their_role_and_the_link_stays_good(invitation, project, client_of, bo, cid):
    client_of(bo).post(people.path_of(invitation))
    assert role_of(bo, project) == "viewer"
    client_of(cid).post(people.path_of(invitation))
    assert role_of(cid, project) == "artist"


def test_a_made_up_link_is_nothing(invitation, db):
    assert Client().get(reverse("team:invitation", args=[invitation.code.hex])).status_code == 404
    token = people.path_of(invitation).rsplit("/", 1)[1]
    assert Client().get(reverse("team:invitation", args=[token[:-2] + "AA"])).status_code == 404


def test_an_address_that_is_taken_is_asked_to_sign_in_first(invitation, pia):
    answer = Client().post(people.path_of(invitation), {**NEWCOMER, "email": "PIA@studio.example"})
    assert answer.status_code == 422
    assert "sign in first" in answer.content.decode()
    assert 'value="Nia Nel"' in answer.content.decode(), "what was typed is still there"


def test_a_weak_password_is_refused_beside_its_field(invitation):
    answer = Client().post(people.path_of(invitation), {**NEWCOMER, "password": "password"})
    assert answer.status_code == 422
    assert "password_error" in answer.content.decode()
    assert not User.objects.filter(email="nia@studio.example").exists()


def test_an_invitation_with_an_address_is_mailed_once(project, pia, client_of):
    client_of(pia).post(
        reverse("team:invite", args=[project.slug]), {"role": "viewer", "email": "x@y.example", "days": 7}
    )
    from studio.people.mail import outbox as mail

    pk = Mail.objects.get().pk
    mail.send(pk)
    mail.send(pk)
    (sent,) = outbox.outbox
    assert sent.to == ["x@y.example"]
    assert people.path_of(Invitation.objects.get()) in sent.body


def test_somebody_on_the_project_is_not_invited_again(project, pia, bo, client_of):
    answer = client_of(pia).post(
        reverse("team:invite", args=[project.slug]), {"role": "artist", "email": bo.email, "days": 7}
    )
    assert answer.status_code == 422
    assert "on this project already" in answer.content.decode()
    assert not Invitation.objects.exists()


def test_a_bad_address_is_refused_beside_its_field(project, pia, client_of):
    answer = client_of(pia).post(
        reverse("team:invite", args=[project.slug]), {"role": "artist", "email": "no address", "days": 7}
    )
    assert answer.status_code == 422
    assert 'id="id_email_error"' in answer.content.decode()


# --- roles and leaving --------------------------------------------------------------------


def test_the_last_producer_cannot_leave_nor_be_anything_else(project, pia, client_of):
    browser = client_of(pia)
    browser.post(reverse("team:leave", args=[project.slug]))
    browser.post(reverse("team:remove", args=[project.slug, pia.code]))
    browser.post(reverse("team:role", args=[project.slug, pia.code]), {"role": "viewer"})
    assert role_of(pia, project) == "producer"
    assert "needs a producer" in browser.get(reverse("team:people", args=[project.slug])).content.decode()


def test_with_another_producer_one_may_leave(project, pia, ana, client_of):
    client_of(pia).post(reverse("team:role", args=[project.slug, ana.code]), {"role": "producer"})
    client_of(pia).post(reverse("team:leave", args=[project.slug]))
    assert role_of(pia, project) is None
    assert role_of(ana, project) == "producer"


@pytest.mark.django_db(transaction=True)
def test_two_producers_who_leave_at_once_leave_one_behind(project, pia, ana):
    Membership.objects.filter(user=ana).update(role="producer")

    def go(user):
        try:
            people.remove(Membership.objects.get(user=user, project=project), by=user)
        except people.LastProducer:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(go, [pia, ana])) == [False, True]


def test_a_project_is_handed_over(project, pia, ana, client_of):
    client_of(pia).post(reverse("team:hand_over", args=[project.slug, ana.code]))
    assert (role_of(ana, project), role_of(pia, project)) == ("producer", "artist")


def test_who_is_removed_sees_nothing_more_and_what_they_made_stays(
    project, shot, order, engine, pia, ana, client_of
):
    (take,) = order()
    engine.run()
    browser = client_of(ana)
    take.refresh_from_db()
    assert browser.get(take.media_url("poster")).status_code == 200
    client_of(pia).post(reverse("team:remove", args=[project.slug, ana.code]))

    for address in (project.get_absolute_url(), shot.get_absolute_url(), take.media_url("poster")):
        assert browser.get(address).status_code == 404
    assert shot.renders.get().created_by == ana
    assert "Ana" in client_of(pia).get(take.get_absolute_url()).content.decode()


def test_a_take_of_somebody_removed_meanwhile_is_still_finished(project, order, engine, pia, ana, client_of):
    (take,) = order()
    client_of(pia).post(reverse("team:remove", args=[project.slug, ana.code]))
    engine.run()
    take.refresh_from_db()
    assert take.state == "ready"


def test_nobody_of_another_project_is_changed_by_a_made_up_address(project, pia, cid, client_of):
    other = Membership.objects.create(
        project=people_project(cid),
        user=User.objects.create_user("z@studio.example", "x" * 12),
        role="viewer",
    )
    answer = client_of(pia).post(reverse("team:remove", args=[project.slug, other.user.code]))
    assert answer.status_code == 404
    assert Membership.objects.filter(pk=other.pk).exists()


def people_project(by):
    from studio.planning.projects import actions

    return actions.create_project(name="Another film", by=by)


# --- what a fresh reading found -----------------------------------------------------------


def test_who_is_removed_does_not_come_back_by_a_link_of_their_own(project, pia, ana, client_of):
    Membership.objects.filter(user=ana).update(role="producer")
    link = people.path_of(people.invite(project, role="producer", by=ana))
    people.remove(Membership.objects.get(user=ana, project=project), by=pia)
    assert client_of(ana).post(link).status_code == 410
    assert role_of(ana, project) is None


def test_nor_who_is_a_producer_no_more_nor_whose_account_is_closed(project, pia, ana, client_of, cid):
    Membership.objects.filter(user=ana).update(role="producer")
    links = [people.path_of(people.invite(project, role="artist", by=ana)) for _ in range(2)]
    people.change_role(Membership.objects.get(user=ana, project=project), "viewer", by=pia)
    assert client_of(cid).post(links[0]).status_code == 410
    people.close_account(pia)
    assert not Invitation.objects.filter(revoked_at=None, invited_by=pia).exists()


def test_a_project_is_not_handed_to_nobody(project, pia, ana, bo):
    people.remove(Membership.objects.get(user=ana, project=project), by=ana)
    with pytest.raises(people.LastProducer):
        people.hand_over(project, to=ana, by=pia)
    people.close_account(bo)
    with pytest.raises(people.LastProducer):
        people.hand_over(project, to=bo, by=pia)
    assert role_of(pia, project) == "producer"


def test_a_closed_account_is_no_producer_to_leave_behind(project, pia, ana):
    Membership.objects.filter(user=ana).update(role="producer")
    people.close_account(ana)
    with pytest.raises(people.LastProducer):
        people.remove(Membership.objects.get(user=pia, project=project), by=pia)


def test_the_studios_owner_is_a_producer_whatever_their_membership_says(
    project, client_of, django_user_model
):
    olga = django_user_model.objects.create_superuser("olga@studio.example", name="Olga")
    Membership.objects.create(project=project, user=olga, role="viewer")
    browser = client_of(olga)
    for name in ("dashboard:settings", "reports:costs", "trash:trash"):
        assert browser.get(reverse(name, args=[project.slug])).status_code == 200


def test_a_viewer_begins_no_project_of_their_own(client_of, bo, pia):
    assert client_of(bo).post(reverse("dashboard:new_project"), {"name": "Mine"}).status_code == 404
    assert client_of(pia).post(reverse("dashboard:new_project"), {"name": "Mine"}).status_code == 302


def test_an_invitation_by_mail_comes_in_no_digest(project, pia, cid):
    from studio.people.notifications import digest

    people.invite(project, role="viewer", by=pia, email=cid.email)
    digest.send(cid.pk)
    assert Mail.objects.count() == 1
