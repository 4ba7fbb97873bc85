"""Signing in."""

from django.contrib.auth.forms import AuthenticationForm


class SigninForm(AuthenticationForm):
    """E-mail and password."""

    error_messages = {
        "invalid_login": "That e-mail and password do not belong together.",
        "inactive": "This account is closed.",
    }

    def clean_username(self):
        return self.cleaned_data["username"].strip().lower()
