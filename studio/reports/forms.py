"""The budget, as a producer types it."""

from django import forms

from studio.projects.forms import budget_field


class BudgetForm(forms.Form):
    """One hard line in USD; empty for none."""

    budget = budget_field()
