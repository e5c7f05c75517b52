"""What is typed into the pages around requests, checked."""

from __future__ import annotations

from calendar import month_abbr, month_name
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from preceptor.service.oversight.models import KnownBy, Outcome
from preceptor.service.requests.reasons import DifferenceReason
from preceptor.service.requests.receiving import LONGEST_TEXT
from preceptor.service.words import HANDLER_WORDS, URGENCY_WORDS

_OLDEST = 125  # years
_FEWEST_DIGITS = 9  # of a telephone number; words beside it, such as when to call, are welcome
LONGEST_WHAT = Outcome._meta.get_field("what").max_length or 0


class ViewForm(forms.Form):
    """A clinician's own view of a request."""

    use_required_attribute = False
    urgency = forms.ChoiceField(
        choices=list(URGENCY_WORDS.items()), error_messages={"required": "Choose how soon somebody should act"}
    )
    handler = forms.ChoiceField(
        choices=[("", "Choose"), *HANDLER_WORDS.items()], error_messages={"required": "Choose who should deal with it"}
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class DecisionForm(ViewForm):
    """The final decision. Whether a reason is needed is the domain's to say: see `deciding`."""

    reason = forms.ChoiceField(choices=[("", "Choose a reason"), *DifferenceReason.choices], required=False)
    note = forms.CharField(required=False, max_length=4000, widget=forms.Textarea)


class ReopenForm(forms.Form):
    why = forms.CharField(
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"required": "Say why you open it again"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class DayMonthYear(forms.MultiWidget):
    """Three boxes, as the NHS asks for a date that people know by heart."""

    def __init__(self) -> None:
        super().__init__({name: forms.TextInput() for name in ("day", "month", "year")})

    def decompress(self, value: date | None) -> list[int | None]:
        return [value.day, value.month, value.year] if value else [None, None, None]


_MONTHS = {name.lower(): number for names in (month_name, month_abbr) for number, name in enumerate(names) if name}


class TypedDateField(forms.MultiValueField):
    """A date that is past, typed as people type it: 1 3 1962, 01 March 1962."""

    widget = DayMonthYear
    title = "date"
    like = "15 3 2026"
    latest = "be today or in the past"

    def __init__(self) -> None:
        parts = tuple(forms.CharField(required=False, max_length=20) for _ in range(3))
        super().__init__(parts, required=True, require_all_fields=False)

    def clean(self, value: Any) -> date:
        day, month, year = ((part or "").strip() for part in value or ("", "", ""))
        if not (day or month or year):
            raise ValidationError(f"Enter the {self.title}")
        missing = [name for name, part in (("day", day), ("month", month), ("year", year)) if not part]
        if missing:
            raise ValidationError(f"The {self.title} must have a {' and a '.join(missing)}")
        try:
            typed = date(int(year), _MONTHS.get(month.lower()) or int(month), int(day))
        except ValueError:
            raise ValidationError(f"The {self.title} must be a real date, like {self.like}") from None
        if typed > timezone.localdate():
            raise ValidationError(f"The {self.title} must {self.latest}")
        return typed


class BirthDateField(TypedDateField):
    title = "date of birth"
    like = "15 3 1984"
    latest = "be in the past"

    def clean(self, value: Any) -> date:
        born = super().clean(value)
        if timezone.localdate().year - born.year > _OLDEST:
            raise ValidationError("Check the year of birth: it needs four numbers, like 1984")
        return born


class OutcomeForm(forms.Form):
    """What turned out to be right; `ways` are those in which this person may know it."""

    use_required_attribute = False
    right = forms.ChoiceField(
        choices=list(URGENCY_WORDS.items()), error_messages={"required": "Choose what would have been right"}
    )
    known_by = forms.ChoiceField(
        error_messages={
            "required": "Choose how that is known",
            "invalid_choice": "A senior review is for a clinician who took no part in the decision",
        }
    )
    what = forms.CharField(
        max_length=LONGEST_WHAT,
        error_messages={
            "required": "Say in a line what happened, or what the review found",
            "max_length": f"Say it in {LONGEST_WHAT} letters or fewer",
        },
    )
    known_on = TypedDateField()
    seen = forms.IntegerField(widget=forms.HiddenInput)  # the outcome that this one corrects, 0 where there was none

    def __init__(self, *args: Any, ways: Iterable[KnownBy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["known_by"].choices = [(way.value, way.label) for way in ways]  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """What a patient, or somebody for them, asks of the practice."""

    use_required_attribute = False
    ME, SOMEBODY_ELSE = "me", "somebody_else"

    for_whom = forms.ChoiceField(
        choices=[(ME, "Me"), (SOMEBODY_ELSE, "Somebody else")],
        error_messages={"required": "Choose who needs help"},
    )
    writer = forms.CharField(required=False, max_length=100)
    text = forms.CharField(
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea,
        error_messages={
            "required": "Tell us what is the matter",
            "max_length": f"This is too long for us to read. Use {LONGEST_TEXT:,} letters or fewer",
        },
    )
    name = forms.CharField(max_length=200, error_messages={"required": "Enter the name of the person who needs help"})
    born = BirthDateField()
    nhs_number = forms.CharField(required=False, max_length=20)
    telephone = forms.CharField(max_length=100, error_messages={"required": "Enter a phone number that we can call"})
    key = forms.UUIDField(widget=forms.HiddenInput)  # one form, one request, however often it is sent

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not text.strip():
            raise ValidationError("Tell us what is the matter")
        return text

    def clean_telephone(self) -> str:
        telephone: str = self.cleaned_data["telephone"]
        if sum(character.isdigit() for character in telephone) < _FEWEST_DIGITS:
            raise ValidationError("Enter a phone number that we can call, like 07700 900123")
        return telephone

    def clean_nhs_number(self) -> str:
        number: str = self.cleaned_data["nhs_number"]
        digits = number.replace(" ", "").replace("-", "")
        if digits and not (digits.isdigit() and len(digits) == 10):
            raise ValidationError("An NHS number has 10 numbers, like 999 123 4567. You can leave it out")
        return digits

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("for_whom") == self.SOMEBODY_ELSE and not cleaned.get("writer"):
            self.add_error("writer", "Tell us who you are to them, like mother or carer")
        return cleaned
