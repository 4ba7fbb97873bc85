"""Who may do what. The one place that decides: views, sockets, tasks, commands and media ask here.

The studio's owner (a superuser) is a producer everywhere, without a membership. What lies in the
trash is not there for anybody; strangers get 404.
"""

from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from studio.core import paging
from studio.people.accounts import audit, second_factor, studio_owner
from studio.people.accounts.models import User
from studio.planning.projects.models import Membership, Project, Shot
from studio.planning.projects.rights import CHANGES, ROLES, Right, Role
from studio.runtime.live.models import Event


def within(user, right=Right.LOOK, *, path="project"):
    """A condition on rows whose project, found by `path`, lets this person do this.

    Args:
        path: the way from the row to its project; "" where the row is the project.
    """
    to = f"{path}__" if path else ""
    open_to = Q(**{f"{to}trashed_at": None})
    if right in CHANGES:
        open_to &= Q(**{f"{to}archived_at": None})
    if user.is_superuser:
        return open_to
    return open_to & Q(
        **{f"{to}memberships__user": user.pk, f"{to}memberships__role__in": sorted(ROLES[right])}
    )


def projects_of(user, right=Right.LOOK):
    """The projects on which this person may do this."""
    return Project.objects.filter(within(user, right, path=""))


def thrown_away(user):
    """The projects in the trash that this person may take back."""
    gone = Project.objects.filter(trashed_at__isnull=False, purged_at=None)
    if user.is_superuser:
        return gone
    return gone.filter(memberships__user=user, memberships__role__in=sorted(ROLES[Right.PRODUCE]))


def may(user, project, right):
    """Whether this person may do this on this project."""
    return projects_of(user, right).filter(pk=project.pk).exists()


def seats(user):
    """This person's memberships of projects that are not in the trash."""
    return Membership.objects.filter(user=user, project__trashed_at=None).select_related("project")


def membership_or_404(user, slug, right=Right.LOOK):
    """This person's seat on a project, with the project.

    Raises:
        Http404: no such project, not a member, or a role that may not do this. Which of them
            it is, a stranger does not learn.
    """
    seat = _seat(user, slug)
    if seat is None and not Project.objects.filter(slug=slug, trashed_at=None).exists():
        raise Http404
    if seat is None or not seat.may(right):
        raise refusal(user, f"{right.value} on {slug}")
    return seat


def refusal(user, what):
    """What to raise where somebody asks for what is not theirs: 404, and a line in the log of the studio.

    Args:
        what: for whoever reads that log: "make on take 6f1c…".
    """
    if user.is_authenticated:
        audit.refused(user, what)
    return Http404()


def first_or_404(rows, user, right, *, what, among):
    """The first of these rows, which are those on which this person may do this.

    What is nowhere, lies in the trash or is not ready for it is refused to nobody, and leaves no line.

    Args:
        what: it, for whoever reads the log.
        among: the same rows whoever asks; each is of a project.

    Raises:
        Http404: there is none for this person; it does not say which of all that.
    """
    found = rows.first()
    if found is not None:
        return found
    project = Project.objects.filter(pk__in=among.values("project"), trashed_at=None).first()
    if project is not None and not may(user, project, right):
        raise refusal(user, f"{right.value} on {what}")
    raise Http404


def owner_or_404(user, what):
    """Go on for the studio's owner alone.

    Raises:
        Http404: it is somebody else.
    """
    if not user.is_superuser:
        raise refusal(user, what)


def shot_or_404(seat, code, *, row=""):
    """The shot of this code on the project of this seat, with its first frame.

    One that had this code before is found by it too, as long as no other has it: pages with the old address
    stand open, and what is typed there is not to be lost.

    Args:
        row: which shot the page was drawn of, as "shot-12"; another may have its code by now.

    Raises:
        Http404: there is none, or it is in the trash.
    """
    shots = Shot.objects.kept().filter(project=seat.project).select_related("first_frame")
    pk = paging.number(row.removeprefix("shot-"))
    drawn = shots.filter(pk=pk).first() if pk is not None else None
    shot = drawn or shots.filter(code=code).first() or _once_called(shots, seat.project, code)
    if shot is None:
        raise Http404
    shot.project = seat.project
    return shot


