"""Budgets, as a producer types them."""

from django import forms
from django.db.models import Q

from studio.people.accounts.models import User
from studio.planning.ledger.models import Budget, StudioBudget
from studio.planning.projects.forms import budget_field


class BudgetForm(forms.Form):
    """One hard line in USD; empty for none. `was` is the one it was raised from, where it is raised by a press."""

    budget = budget_field()
    was = budget_field()


class StudioBudgetForm(forms.Form):
    """What the studio may spend in a day, or in a month; an empty amount takes the line away."""

    period = forms.ChoiceField(choices=StudioBudget.Period.choices)
    amount = budget_field()


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
        # whoever left may still have a line, to be taken away
        left = project.budgets.filter(scope=Budget.Scope.DAY).exclude(person=None).values("person")
        people = User.objects.filter(Q(memberships__project=project) | Q(pk__in=left)).distinct()
        self.fields["person"] = forms.ModelChoiceField(
            people, to_field_name="code", required=False, empty_label="everybody"
        )
        self.project = project

    @property
    def about(self):
        """Which line was sent, as `pages.BudgetRow` calls it."""
        of_scene = self.data.get("scope") == Budget.Scope.SCENE
        return f"{self.data.get('scope')} {self.data.get('scene' if of_scene else 'person', '')}"

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
