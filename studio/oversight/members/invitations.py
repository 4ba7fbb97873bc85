"""The page behind an invitation's link: join as who you are, or say who you are."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import login
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from studio.core import client_addresses, rate_limits
from studio.people.accounts import known_browsers, second_factor
from studio.people.accounts.forms import NewPersonForm
from studio.people.accounts.models import User
from studio.planning.projects import people
from studio.planning.projects.rights import IN_WORDS

SAME_PRESS = timedelta(minutes=1)  # after which a second press is no double-click


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request, token):
    """Show whose invitation it is; a POST accepts it. A made-up link is nothing."""
    found = people.invitation_of(token)
    if found is None:
        raise Http404
    context = {"invitation": found, "words": IN_WORDS[found.role], "closed": people.why_closed(found)}
    if context["closed"]:
        return _closed(request, found, context)
    if request.user.is_authenticated:
        return _as_somebody(request, found, context)
    return _as_newcomer(request, found, context)


def _closed(request, found, context):
    """Why it lets nobody in; whoever is in by it, or is on the project anyway, is led on."""
    found.refresh_from_db()
    context["closed"] = people.why_closed(found)
    if request.user.is_authenticated and found.project.memberships.filter(user=request.user).exists():
        return redirect(found.project)
    if _is_the_same_press(request, found):
        return _signed_in(request, found, found.accepted_by)
    return TemplateResponse(request, "oversight/members/invitation.html", context, status=410)


def _is_the_same_press(request, found):
    """Whether a newcomer has pressed Join twice: the first press made the account, and its answer was not waited for."""
    user = found.accepted_by
    lately = found.accepted_at and timezone.now() - found.accepted_at < SAME_PRESS
    if request.method != "POST" or not lately or user is None or second_factor.is_set_up(user):
        return False
    if request.POST.get("email", "").strip().lower() != user.email.lower():
        return False
    if rate_limits.signed_in_too_often(client_addresses.household(request) or ""):
        return False
    return user.is_active and user.check_password(request.POST.get("password", ""))


def _as_somebody(request, found, context):
    if request.method != "POST":
        context["member"] = found.project.memberships.filter(user=request.user).exists()
        return TemplateResponse(request, "oversight/members/invitation.html", context)
    return _join(request, found, request.user, context)


def _as_newcomer(request, found, context):
    form = NewPersonForm(request.POST or None, initial={"email": found.email})
    if request.method == "POST" and not form.is_valid() and _was_quicker(found):
        return _closed(request, found, context)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(
            request, "oversight/members/invitation.html", context | {"form": form}, status=status
        )
    said = form.cleaned_data
    user = User.objects.new_user(said["email"], said["password"], name=said["name"])
    try:
        with transaction.atomic():
            user.save()
            people.accept(found, user, request=request)
    except people.Closed:  # somebody was quicker; the account is not made either
        return _closed(request, found, context)
    except IntegrityError:
        if _was_quicker(found):
            return _closed(request, found, context)
        form.add_error("email", "Somebody here has this address. Is it you? Then sign in first.")
        return TemplateResponse(
            request, "oversight/members/invitation.html", context | {"form": form}, status=422
        )
    return _signed_in(request, found, user)


def _was_quicker(found):
    """Whether somebody came in by it while this was asked: with the same form, perhaps."""
    found.refresh_from_db()
    return found.accepted_at is not None


def _signed_in(request, found, user):
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    response = _welcome(request, found)
    known_browsers.remember(request, response, user)
    return response


def _join(request, found, user, context):
    if found.project.memberships.filter(user=user).exists():
        messages.info(
            request, "You are on this project already; the invitation is still good for somebody else."
        )
        return redirect(found.project)
    try:
        people.accept(found, user, request=request)
    except people.Closed:
        return _closed(request, found, context)
    return _welcome(request, found)


def _welcome(request, found):
    messages.success(request, f"Welcome to {found.project}.")
    return redirect(found.project)
