"""Which notices a person wants."""

from django import forms

from studio.notices.models import Switches


class SwitchesForm(forms.ModelForm):
    class Meta:
        model = Switches
        fields = ["ready", "failed", "waiting", "invited", "by_mail", "in_browser"]
