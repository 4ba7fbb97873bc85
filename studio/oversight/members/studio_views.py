"""The studio as a whole, for its owner: everyone's account, and what was signed and refused."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice

from studio.core import paging
from studio.people.accounts import audit, devices, second_factor, studio_owner
from studio.people.accounts.models import StudioEvent, User
from studio.planning.projects import access
from studio.planning.projects import people as people_of_projects

PAGE = 100


@login_required
@require_GET
def people(request):
    """Everyone with an account, the newest first."""
    access.owner_or_404(request.user, "the people of the studio")
    has_one = Exists(TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True))
    found = User.objects.annotate(projects=Count("memberships"), has_second_factor=has_one).order_by("-pk")
    before = paging.number(request.GET.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows, more = paging.page(found, PAGE)
    context = {
        "people": rows,
        "next": rows[-1].pk if more else "",
        "second_factor_required": second_factor.is_required_of_spenders(),
    }
    return TemplateResponse(request, "oversight/members/studio_people.html", context)


@login_required
@require_POST
def second_factor_rule(request):
    """Ask all who can spend for a second factor, or leave it to them."""
    access.owner_or_404(request.user, "the people of the studio")
    required = bool(request.POST.get("required"))
    if required and not second_factor.is_set_up(request.user):
        messages.error(request, "Set up your own second factor first: you can spend, too.")
        return redirect("accounts:second_factor")
    second_factor.require_of_spenders(request.user, required, request=request)
    said = (
        "All who can spend set up a second factor before they go on."
        if required
        else "It is their own choice."
    )
    messages.success(request, said)
    return redirect("team:studio_people")


@login_required
@require_POST
def close_account(request, code):
    """Let somebody in nowhere any more. What they made stays; their browsers are signed out."""
    access.owner_or_404(request.user, "the people of the studio")
    person = get_object_or_404(User, code=code)
    others = studio_owner.owners().exclude(pk=person.pk)
    if person.is_superuser and not others.exists():
        messages.error(request, "The studio needs an owner. Make somebody else one first.")
        return redirect("team:studio_people")
    people_of_projects.close_account(person)
    devices.end_others(person)
    audit.record(audit.Kind.CLOSED, request=request, user=request.user, detail=person.email)
    messages.success(request, f"{person.email} is let in nowhere any more.")
    return redirect("team:studio_people")


@login_required
@require_POST
def open_account(request, code):
    """Let somebody in again."""
    access.owner_or_404(request.user, "the people of the studio")
    person = get_object_or_404(User, code=code)
    User.objects.filter(pk=person.pk).update(is_active=True)
    audit.record(audit.Kind.OPENED, request=request, user=request.user, detail=person.email)
    messages.success(request, f"{person.email} may sign in again.")
    return redirect("team:studio_people")


@login_required
@require_GET
def log(request):
    """Sign-ins and refusals, the newest first."""
    access.owner_or_404(request.user, "the people of the studio")
    found = StudioEvent.objects.select_related("user").order_by("-pk")
    kind = request.GET.get("kind", "")
    if kind in StudioEvent.Kind.values:
        found = found.filter(kind=kind)
    before = paging.number(request.GET.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows, more = paging.page(found, PAGE)
    context = {
        "rows": rows,
        "next": rows[-1].pk if more else "",
        "kind": kind,
        "kinds": StudioEvent.Kind.choices,
    }
    return TemplateResponse(request, "oversight/members/studio_log.html", context)
