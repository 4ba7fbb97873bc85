"""Budgets, as a producer types them."""

from django import forms

from studio.accounts.models import User
from studio.costs.models import Budget
from studio.projects.forms import budget_field


class BudgetForm(forms.Form):
    """One hard line in USD; empty for none."""

    budget = budget_field()


class LineForm(forms.Form):
    """A budget of a scene, or of a person's day; an empty amount takes it away.

    Args:
        project: whose scenes and people can be chosen.
    """

    scope = forms.ChoiceField(choices=Budget.Scope.choices)
    scene = forms.CharField(required=False, max_length=80)
    amount = budget_field()

    def __init__(self, data=None, *, project):
        super().__init__(data)
        self.fields["amount"].label = "Amount, USD"
        people = User.objects.filter(memberships__project=project)
        self.fields["person"] = forms.ModelChoiceField(
            people, to_field_name="code", required=False, empty_label="everybody"
        )
        self.project = project

    def clean(self):
        cleaned = super().clean() or {}
        scene = cleaned.get("scene", "")
        if cleaned.get("scope") == Budget.Scope.SCENE:
            known = (
                self.project.shots.filter(scene=scene).exists()
                or self.project.budgets.filter(scene=scene).exists()
            )
            if not scene:
                self.add_error("scene", "Choose a scene.")
            elif not known:
                self.add_error("scene", f"There is no scene {scene}.")
        return cleaned
