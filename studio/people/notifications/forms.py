"""Which notices a person wants."""

from django import forms

from studio.people.notifications.models import Notice, Switches


class SwitchesForm(forms.ModelForm):
    class Meta:
        model = Switches
        fields = [*(str(kind) for kind in Notice.Kind), "by_mail", "in_browser"]
