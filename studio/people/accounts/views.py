"""Sign in by password or by a one-time link, sign out, keep one's own account."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from studio.core import rate_limits
from studio.people.accounts import actions, addresses, audit, devices, links
from studio.people.accounts.forms import ProfileForm, SigninForm, password_form
from studio.people.accounts.models import Device, User


class Signin(auth_views.LoginView):
    """E-mail and password."""

    template_name = "people/accounts/signin.html"
    authentication_form = SigninForm
    redirect_authenticated_user = True

    def post(self, request, *args, **kwargs):
        if rate_limits.signed_in_too_often(addresses.household(request) or ""):
            form = SigninForm(request, initial={"username": request.POST.get("username", "")})
            context = self.get_context_data(form=form, refused=rate_limits.TOO_MANY_TRIES)
            return self.render_to_response(context, status=429)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form):
        response = super().form_invalid(form)
        response.status_code = 422
        return response


@never_cache
@require_safe
def signin_by_link(request, uid, token):
    """A one-time link: it signs its person in. HEAD, which previews send, does not use it up."""
    if request.method == "HEAD":
        return redirect("accounts:signin")
    user = links.use(request, uid, token)
    if user is None:
        messages.error(request, "This link is used up or too old. Make a new one with: manage.py signin-link")
        return redirect("accounts:signin")
    return redirect("dashboard:projects")


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
        return redirect("accounts:account")
    context = {
        "profile": profile,
        "password_form": password,
        "devices": devices.of(request.user),
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
