"""Sign in by password or by a one-time link, sign out."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.accounts import links
from studio.accounts.forms import SigninForm


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
