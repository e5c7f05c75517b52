"""Why a decision differs from the advice, in words that can later teach the tool something."""

from django.db import models


class DifferenceReason(models.TextChoices):
    ALREADY_BOOKED = "already_booked", "An appointment for this is already booked"
    STANDING_PLAN = "standing_plan", "There is a plan for this patient that covers it"
    LONG_STANDING = "long_standing", "A long-standing symptom that has not changed"
    WRONG_ABOUT_SYMPTOM = "wrong_about_symptom", "The advice misread what the patient says"
    SOMETHING_MISSED = "something_missed", "The advice missed something that matters"
    KNOW_THIS_PATIENT = "know_this_patient", "I know this patient"
    OTHER = "other", "Another reason (say which below)"


# As they are told of a decision that was taken, where nothing is below any more.
REASON_WORDS: dict[str, str] = dict(DifferenceReason.choices) | {DifferenceReason.OTHER.value: "Another reason"}
