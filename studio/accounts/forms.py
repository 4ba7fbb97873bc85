"""Signing in, and one's own account."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm

from studio.accounts.models import User


class SigninForm(AuthenticationForm):
    """E-mail and password."""

    error_messages = {
        "invalid_login": "That e-mail and password do not belong together.",
        "inactive": "This account is closed.",
    }

    def clean_username(self):
        return self.cleaned_data["username"].strip().lower()


class NameForm(forms.ModelForm):
    """What others read beside your takes."""

    class Meta:
        model = User
        fields = ["name"]


def password_form(user, data=None):
    """Ask for the old password where there is one; a person who came by a link sets their first."""
    kind = PasswordChangeForm if user.has_usable_password() else SetPasswordForm
    return kind(user, data)
