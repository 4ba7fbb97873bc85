"""Who this person is on a project. Every view begins here; strangers get 404."""

from django.contrib.sessions.models import Session
from django.http import Http404
from django.utils import timezone

from studio.projects.models import SPENDERS, Membership, Role


def seat_or_404(user, slug, *, spends=False, produces=False):
    """This person's membership, with its project.

    Raises:
        Http404: no such project, not a member, or a role that may not do this. Which of them
            it is, a stranger does not learn.
    """
    seats = Membership.objects.filter(user=user, project__slug=slug).select_related("project")
    if produces:
        seats = seats.filter(role=Role.PRODUCER)
    elif spends:
        seats = seats.filter(role__in=SPENDERS)
    seat = seats.first()
    if seat is None:
        raise Http404
    return seat


def door(user, slug):
    """Admit a person to the live news of a project: its id and their audience, or None."""
    if not user.is_authenticated:
        return None
    seat = Membership.objects.filter(user=user, project__slug=slug).first()
    return (seat.project_id, seat.audience) if seat else None


def still_admitted(tickets):
    """Those of (project, person, audience, session) that `door` would admit again; two queries."""
    projects = {project for project, _, _, _ in tickets}
    members = Membership.objects.filter(project_id__in=projects, user__is_active=True)
    seats = {(seat.project_id, seat.user_id, seat.audience) for seat in members}
    keys = {session for _, _, _, session in tickets}
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    sessions = set(alive.values_list("session_key", flat=True))
    return {ticket for ticket in tickets if ticket[:3] in seats and ticket[3] in sessions}
