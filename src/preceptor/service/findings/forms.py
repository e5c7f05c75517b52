"""What is typed into a card, the worklist's filters and the managers' page, checked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from preceptor.service.findings.models import Kind
from preceptor.service.findings.reasons import DismissReason, SnoozeReason
from preceptor.service.findings.watches import SHORTEST_WHY

SNOOZES = {"7": "1 week", "14": "2 weeks", "28": "4 weeks", "91": "3 months", "182": "6 months"}


class AnswerForm(forms.Form):
    """One card's form: its button says what is done. Whether the entries fit together is `answering`'s to say."""

    use_required_attribute = False
    kind = forms.ChoiceField(choices=Kind.choices)
    dismiss_reason = forms.ChoiceField(choices=[("", "Choose a reason"), *DismissReason.choices], required=False)
    snooze_reason = forms.ChoiceField(choices=[("", "Choose a reason"), *SnoozeReason.choices], required=False)
    until = forms.ChoiceField(choices=[("", "Choose how long"), *SNOOZES.items()], required=False)
    note = forms.CharField(required=False, max_length=500)
    findings = forms.CharField(max_length=400)  # the ids of all that the card held when it was shown

    def __init__(self, *args: Any, card: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.card = card

    def clean_findings(self) -> list[int]:
        ids = self.cleaned_data["findings"].split(" ")
        if not all(each.isascii() and each.isdecimal() and len(each) < 16 for each in ids):
            raise forms.ValidationError("Open the page again, then answer.")
        return [int(each) for each in ids]

    @property
    def reason(self) -> str:
        """Of the two, the one that goes with what is done."""
        names = {Kind.DISMISS: "dismiss_reason", Kind.SNOOZE: "snooze_reason"}
        name = names.get(Kind(self.cleaned_data["kind"]))
        return str(self.cleaned_data[name]) if name else ""

    @property
    def day(self) -> date | None:
        days = self.cleaned_data["until"]
        return timezone.localdate() + timedelta(days=int(days)) if days else None


class PackForm(forms.Form):
    """Switching a pack on or off."""

    use_required_attribute = False
    on = forms.ChoiceField(choices=[("yes", "On"), ("no", "Off")])
    why = forms.CharField(
        min_length=SHORTEST_WHY,
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"required": "Say why", "min_length": f"Say why in at least {SHORTEST_WHY} characters"},
    )


class BudgetForm(forms.Form):
    """How many cards are put up front."""

    use_required_attribute = False
    per_patient = forms.IntegerField(min_value=1, max_value=20)
    per_session = forms.IntegerField(min_value=1, max_value=500)
