"""Sign in by password or by a one-time link, sign out, keep one's own account."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from studio.core import client_addresses, rate_limits
from studio.people.accounts import (
    actions,
    audit,
    devices,
    known_browsers,
    links,
    second_factor,
    second_factor_views,
)
from studio.people.accounts.forms import ProfileForm, SigninForm, password_form
from studio.people.accounts.models import Device, User


class Signin(auth_views.LoginView):
    """E-mail and password."""

    template_name = "people/accounts/signin.html"
    authentication_form = SigninForm
    redirect_authenticated_user = True

    def post(self, request, *args, **kwargs):
        refused = _refused(request)
        if refused:
            form = SigninForm(request, initial={"username": request.POST.get("username", "")})
            return self.render_to_response(self.get_context_data(form=form, refused=refused), status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        return second_factor_views.enter(self.request, form.get_user(), to=self.get_success_url())

    def form_invalid(self, form):
        response = super().form_invalid(form)
        response.status_code = 422
        return response


def _refused(request):
    """Why this try to sign in is not looked at; "" where it is. A browser that is known is not held up by others."""
    email = request.POST.get("username", "")
    if known_browsers.is_known(request, email):
        return ""
    if rate_limits.signed_in_too_often(client_addresses.household(request) or ""):
        return rate_limits.TOO_MANY_TRIES
    return rate_limits.TOO_MANY_GUESSES if known_browsers.is_besieged(email) else ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signin_by_link(request, uid, token):
    """A one-time link: a press on its page signs its person in. To look at it, as chats do, uses nothing up."""
    post = request.method == "POST"
    user = links.use(uid, token) if post else links.owner_of(uid, token)
    if user is None:
        messages.error(request, "This link is used up or too old. Make a new one with: manage.py signin-link")
        return redirect("accounts:signin")
    if not post:
        return TemplateResponse(request, "people/accounts/signin_by_link.html", {"person": user})
    return second_factor_views.enter(request, user, to=reverse("dashboard:projects"))


@login_required
def account(request):
    """Your profile, your password, and the browsers you are signed in with; each a form of its own."""
    sent = request.POST.get("form") if request.method == "POST" else ""
    # the page around the form shows the name there is, not the one being typed
    person = User.objects.get(pk=request.user.pk)
    profile = ProfileForm(
        request.POST if sent == "profile" else None,
        request.FILES if sent == "profile" else None,
        instance=person,
    )
    password = password_form(person, request.POST if sent == "password" else None)
    form = {"profile": profile, "password": password}.get(sent)
    if form and form.is_valid():
        messages.success(request, _kept(request, sent, form, person))
        response = redirect("accounts:account")
        if sent == "password":
            known_browsers.remember(request, response, person)
        return response
    context = {
        "profile": profile,
        "password_form": password,
        "devices": devices.of(request.user),
        "second_factor": second_factor.is_set_up(request.user),
        "codes_left": second_factor.codes_left(request.user),
        "this_session": request.session.session_key,
    }
    return TemplateResponse(
        request, "people/accounts/account.html", context, status=422 if request.method == "POST" else 200
    )


def _kept(request, sent, form, person):
    """Keep what was sent; returns what to say."""
    if sent == "profile":
        actions.keep_profile(
            form.save(commit=False),
            picture=form.cleaned_data["picture_file"],
            drop_picture=form.cleaned_data["drop_picture"],
        )
        return "Saved."
    form.save()
    before = request.session.session_key
    update_session_auth_hash(request, person)  # this browser stays signed in, others do not
    devices.moved(before, request)
    devices.end_others(person, but=request.session.session_key)
    audit.record(audit.Kind.PASSWORD_CHANGED, request=request, user=person)
    return "Your password is changed. Every other browser is signed out."


@login_required
@require_POST
def end_device(request, pk):
    """Sign one of your browsers out from here."""
    if not devices.end(request.user, pk):
        if Device.objects.filter(pk=pk).exists():
            audit.refused(request.user, f"end device {pk}")
        raise Http404
    audit.record(audit.Kind.SESSION_ENDED, request=request, user=request.user)
    messages.success(request, "That browser is signed out.")
    return redirect("accounts:account")


@login_required
@require_POST
def end_other_devices(request):
    """Sign out everywhere but here."""
    devices.end_others(request.user, but=request.session.session_key)
    audit.record(audit.Kind.SESSION_ENDED, request=request, user=request.user, detail="all others")
    messages.success(request, "Every other browser is signed out.")
    return redirect("accounts:account")
