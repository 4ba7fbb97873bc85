"""What a browser sends about a take, turned into values a verb can take."""

from __future__ import annotations

import uuid

from django import forms

from studio.core import paging
from studio.people.accounts.models import User
from studio.planning.projects import access
from studio.planning.projects.forms import PromptField
from studio.planning.projects.models import Project
from studio.planning.projects.rights import Right
from studio.review.dailies import notes, reasons, strokes, subjects
from studio.review.dailies.models import Verdict
from studio.review.dailies.subjects import Problems

_FAR = 10**9  # beyond any clip; what it is compared with gives the sentence


class _SpanForm(forms.Form):
    """A frame, or a range, of a subject. Its errors are sentences about that subject."""

    code = forms.UUIDField(required=False)
    frame = forms.IntegerField(
        required=False,
        min_value=-_FAR,
        max_value=_FAR,
        error_messages={"invalid": "A frame is a whole number."},
    )
    last = forms.IntegerField(
        required=False,
        min_value=-_FAR,
        max_value=_FAR,
        error_messages={"invalid": "A frame is a whole number."},
    )

    def __init__(self, *args, subject, **kwargs):
        super().__init__(*args, **kwargs)
        self.subject = subject

    def clean_code(self):
        return self.cleaned_data["code"] or uuid.uuid4()

    def clean(self):
        data = super().clean() or {}
        if "frame" in data and "last" in data:
            try:
                data["span"] = subjects.check_span(self.subject, data["frame"], data["last"])
            except Problems as problems:
                self.take_problems(problems)
        return data

    def take_problems(self, problems: Problems):
        """Show each of these beside its field."""
        for field, sentence in problems.fields.items():
            self.add_error(field if field in self.fields else None, sentence)

    @property
    def sentences(self):
        """The first thing wrong with each field, as JSON wants it; "" is the form itself."""
        return {("" if name == "__all__" else name): errors[0] for name, errors in self.errors.items()}


class NoteForm(_SpanForm):
    text = forms.CharField(required=False, strip=False, widget=forms.Textarea)
    strokes = forms.CharField(required=False, strip=False)

    def clean_strokes(self):
        try:
            return strokes.read(self.cleaned_data["strokes"])
        except Problems as problems:
            raise forms.ValidationError(str(problems)) from problems

    def clean(self):
        data = super().clean() or {}
        if "text" in data and "strokes" in data:
            try:
                data["text"] = notes.check_text(data["text"], drawn=bool(data["strokes"]))
            except Problems as problems:
                self.take_problems(problems)
        return data


class VerdictForm(_SpanForm):
    value = forms.ChoiceField(
        choices=Verdict.Value.choices,
        error_messages={"required": "Decide first.", "invalid_choice": "Approve, retake or reject."},
    )
    reasons = forms.MultipleChoiceField(
        required=False, choices=[(reason.key, reason.label) for reason in reasons.REASONS]
    )
    text = forms.CharField(
        required=False,
        max_length=1000,
        error_messages={"max_length": "Say it in up to 1000 characters, or write a note."},
    )


class PeopleField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, user):
        return user.name or user.email

    def clean(self, value):
        """A key that no database holds is nobody's; Django would ask for it."""
        unknown = [each for each in value or () if paging.number(each) is None]
        if unknown:
            raise forms.ValidationError(self.error_messages["invalid_choice"], params={"value": unknown[0]})
        return super().clean(value)


class ListForm(forms.Form):
    name = forms.CharField(max_length=120, error_messages={"required": "Give the list a name."})
    due_at = forms.DateTimeField(
        label="Due",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "A day and a time, like 2026-05-04 18:00."},
    )
    people = PeopleField(
        label="Who is asked",
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Ask at least one person.", "invalid_choice": "Choose people from here."},
    )

    def __init__(self, *args, project: Project, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = access.people_with(project, Right.REVIEW).order_by("pk")  # type: ignore[attr-defined]


class RulesForm(forms.ModelForm):
    class Meta:
        model = Project
        fields = ["approval", "frames_first"]


class RetakeForm(_SpanForm):
    prompt = PromptField()
    model = forms.ChoiceField(error_messages={"invalid_choice": "Choose one of these models."})
    takes = forms.IntegerField(
        min_value=1,
        max_value=20,
        error_messages={"required": "How many takes?", "invalid": "How many takes?"},
    )
    keep_seed = forms.BooleanField(required=False)
    reasons = forms.MultipleChoiceField(
        required=False, choices=[(reason.key, reason.label) for reason in reasons.REASONS]
    )
    text = forms.CharField(required=False, max_length=5000, strip=False, widget=forms.Textarea)
    notes = forms.CharField(required=False, max_length=5000)
    press = forms.UUIDField(required=False)

    def __init__(self, *args, models, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["model"].choices = [(model.key, model.name) for model in models]  # type: ignore[attr-defined]

    def clean_notes(self):
        found = []
        for word in self.cleaned_data["notes"].split(","):
            try:
                found.append(str(uuid.UUID(word.strip())))
            except ValueError:
                continue
        return found[:50]
