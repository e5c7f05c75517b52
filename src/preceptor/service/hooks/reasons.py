"""Why a card is dismissed, in the words that the client offers to the clinician."""

from __future__ import annotations

from django.db import models

SYSTEM = "urn:x-preceptor:override-reason"


class OverrideReason(models.TextChoices):
    DONE = "done", "It has been dealt with, or is booked"
    DONE_ELSEWHERE = "done_elsewhere", "It is done elsewhere, such as by the hospital"
    KNOWN = "known", "Known, and accepted for this patient"
    DECLINED = "declined", "The patient does not want it"
    NOT_RIGHT = "not_right", "The record it rests on is wrong or out of date"
    NOT_RELEVANT = "not_relevant", "It does not apply to this patient"
    NOT_NOW = "not_now", "Not today"
    OTHER = "other", "Another reason"


def codings() -> list[dict[str, str]]:
    """The reasons as FHIR Codings."""
    return [{"system": SYSTEM, "code": str(code), "display": str(words)} for code, words in OverrideReason.choices]
