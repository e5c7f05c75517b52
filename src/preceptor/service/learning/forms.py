"""What is typed when a model is put in force, rolled back or withdrawn."""

from __future__ import annotations

from django import forms

from preceptor.service.learning.steps import SHORTEST_WHY

PROMOTE, ROLL_BACK, WITHDRAW = "promote", "rollback", "withdraw"


class StepForm(forms.Form):
    use_required_attribute = False
    # The models that the person read about: if others stand there by now, they have not judged them.
    in_force = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    challenger = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    step = forms.ChoiceField(
        choices=[(PROMOTE, ""), (ROLL_BACK, ""), (WITHDRAW, "")],
        error_messages={"required": "Choose what is to be done"},
    )
    why = forms.CharField(
        min_length=SHORTEST_WHY,
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"required": "Say why", "min_length": f"Say why in at least {SHORTEST_WHY} characters"},
    )
