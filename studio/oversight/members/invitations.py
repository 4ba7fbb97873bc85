"""The page behind an invitation's link: join as who you are, or say who you are."""

from django.contrib import messages
from django.contrib.auth import login
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from studio.people.accounts import known_browsers
from studio.people.accounts.forms import NewPersonForm
from studio.people.accounts.models import User
from studio.planning.projects import people
from studio.planning.projects.rights import IN_WORDS


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request, token):
    """Show whose invitation it is; a POST accepts it. A made-up link is nothing."""
    found = people.invitation_of(token)
    if found is None:
        raise Http404
    context = {"invitation": found, "words": IN_WORDS[found.role], "closed": people.why_closed(found)}
    if context["closed"]:
        return TemplateResponse(request, "oversight/members/invitation.html", context, status=410)
    if request.user.is_authenticated:
        return _as_somebody(request, found, context)
    return _as_newcomer(request, found, context)


def _as_somebody(request, found, context):
    if request.method != "POST":
        context["member"] = found.project.memberships.filter(user=request.user).exists()
        return TemplateResponse(request, "oversight/members/invitation.html", context)
    return _join(request, found, request.user, context)


def _as_newcomer(request, found, context):
    form = NewPersonForm(request.POST or None, initial={"email": found.email})
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(
            request, "oversight/members/invitation.html", context | {"form": form}, status=status
        )
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                form.cleaned_data["email"], form.cleaned_data["password"], name=form.cleaned_data["name"]
            )
            people.accept(found, user, request=request)
    except people.Closed as exc:  # somebody was quicker; the account is not made either
        return TemplateResponse(
            request, "oversight/members/invitation.html", context | {"closed": str(exc)}, status=410
        )
    except IntegrityError:
        form.add_error("email", "Somebody here has this address. Is it you? Then sign in first.")
        return TemplateResponse(
            request, "oversight/members/invitation.html", context | {"form": form}, status=422
        )
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
    except people.Closed as exc:
        return TemplateResponse(
            request, "oversight/members/invitation.html", context | {"closed": str(exc)}, status=410
        )
    return _welcome(request, found)


def _welcome(request, found):
    messages.success(request, f"Welcome to {found.project}.")
    return redirect(found.project)
