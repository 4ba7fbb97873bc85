"""Signing in, one's own account, and a forgotten password."""

import re

from django import forms
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    PasswordResetForm,
    SetPasswordForm,
)
from django.contrib.auth.password_validation import validate_password

from studio.core import public_url
from studio.integrations.media import pictures
from studio.people.accounts import known_browsers
from studio.people.accounts.models import User
from studio.people.mail import outbox


class SigninForm(AuthenticationForm):
    """E-mail and password."""

    error_messages = {
        "invalid_login": "That e-mail and password do not belong together.",
        "inactive": "This account is closed.",
    }

    def clean_username(self):
        typed = self.cleaned_data["username"].strip().lower()
        if len(typed) > known_browsers.LONGEST:  # SQLite looks for nothing that long
            raise self.get_invalid_login_error()
        return typed


class ProfileForm(forms.ModelForm):
    """What others see beside your takes."""

    picture_file = forms.FileField(
        label="Picture",
        required=False,
        help_text="A square is cut from its middle. JPEG, PNG, WebP, AVIF or HEIC.",
    )
    drop_picture = forms.BooleanField(label="Show my initials instead of the picture", required=False)
    colour = forms.TypedChoiceField(
        label="Colour",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(number, f"Colour {number + 1}") for number in range(User.FACE_COLOURS)],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = User
        fields = ["name", "initials_chosen", "colour"]

    def clean_initials_chosen(self):
        typed = self.cleaned_data["initials_chosen"].strip()
        if typed and not re.fullmatch(r"\w{1,3}", typed):
            raise forms.ValidationError("One to three letters or digits.")
        return typed.upper()

    def clean_picture_file(self):
        upload = self.cleaned_data["picture_file"]
        if not upload:
            return None
        try:
            return pictures.read(upload)
        except pictures.Unreadable as exc:
            raise forms.ValidationError(str(exc)) from exc


def password_form(user, data=None):
    """Ask for the old password where there is one; a person who came by a link sets their first."""
    kind = PasswordChangeForm if user.has_usable_password() else SetPasswordForm
    return kind(user, data)


class ForgottenForm(PasswordResetForm):
    """Send a link to whoever has this address. It never says whether somebody has."""

    def get_users(self, email):
        # those who came by a link have no password yet, and may set their first this way
        return User.objects.filter(email__iexact=email, is_active=True)

    def send_mail(
        self,
        subject_template_name,
        email_template_name,
        context,
        from_email,
        to_email,
        html_email_template_name=None,
    ):
        link = public_url.absolute(f"/reset/{context['uid']}/{context['token']}/")
        outbox.write(
            to=to_email,
            subject="A new password for Rushes",
            body=f"Somebody, you we hope, asked for a new password. Set it here:\n\n{link}\n\n"
            "The link works once, for three days. If it was not you, nothing has changed.",
        )


class NewPersonForm(forms.Form):
    """Who you are, when you come by an invitation."""

    name = forms.CharField(max_length=120, error_messages={"required": "Tell the others your name."})
    email = forms.EmailField(label="E-mail", max_length=254)
    password = forms.CharField(widget=forms.PasswordInput, strip=False, max_length=4096)

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError("Somebody here has this address. Is it you? Then sign in first.")
        return email

    def clean_password(self):
        password = self.cleaned_data["password"]
        validate_password(password, User(email=self.data.get("email", ""), name=self.data.get("name", "")))
        return password
