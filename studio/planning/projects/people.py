"""Who is on a project: invite, join, change roles, leave. What people made stays when they go."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from studio.core import public_url
from studio.core.code_tokens import SignedCodes
from studio.people.accounts import audit
from studio.people.accounts.models import User
from studio.people.mail import outbox
from studio.people.notifications import actions as notices
from studio.people.notifications.models import Notice
from studio.planning.projects.models import Invitation, Membership, Project
from studio.planning.projects.rights import Role
from studio.runtime.live import events

_tokens = SignedCodes("studio.projects.people")


class Closed(ValueError):
    """The invitation cannot be used any more; the message says why, for whoever holds it."""


class LastProducer(ValueError):
    """Nobody would be left to decide. Make somebody else a producer first."""

    def __init__(self):
        super().__init__("A project needs a producer. Make somebody else one first.")


# --- invitations --------------------------------------------------------------------------


def invite(project, *, role, by, email="", days=None):
    """Make an invitation; it is mailed where an address is given, and can be copied always."""
    expires = timezone.now() + timedelta(days=days or settings.INVITATION_DAYS)
    with events.locked(project.pk):
        invitation = Invitation.objects.create(
            project=project, role=role, email=email.lower(), invited_by=by, expires_at=expires
        )
        events.record(project.pk, "member.invited", by=by, role=role)
        if email:
            outbox.write(
                to=email,
                subject=f"{by} invites you to {project.name}",
                body=f"{by} invites you to the project {project.name} on Rushes, as {invitation.get_role_display().lower()}.\n\n"
                f"{address_of(invitation)}\n\nThe link lets one person in, until {expires:%B %d}.",
            )
            known = User.objects.filter(email__iexact=email, is_active=True)
            notices.tell(
                known,
                kind=Notice.Kind.INVITED,
                text=f"{by} invites you to {project.name}",
                path=path_of(invitation),
                subject=invitation.code,
                mailed=True,
            )
    return invitation


def path_of(invitation):
    """The path of the link. It is signed: an invitation's row alone opens nothing."""
    return reverse("team:invitation", args=[_tokens.make(invitation.code)])


def address_of(invitation):
    """The link, for whoever is invited."""
    return public_url.absolute(path_of(invitation))


def invitation_of(token):
    """The invitation of a link, open or not; None for a made-up one."""
    code = _tokens.read(token)
    if code is None:
        return None
    found = Invitation.objects.filter(code=code, project__trashed_at=None)
    return found.select_related("project", "invited_by").first()


def why_closed(invitation):
    """In words why an invitation lets nobody in; "" while it does."""
    return {
        "used": "This invitation has been used. It lets one person in; ask for another.",
        "revoked": "This invitation was taken back. Ask whoever sent it.",
        "expired": "This invitation is too old. Ask for another.",
    }.get(invitation.standing, "")


def accept(invitation, user, *, request=None):
    """Let this person in. Of two uses at the same moment one wins.

    Returns their membership; a member stays in the role they have, and the invitation stays open.

    Raises:
        Closed: used, revoked or expired.
    """
    with events.locked(invitation.project_id):
        seat = Membership.objects.filter(project=invitation.project_id, user=user).first()
        if seat:
            return seat
        now = timezone.now()
        mine = Invitation.objects.filter(
            pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now
        )
        if not mine.update(accepted_at=now, accepted_by=user):
            invitation.refresh_from_db()
            raise Closed(why_closed(invitation))
        seat = Membership.objects.create(project=invitation.project, user=user, role=invitation.role)
        events.record(invitation.project_id, "member.joined", by=user, role=invitation.role)
        audit.record(audit.Kind.JOINED, request=request, user=user, detail=str(invitation.project))
    return seat


def revoke(invitation, *, by):
    """Take an invitation back. False: it was used, or revoked, before."""
    with events.locked(invitation.project_id):
        mine = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
        if not mine.update(revoked_at=timezone.now()):
            return False
        events.record(invitation.project_id, "member.uninvited", by=by, role=invitation.role)
    return True


# --- members ------------------------------------------------------------------------------


def change_role(seat, role, *, by):
    """Give a member another role. Their open pages load again as that role sees them.

    Raises:
        LastProducer: the project would have none.
    """
    with events.locked(seat.project_id) as project:
        _keep_a_producer(seat, but_for=role)
        if not Membership.objects.filter(pk=seat.pk).exclude(role=role).update(role=role):
            return
        _end_producing(seat.user, seat.project)
        events.record(seat.project_id, "member.changed", by=by, who=str(seat.user), role=role, was=seat.role)
        if seat.user != by:
            notices.tell(
                [seat.user],
                kind=Notice.Kind.INVITED,
                project=project.name,
                text=f"You are {Role(role).label.lower()} of {project.name} now",
                path=project.get_absolute_url(),
            )


_left: list[Callable[[Project, User], None]] = []


def on_leaving(listener: Callable[[Project, User], None]) -> None:
    """Have `listener(project, user)` told, in that transaction, of whoever is no longer on a project."""
    _left.append(listener)


def remove(seat, *, by):
    """Take somebody off the project, or leave it oneself. What they made stays.

    Raises:
        LastProducer: the project would have none.
    """
    with events.locked(seat.project_id):
        _keep_a_producer(seat)
        if Membership.objects.filter(pk=seat.pk).delete()[0]:
            _end_producing(seat.user, seat.project)
            kind = "member.left" if seat.user == by else "member.removed"
            events.record(seat.project_id, kind, by=by, who=str(seat.user))
            for listener in _left:
                listener(seat.project, seat.user)


def hand_over(project, *, to, by):
    """Make another member the producer, and oneself an artist.

    Raises:
        LastProducer: the other has left meanwhile, or their account is closed.
    """
    with events.locked(project.pk):
        other = Membership.objects.filter(project=project, user=to, user__is_active=True)
        if to == by or not other.update(role=Role.PRODUCER):
            raise LastProducer
        Membership.objects.filter(project=project, user=by).exclude(user=to).update(role=Role.ARTIST)
        _end_producing(by, project)
        events.record(project.pk, "project.handed_over", by=by, who=str(to))
        notices.tell(
            [to],
            kind=Notice.Kind.INVITED,
            project=project.name,
            text=f"{by} handed {project.name} over to you",
            path=project.get_absolute_url(),
        )


def close_account(user):
    """Let somebody in nowhere any more, nor anybody by a link of theirs."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    open_ones = Invitation.objects.filter(invited_by=user, accepted_at=None, revoked_at=None)
    open_ones.update(revoked_at=timezone.now())


def _end_producing(user, project):
    """Whoever may not invite any more has nobody let in by a link made before, themselves least of all.

    What they were told of money, as a producer, is told no longer.
    """
    Invitation.objects.filter(project=project, invited_by=user, accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    if not user.is_superuser:  # the owner produces everywhere
        notices.forget([user], kinds=Notice.OF_MONEY, under=f"/projects/{project.slug}/")
    if not (user.is_superuser or Membership.objects.filter(user=user, role=Role.PRODUCER).exists()):
        notices.forget([user], kinds=[Notice.Kind.BALANCE], under="/")


def _keep_a_producer(seat, *, but_for=None):
    if but_for == Role.PRODUCER:
        return
    now = Membership.objects.filter(pk=seat.pk).values_list("role", flat=True).first()
    others = Membership.objects.filter(
        project=seat.project_id, role=Role.PRODUCER, user__is_active=True
    ).exclude(pk=seat.pk)
    if now == Role.PRODUCER and not others.exists():
        raise LastProducer
