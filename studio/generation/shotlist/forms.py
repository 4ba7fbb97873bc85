"""Bulk changes and shot lists, turned into values a verb can take."""

from django import forms

from studio.generation.shotlist import shotlist
from studio.integrations import catalogue
from studio.planning.projects.models import Shot

_LABELS = list(dict.fromkeys(preset.label for model in catalogue.MODELS for preset in model.presets))
_SECONDS = sorted({seconds for model in catalogue.MODELS for seconds in model.durations})


class ManyForm(forms.Form):
    """What to set on the chosen shots; what is left empty stays as it is."""

    scene = forms.CharField(required=False, max_length=Shot._meta.get_field("scene").max_length)
    no_scene = forms.BooleanField(required=False)
    model = forms.ChoiceField(
        required=False, choices=[("", "Model"), *((m.key, m.name) for m in catalogue.MODELS)]
    )
    aspect = forms.ChoiceField(
        required=False, choices=[("", "Aspect"), *((label, label) for label in _LABELS)]
    )
    seconds = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Seconds"), *((n, f"{n} s") for n in _SECONDS)],
    )
    takes = forms.IntegerField(
        required=False, min_value=1, max_value=max(model.max_takes for model in catalogue.MODELS)
    )

    def wished(self):
        """The fields that were filled in."""
        given = {name: self.cleaned_data[name] for name in ("scene", "model", "aspect", "seconds", "takes")}
        wished = {name: value for name, value in given.items() if value not in ("", None)}
        return wished | ({"scene": ""} if self.cleaned_data["no_scene"] else {})


class SheetForm(forms.Form):
    """A shot list, pasted or as a file."""

    text = forms.CharField(required=False, strip=False, max_length=2_000_000, widget=forms.Textarea)
    file = forms.FileField(required=False)

    def __init__(self, *args, project, **kwargs):
        super().__init__(*args, **kwargs)
        self._project = project

    def clean(self):
        upload, text = self.cleaned_data.get("file"), self.cleaned_data.get("text") or ""
        if not upload and not text.strip():
            raise forms.ValidationError("Choose a file, or paste the rows of your spreadsheet.")
        # one byte more than the reader takes, so that it can say so itself
        self.source = upload.read(5 * 1024 * 1024 + 1) if upload else text
        try:
            self.sheet = read(self.source, self._project)
        except shotlist.Unreadable as exc:
            raise forms.ValidationError(str(exc)) from exc
        return self.cleaned_data


def read(source, project):
    """A sheet, read beside the shots there are."""
    return shotlist.read(source, existing=list(project.shots.kept()), model=project.model)