def _once_called(shots, project, code):
    """The shot that had this code last, or None."""
    renamed = Event.objects.filter(project_id=project.pk, kind="shot.changed", subject=code)
    event = renamed.filter(payload__renamed__isnull=False).order_by("-seq").first()
    return event and shots.filter(pk=event.payload["renamed"]).first()


def _seat(user, slug):
    seat = seats(user).filter(project__slug=slug).first()
    if user.is_superuser:
        return _as_owner(user, seat, Project.objects.filter(slug=slug, trashed_at=None))
    return seat


def _as_owner(user, seat, projects):
    """The studio's owner is a producer, whatever their membership says, if they have one."""
    if seat is None:
        project = projects.first()
        return project and Membership(project=project, user=user, role=Role.PRODUCER)
    seat.role = Role.PRODUCER
    return seat


def seat_on(user, project):
    """This person's seat on a project that was found for them already."""
    seat = Membership.objects.filter(user=user, project=project).first()
    if user.is_superuser:
        seat = _as_owner(user, seat, Project.objects.filter(pk=project.pk))
    if seat is None:
        raise Http404
    seat.project = project
    return seat


def may_begin(user):
    """Whether this person may begin a project: the studio's owner, and whoever produces one already.

    What others than the owner begin may spend nothing until it has a budget, or the owner's leave: see `begun_by`.
    """
    return user.is_superuser or projects_of(user, Right.PRODUCE).exists()


def begun_by(user):
    """The fields of a project that say whose word it needs to spend without a budget."""
    return {"unbudgeted_needs_owner": not user.is_superuser}


def can_spend(user: User) -> bool:
    """Whether this person may order anything anywhere, or begin what they could order in."""
    return may_begin(user) or projects_of(user, Right.MAKE).exists()


def people_with(project: Project, right: Right) -> QuerySet[User]:
    """The members who may do this: those to be told about what waits for such a person."""
    return User.objects.filter(
        memberships__project=project, memberships__role__in=sorted(ROLES[right]), is_active=True
    )


# --- live ---------------------------------------------------------------------------------


def door(user, slug):
    """Admit a person to the live news of a project: its id, their audience and their role, or None."""
    if user.is_authenticated and second_factor.is_owed_by(user):
        return None  # they are let in nowhere else either
    seat = _seat(user, slug) if user.is_authenticated else None
    if seat is None and user.is_authenticated and Project.objects.filter(slug=slug, trashed_at=None).exists():
        audit.refused(user, f"news of {slug}")
    return (seat.project_id, seat.audience, str(seat.role)) if seat else None


def still_admitted(tickets):
    """Those of (project, person, role, session) that `door` would admit in this role again; four queries.

    One more for each of them who owes a second factor, where there is such a rule.
    """
    projects = {project for project, _, _, _ in tickets}
    members = Membership.objects.filter(
        project_id__in=projects, project__trashed_at=None, user__is_active=True
    )
    held = {(seat.project_id, seat.user_id): str(seat.role) for seat in members}
    owners = set(studio_owner.owners().values_list("pk", flat=True))
    there = set(Project.objects.filter(pk__in=projects, trashed_at=None).values_list("pk", flat=True))
    keys = {session for _, _, _, session in tickets}
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    sessions = set(alive.values_list("session_key", flat=True))

    owing = second_factor.owed_by({person for _, person, _, _ in tickets})

    def admitted(project, person, role, session):
        owner = person in owners and project in there
        seated = str(Role.PRODUCER) if owner else held.get((project, person))
        return seated == role and session in sessions and person not in owing

    return {ticket for ticket in tickets if admitted(*ticket)}
