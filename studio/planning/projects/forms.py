"""What a browser sends about projects and shot lists, turned into values a verb can take."""

from decimal import Decimal

from django import forms

from studio.core import money
from studio.integrations import catalogue
from studio.integrations.catalogue import render_settings
from studio.integrations.catalogue.render_settings import Number
from studio.planning.projects import codes
from studio.planning.projects.models import LONGEST_PROMPT, Project

_VIDEO = [model for model in catalogue.MODELS if not model.is_still]
_LABELS = list(dict.fromkeys(preset.label for model in catalogue.MODELS for preset in model.presets))


class DollarsField(forms.DecimalField):
    """An amount of USD; shown with no more digits than it has."""

    def prepare_value(self, value):
        return money.plain(value) if isinstance(value, Decimal) else value


def budget_field(**kwargs):
    return DollarsField(
        label="Budget, USD",
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=4,
        error_messages={"invalid": "Give an amount in dollars, like 120 or 0.50."},
        **kwargs,
    )


class PromptField(forms.CharField):
    """A prompt as the composer keeps one: with plain line ends, without zero bytes, blanks and all."""

    widget = forms.Textarea

    def __init__(self, **kwargs):
        super().__init__(required=False, strip=False, max_length=LONGEST_PROMPT, **kwargs)

    def to_python(self, value):
        return super().to_python((value or "").replace("\x00", "").replace("\r\n", "\n"))


class NewProjectForm(forms.Form):
    """A name is enough; a budget may be set now or later.

    Args:
        by_owner: the studio's owner begins it.
    """

    name = forms.CharField(max_length=120, error_messages={"required": "Give the project a name."})
    budget = budget_field()

    def __init__(self, *args, by_owner, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["budget"].help_text = (
            "Empty: no limit."
            if by_owner
            else "Empty: takes wait until there is one, or the studio's owner lets the project spend without."
        )


def setting_field(about):
    """The field of a project for a setting that its shots follow."""
    common = {"label": about.label, "help_text": about.help}
    if isinstance(about, Number):
        low, high = about.bounds(_VIDEO[0])
        return forms.IntegerField(min_value=low, max_value=high, **common)
    return forms.ChoiceField(choices=list(about.meanings.items()), **common)


# All but the format, of which a project keeps one for clips and one for stills.
_FINISH = {name: about for name, about in render_settings.FINISH.items() if name != "format"}


class ProjectForm(forms.ModelForm):
    """Name, budget and the defaults of new shots."""

    budget = budget_field()
    model = forms.ChoiceField(choices=[(m.key, f"{m.intent} · {m.name}") for m in catalogue.MODELS])
    aspect = forms.ChoiceField(label="Aspect of the film", choices=[(label, label) for label in _LABELS])
    seconds = forms.TypedChoiceField(
        choices=[(n, f"{n} s") for n in sorted({d for m in _VIDEO for d in m.durations})], coerce=int
    )
    takes = forms.IntegerField(label="Takes at once", min_value=1, max_value=max(m.max_takes for m in _VIDEO))
    video_format = forms.ChoiceField(choices=[(f, f) for f in _VIDEO[0].formats])
    still_format = forms.ChoiceField(
        choices=[(f, f) for m in catalogue.MODELS if m.is_still for f in m.formats]
    )
    in_flight = forms.IntegerField(
        label="Takes at the provider at once",
        required=False,
        min_value=1,
        max_value=999,
        help_text="The rest wait their turn. Empty: as many as the whole studio may send.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        without = "they wait for the studio's owner" if self.instance.unbudgeted_needs_owner else "no limit"
        self.fields["budget"].help_text = f"Takes that would pass it wait to be allowed. Empty: {without}."

    class Meta:
        model = Project
        fields = [
            "name",
            "budget",
            "model",
            "aspect",
            "seconds",
            "takes",
            "video_format",
            "still_format",
            *_FINISH,
            "in_flight",
        ]

        @staticmethod
        def formfield_callback(column, **kwargs):
            """The field of a column, as the setting it keeps wants it."""
            about = _FINISH.get(column.name)
            return setting_field(about) if about else column.formfield(**kwargs)


class ShotForm(forms.Form):
    """A line of the shot list."""

    code = forms.RegexField(
        codes.LEGAL,
        max_length=codes.LONGEST,
        required=False,
        error_messages={"invalid": codes.EXPLAINED},
    )
    title = forms.CharField(max_length=160, required=False)
    scene = forms.CharField(max_length=80, required=False)
    prompt = PromptField()


class LookForm(forms.Form):
    """How the whole film looks, in a sentence."""

    look = forms.CharField(
        label="Project look",
        required=False,
        max_length=500,
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": "35mm, soft dusk light, muted teal and amber"}
        ),
        help_text="Added behind every prompt and counted with it, unless a shot goes without.",
        error_messages={"max_length": "That is %(show_value)s characters long; %(limit_value)s is the most."},
    )

    def clean_look(self):
        """One line, without variables: those belong to a shot."""
        look = " ".join(self.cleaned_data["look"].split())
        if set("{|}") & set(look):
            raise forms.ValidationError("Braces and bars are for variables, which belong in a shot's prompt.")
        return look
