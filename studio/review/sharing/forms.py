"""What makes a share link, and what a guest says at its door."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from studio.review.dailies.models import ReviewList
from studio.review.sharing.models import ShareLink


class LinkForm(forms.ModelForm):
    review_list = forms.ModelChoiceField(
        label="What", queryset=ReviewList.objects.none(), required=False, empty_label="The cut"
    )
    password = forms.CharField(
        required=False,
        max_length=100,
        label="Password, if you want one",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = ShareLink
        fields = [
            "review_list",
            "label",
            "expires_on",
            "password",
            "may_note",
            "may_approve",
            "may_download",
        ]
        widgets = {"expires_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args, project, **kwargs):
        super().__init__(*args, **kwargs)
        lists = ReviewList.objects.filter(project=project).order_by("-pk")[:200]
        self.fields["review_list"].queryset = ReviewList.objects.filter(pk__in=[each.pk for each in lists])  # type: ignore[attr-defined]

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if day < timezone.localdate():
            raise forms.ValidationError("Choose today or a later day.")
        if day > timezone.localdate() + timedelta(days=366):
            raise forms.ValidationError("A link is good for a year at most.")
        return day


class DoorForm(forms.Form):
    name = forms.CharField(
        label="Your name", max_length=60, error_messages={"required": "Say who is looking."}
    )
    password = forms.CharField(
        required=False, max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args, link, **kwargs):
        super().__init__(*args, **kwargs)
        self.link = link
        if not link.password:
            del self.fields["password"]

    def clean_password(self):
        text = self.cleaned_data["password"]
        if not self.link.accepts(text):
            raise forms.ValidationError("That is not the password of this link.")
        return text
