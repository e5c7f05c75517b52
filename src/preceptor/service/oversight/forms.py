"""The form for a change of standing."""

from __future__ import annotations

from django import forms

from preceptor.advice import Standing
from preceptor.service.oversight.standing import SHORTEST_WHY
from preceptor.service.oversight.words import STANDING_WORDS


class StandingForm(forms.Form):
    # The version that the person read about: if another is installed by now, they have not judged it.
    version = forms.CharField(max_length=50, widget=forms.HiddenInput)
    standing = forms.ChoiceField(
        choices=[(standing.value, STANDING_WORDS[standing]) for standing in Standing],
        error_messages={"required": "Choose what the tool is trusted with"},
    )
    why = forms.CharField(
        min_length=SHORTEST_WHY,
        max_length=2000,
        widget=forms.Textarea,
        error_messages={
            "required": "Say why",
            "min_length": f"Say why in at least {SHORTEST_WHY} characters",
        },
    )
