"""Why a finding is dismissed, or can wait: one list for the pages and for the systems that show our cards."""

from __future__ import annotations

from django.db import models


class DismissReason(models.TextChoices):
    DONE = "done", "It has been dealt with, or is booked"
    DONE_ELSEWHERE = "done_elsewhere", "It is done elsewhere, such as by the hospital"
    KNOWN = "known", "Known, and accepted for this patient"
    DECLINED = "declined", "The patient does not want it"
    NOT_RIGHT = "not_right", "The record it rests on is wrong or out of date"
    NOT_RELEVANT = "not_relevant", "It does not apply to this patient"
    OTHER = "other", "Another reason"


class SnoozeReason(models.TextChoices):
    BOOKED = "booked", "A test or appointment is booked"
    RESULT_AWAITED = "result_awaited", "A result or letter is awaited"
    ASKED = "asked", "The patient has been asked to come"
    NEXT_REVIEW = "next_review", "It can wait for the next review"
    OTHER = "other", "Another reason"


# A card in another system can be dismissed, not snoozed. This reason stands for a snooze until tomorrow.
NOT_NOW = ("not_now", "Not today")
EVERYWHERE_ELSE = [*DismissReason.choices[:-1], NOT_NOW, DismissReason.choices[-1]]
