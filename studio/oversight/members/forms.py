"""Inviting, and choosing roles."""

from django import forms

from studio.planning.projects.rights import IN_WORDS, Role

_ROLES = [(role.value, f"{role.label}: {IN_WORDS[role]}") for role in Role]


class InvitationForm(forms.Form):
    """A role, and an address if it is to be mailed too."""

    role = forms.ChoiceField(choices=_ROLES, initial=Role.ARTIST)
    email = forms.EmailField(label="E-mail", required=False, max_length=254)
    days = forms.TypedChoiceField(
        label="Good for",
        coerce=int,
        initial=14,
        choices=[(1, "a day"), (7, "a week"), (14, "two weeks"), (30, "30 days")],
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)
