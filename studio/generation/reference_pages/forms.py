"""What is typed about a reference, turned into values a verb can take."""

from django import forms

from studio.planning.references.models import Reference, check_name


class ReferenceForm(forms.Form):
    """Its name, kind, and whether every still gets it. `@Mira` is taken for `mira`."""

    name = forms.CharField(error_messages={"required": "Give it a name."})
    kind = forms.ChoiceField(choices=Reference.Kind.choices)
    in_look = forms.BooleanField(required=False)

    def clean_name(self):
        name = self.cleaned_data["name"].strip().removeprefix("@").lower()
        check_name(name)
        return name


class NewForm(ReferenceForm):
    """The same, with the place of what is wrong with a picture that was sent."""

    upload = forms.FileField(required=False, allow_empty_file=True)
