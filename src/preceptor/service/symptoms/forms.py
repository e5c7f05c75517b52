"""What is typed on the symptoms page."""

from __future__ import annotations

from django import forms

from preceptor.tools.triage.symptoms import LONGEST

_PER_YEAR = {"years": 1, "months": 12, "weeks": 52.18}


class SymptomsForm(forms.Form):
    """The words, and who says them as far as that is known. Nothing of it is kept."""

    words = forms.CharField(
        max_length=LONGEST,
        strip=False,
        error_messages={
            "required": "Type what the patient says",
            "max_length": f"Give the {LONGEST:,} characters that matter most",
        },
    )
    age = forms.FloatField(
        required=False,
        min_value=0,
        error_messages={"invalid": "Give the age as a number", "min_value": "Check the age"},
    )
    age_in = forms.ChoiceField(required=False, choices=[(unit, unit) for unit in _PER_YEAR])
    sex = forms.ChoiceField(required=False, choices=[("", "Not given"), ("female", "Female"), ("male", "Male")])

    @property
    def age_in_years(self) -> float | None:
        age: float | None = self.cleaned_data["age"]
        return None if age is None else age / _PER_YEAR[self.cleaned_data["age_in"] or "years"]
