"""Sign in by password or by a one-time link, sign out, keep one's own account."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.accounts import links
from studio.accounts.forms import NameForm, SigninForm, password_form
from studio.accounts.models import User


class Signin(auth_views.LoginView):
    """E-mail and password."""

    template_name = "accounts/signin.html"
    authentication_form = SigninForm
    redirect_authenticated_user = True

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
    return redirect("renders:projects")


@login_required
def account(request):
    """Your name and your password; each is a form of its own."""
    sent = request.POST.get("form") if request.method == "POST" else ""
    # the page around the form shows the name there is, not the one being typed
    person = User.objects.get(pk=request.user.pk)
    name = NameForm(request.POST if sent == "name" else None, instance=person)
    password = password_form(person, request.POST if sent == "password" else None)
    form = {"name": name, "password": password}.get(sent)
    if form and form.is_valid():
        form.save()
        if sent == "password":
            update_session_auth_hash(request, person)  # this browser stays signed in, others do not
        messages.success(request, "Your password is changed." if sent == "password" else "Saved.")
        return redirect("accounts:account")
    context = {"name_form": name, "password_form": password}
    return TemplateResponse(
        request, "accounts/account.html", context, status=422 if request.method == "POST" else 200
    )
