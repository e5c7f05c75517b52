"""What is typed into the pages of oversight, checked."""

from __future__ import annotations

from django import forms

from preceptor.advice import Standing
from preceptor.service.oversight.hazards import hazard_log
from preceptor.service.oversight.models import Severity
from preceptor.service.oversight.standing import SHORTEST_WHY
from preceptor.service.oversight.terms import NUMBERS
from preceptor.service.oversight.words import STANDING_WORDS, TERMS_WORDS
from preceptor.service.words import URGENCY_WORDS

CANNOT_TELL = "cannot_tell"


def _why() -> forms.CharField:
    return forms.CharField(
        min_length=SHORTEST_WHY,
        max_length=2000,
        widget=forms.Textarea,
        error_messages={
            "required": "Say why",
            "min_length": f"Say why in at least {SHORTEST_WHY} characters",
        },
    )


class StandingForm(forms.Form):
    # The version that the person read about: if another is installed by now, they have not judged it.
    version = forms.CharField(max_length=50, widget=forms.HiddenInput)
    standing = forms.ChoiceField(
        choices=[(standing.value, STANDING_WORDS[standing]) for standing in Standing],
        error_messages={"required": "Choose what the tool is trusted with"},
    )
    why = _why()


class TermsForm(forms.Form):
    """Every number is typed in per cent."""

    why = _why()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name in NUMBERS:
            most = 20 if name == "under_triage_limit" else 100 if name in ("audit", "follow_up") else 99
            said = f"{TERMS_WORDS[name][0].removesuffix(', %')}: enter a number above 0, up to {most}"
            self.fields[name] = forms.FloatField(
                min_value=0.01, max_value=most, widget=forms.TextInput,
                error_messages={"required": said, "invalid": said, "min_value": said, "max_value": said},
            )  # fmt: skip

    @property
    def numbers(self) -> dict[str, float]:
        return {name: self.cleaned_data[name] / 100 for name in NUMBERS}


class AuditForm(forms.Form):
    use_required_attribute = False
    urgency = forms.ChoiceField(
        choices=[*URGENCY_WORDS.items(), (CANNOT_TELL, "It cannot be told")],
        error_messages={"required": "Choose what would have been right"},
    )
    note = forms.CharField(required=False, max_length=4000, widget=forms.Textarea)


class IncidentForm(forms.Form):
    use_required_attribute = False
    title = forms.CharField(max_length=200, error_messages={"required": "Say in a few words what went wrong"})
    what = forms.CharField(max_length=8000, widget=forms.Textarea, error_messages={"required": "Say what happened"})
    harmed = forms.ChoiceField(
        choices=[("no", "No"), ("yes", "Yes")], error_messages={"required": "Say whether somebody was harmed"}
    )
    severity = forms.ChoiceField(
        choices=Severity.choices, error_messages={"required": "Choose how bad it was, or could have been"}
    )
    tool = forms.ChoiceField(required=False)
    hazard = forms.ChoiceField(required=False)

    def __init__(self, *args: object, tools: dict[str, str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["tool"].choices = [("", "No tool"), *tools.items()]  # type: ignore[attr-defined]
        hazards = [(each.id, f"{each.id} {each.hazard}") for each in hazard_log().hazards]
        self.fields["hazard"].choices = [("", "None of the log, or not known"), *hazards]  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    text = forms.CharField(
        max_length=8000, widget=forms.Textarea, error_messages={"required": "Say what was found or done"}
    )
    state = forms.ChoiceField(choices=[("open", "It stays open"), ("closed", "It is closed")])
