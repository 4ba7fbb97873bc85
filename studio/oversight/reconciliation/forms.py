"""How somebody settles a difference."""

from django import forms


class SettleForm(forms.Form):
    """A reason always; a project for money that belongs to no take."""

    do = forms.ChoiceField(
        choices=[("adjust", "adjust"), ("leave", "leave")],
        error_messages={"required": "Press Adjust ours, or Leave it."},
    )
    ours = forms.DecimalField()  # the figures that were looked at
    theirs = forms.DecimalField()
    reason = forms.CharField(
        max_length=150, error_messages={"required": "Say why, for whoever reads the ledger."}
    )

    def __init__(self, data=None, *, projects):
        super().__init__(data)
        self.fields["project"] = forms.ModelChoiceField(projects, to_field_name="slug", required=False)
