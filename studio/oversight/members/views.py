"""The people of a project: who is on it, in which role, and who is invited."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST, require_safe

from studio.core import rate_limits
from studio.integrations.media import ranges
from studio.layout.page_context import page_context
from studio.oversight.members.forms import InvitationForm, RoleForm
from studio.people.accounts.models import User
from studio.planning.projects import access, people
from studio.planning.projects.models import Invitation, Membership
from studio.planning.projects.rights import IN_WORDS, Right, Role

MOST = 200  # people on a page; a film has fewer


@login_required
@require_GET
def people_page(request, slug):
    """Everyone on the project; for producers also who is invited, and the forms."""
    seat = access.membership_or_404(request.user, slug)
    return TemplateResponse(request, "oversight/members/people.html", _context(seat))


def _context(seat, form=None):
    project = seat.project
    seats = list(project.memberships.select_related("user").order_by("pk")[:MOST])
    producers = sum(each.role == Role.PRODUCER for each in seats)
    context = {
        **page_context(seat),
        "seats": seats,
        "roles": [(role, role.label, IN_WORDS[role]) for role in Role],
        "only_producer": producers == 1 and seat.role == Role.PRODUCER and bool(seat.pk),
    }
    if seat.produces:
        invitations = list(project.invitations.select_related("invited_by", "accepted_by")[:50])
        for invitation in invitations:
            invitation.project = project
            invitation.link = people.address_of(invitation) if invitation.is_open else ""
        context |= {"form": form or InvitationForm(), "invitations": invitations}
    return context


@login_required
@require_POST
def invite(request, slug):
    """Make a link that lets one person in."""
    seat = access.membership_or_404(request.user, slug, Right.PRODUCE)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return TemplateResponse(request, "oversight/members/people.html", _context(seat, form), status=422)
    email = form.cleaned_data["email"]
    if email and seat.project.memberships.filter(user__email__iexact=email).exists():
        form.add_error("email", "They are on this project already.")
        return TemplateResponse(request, "oversight/members/people.html", _context(seat, form), status=422)
    if email and rate_limits.mailed_too_often(f"by {request.user.pk}"):
        form.add_error("email", rate_limits.TOO_MANY_MAILS)
        return TemplateResponse(request, "oversight/members/people.html", _context(seat, form), status=429)
    people.invite(seat.project, by=request.user, **form.cleaned_data)
    on_its_way = email and settings.SENDS_MAIL
    sent = f"It is on its way to {email}, and can be copied below." if on_its_way else "Copy the link below."
    messages.success(request, f"The invitation is made. {sent}")
    return redirect("team:people", slug=slug)


@login_required
@require_POST
def revoke(request, slug, code):
    """Take an invitation back."""
    seat = access.membership_or_404(request.user, slug, Right.PRODUCE)
    invitation = get_object_or_404(Invitation, project=seat.project, code=code)
    done = people.revoke(invitation, by=request.user)
    messages.success(request, "Taken back." if done else "It was used before.")
    return redirect("team:people", slug=slug)


def _member(seat, person):
    """The seat of one of the project's people."""
    return get_object_or_404(
        Membership.objects.select_related("user", "project"), project=seat.project, user__code=person
    )


@login_required
@require_POST
def change_role(request, slug, person):
    """Give a member another role."""
    seat = access.membership_or_404(request.user, slug, Right.PRODUCE)
    member = _member(seat, person)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "There is no such role.")
        return redirect("team:people", slug=slug)
    return _done(
        request, slug, lambda: people.change_role(member, form.cleaned_data["role"], by=request.user)
    )


@login_required
@require_POST
def remove(request, slug, person):
    """Take somebody off the project."""
    seat = access.membership_or_404(request.user, slug, Right.PRODUCE)
    member = _member(seat, person)
    return _done(
        request, slug, lambda: people.remove(member, by=request.user), f"{member.user} is off the project."
    )


@login_required
@require_POST
def hand_over(request, slug, person):
    """Make another member the producer instead of oneself."""
    seat = access.membership_or_404(request.user, slug, Right.PRODUCE)
    member = _member(seat, person)

    def change():
        people.hand_over(seat.project, to=member.user, by=request.user)

    return _done(request, slug, change, f"{member.user} is the producer now.")


@login_required
@require_POST
def leave(request, slug):
    """Leave the project oneself."""
    seat = access.membership_or_404(request.user, slug)
    if seat.pk is None:  # the studio's owner, who is nowhere a member by that alone
        raise access.refusal(request.user, f"leave {slug}")
    try:
        people.remove(seat, by=request.user)
    except people.LastProducer as exc:
        messages.error(request, str(exc))
        return redirect("team:people", slug=slug)
    messages.success(request, f"You have left {seat.project}. What you made stays there.")
    return redirect("dashboard:projects")


def _done(request, slug, change, said="Saved."):
    try:
        change()
    except people.LastProducer as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, said)
    return redirect("team:people", slug=slug)


@require_safe
def face(request, code, digest):
    """Somebody's picture, for those who share a project with them."""
    if not request.user.is_authenticated:
        raise Http404
    person = get_object_or_404(User, code=code)
    shared = access.seats(person).filter(project__in=access.projects_of(request.user))
    near = person == request.user or request.user.is_superuser or shared.exists()
    if not near:
        raise access.refusal(request.user, "pictures of people")
    if not person.picture_url.endswith(f"/{digest}") or not default_storage.exists(person.picture):
        raise Http404
    return ranges.respond(request, Path(default_storage.path(person.picture)), etag=digest)
