"""A forgotten password: a link by e-mail, used once."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.urls import reverse_lazy

from studio.core import client_addresses, rate_limits
from studio.people.accounts import audit, devices, known_browsers, second_factor
from studio.people.accounts.forms import ForgottenForm


class Forgotten(auth_views.PasswordResetView):
    """Ask for a link. The answer is the same whether somebody has that address or not."""

    template_name = "people/accounts/forgotten.html"
    form_class = ForgottenForm
    success_url = reverse_lazy("accounts:signin")

    def post(self, request, *args, **kwargs):
        if settings.SENDS_MAIL:
            return super().post(request, *args, **kwargs)
        return self.get(request, *args, **kwargs)  # which says that nothing can be sent

    def form_valid(self, form):
        email = form.cleaned_data["email"]
        # for the one who is written to as much as for the one who asks
        asked = (f"to {email.lower()}", f"from {client_addresses.household(self.request)}")
        if any(rate_limits.mailed_too_often(who) for who in asked):
            form.add_error("email", rate_limits.TOO_MANY_MAILS)
            response = self.render_to_response(self.get_context_data(form=form))
            response.status_code = 429
            return response
        audit.record(audit.Kind.RESET_ASKED, request=self.request, email=email)
        messages.success(
            self.request, f"If somebody here has the address {email}, a link is on its way to it."
        )
        return super().form_valid(form)

    def form_invalid(self, form):
        response = super().form_invalid(form)
        response.status_code = 422
        return response


class SetNew(auth_views.PasswordResetConfirmView):
    """Set a new password by the link. Every browser that was signed in is signed out."""

    template_name = "people/accounts/set_new.html"
    success_url = reverse_lazy("accounts:signin")

    def form_valid(self, form):
        response = super().form_valid(form)
        devices.end_others(form.user)
        audit.record(audit.Kind.PASSWORD_CHANGED, request=self.request, user=form.user, detail="by a link")
        if not second_factor.is_set_up(form.user):  # a mailbox is one factor
            known_browsers.remember(self.request, response, form.user)  # however many guess at it now
        messages.success(self.request, "Your password is set. Sign in with it.")
        return response

    def form_invalid(self, form):
        response = super().form_invalid(form)
        response.status_code = 422
        return response
