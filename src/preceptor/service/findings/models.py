"""Findings, and what was said to them.

A finding follows its record; answers, settings of packs and budgets are added, never edited.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone

from preceptor.advice import Priority
from preceptor.service.findings.reasons import DismissReason, SnoozeReason
from preceptor.service.practices.models import OfPractice, Practice

PRIORITY_WORDS: dict[str, str] = {Priority.TODAY: "Today", Priority.THIS_WEEK: "This week", Priority.ROUTINE: "Routine"}


class Kind(models.TextChoices):
    """What was done with a finding."""

    ACT = "act", "Acted on"
    DISMISS = "dismiss", "Dismissed"
    SNOOZE = "snooze", "Snoozed"
    SHOW_AGAIN = "show_again", "Shown again"


def waits_on(day: date) -> Q:
    """What still holds, and was not answered, was asked to be shown again, or was snoozed until this day."""
    again = Q(answer=None) | Q(answer__kind=Kind.SHOW_AGAIN) | Q(answer__kind=Kind.SNOOZE, answer__until__lte=day)
    return Q(ended=None) & again


def answered_on(day: date) -> Q:
    """What still holds, and is out of sight because of its answer."""
    done = Q(answer__kind__in=(Kind.ACT, Kind.DISMISS)) | Q(answer__kind=Kind.SNOOZE, answer__until__gt=day)
    return Q(ended=None) & done


class Finding(models.Model):
    """What one watch noticed in one record, for as long as it holds on the same evidence.

    New evidence ends it and begins another, so that an answer speaks of what was seen when it was given.
    """

    practice = models.ForeignKey(Practice, models.PROTECT)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="findings")
    watch = models.CharField(max_length=100)
    version = models.CharField(max_length=12)  # of the watch's definition: see `watches.version_of`
    title = models.CharField(max_length=200)
    priority = models.CharField(max_length=10, choices=[(priority, priority) for priority in Priority])
    since = models.DateField(null=True)  # the first day on which it would have been noticed
    evidence = models.JSONField(default=list)  # keys of events, as they were last confirmed
    marks = models.JSONField(default=list)  # digests of all entries that it ever rested on: what was there to be seen
    fingerprint = models.CharField(max_length=64)  # of the evidence: findings of one patient that share it are one card
    detail = models.JSONField(default=dict)  # criteria: met, not met, unknown
    ask = models.TextField()
    first_noticed = models.DateTimeField()
    last_confirmed = models.DateTimeField()
    ended = models.DateTimeField(null=True)  # when it no longer held, or new evidence took its place
    shown = models.DateTimeField(null=True)  # when a card of it was first put before a clinician
    owner = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")  # who has taken it on
    answer = models.ForeignKey("findings.Answer", models.PROTECT, null=True, related_name="+")  # the last: it holds

    objects = OfPractice.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "watch"], condition=Q(ended=None), name="one_finding_at_a_time_of_a_watch"
            )
        ]
        indexes = [
            models.Index(fields=["practice", "ended", "priority"]),
            models.Index(fields=["practice", "watch", "shown"]),
        ]

    def __str__(self) -> str:
        return f"{self.watch} of {self.patient_id}"

    @property
    def waits(self) -> bool:
        """It holds, and somebody should look at it."""
        return self.ended is None and not self.rests

    @property
    def rests(self) -> bool:
        """Its answer keeps it out of sight today."""
        if self.answer is None or self.answer.kind == Kind.SHOW_AGAIN:
            return False
        return self.answer.until is None or self.answer.until > timezone.localdate()


class Answer(models.Model):
    """What a clinician did with a finding, under their name."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="answers")
    clinician = models.ForeignKey("accounts.User", models.PROTECT)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=20, blank=True)  # a dismissal's or a snooze's
    note = models.CharField(max_length=500, blank=True)
    until = models.DateField(null=True)  # the day on which a snoozed finding is shown again
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.finding_id}"

    @property
    def reason_in_words(self) -> str:
        words = (SnoozeReason if self.kind == Kind.SNOOZE else DismissReason).choices
        return str(dict(words).get(self.reason, ""))


class Reading(models.Model):
    """The state of a record in which its findings were last worked out: while it is the same, nothing is new."""

    patient = models.OneToOneField("patients.Patient", models.CASCADE, primary_key=True, related_name="+")
    revision = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.patient_id} at {self.at}"


class PackSetting(models.Model):
    """A pack of watches was switched on or off. Rows are added, never changed: the last one of a pack holds."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    pack = models.CharField(max_length=30)
    on = models.BooleanField()
    why = models.TextField()
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True)  # None: the practice was made with it
    at = models.DateTimeField(auto_now_add=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        return f"{self.pack} {'on' if self.on else 'off'}"


class Budget(models.Model):
    """How many cards are put before a clinician. Rows are added, never changed: the last one holds."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    per_patient = models.PositiveSmallIntegerField()
    per_session = models.PositiveSmallIntegerField()
    signed_by = models.ForeignKey("accounts.User", models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        return f"{self.per_patient} a patient, {self.per_session} a session"


class Forecast(models.Model):
    """How often a watch would have fired, by replay of the past year over a sample of the practice's records."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    watch = models.CharField(max_length=100)
    version = models.CharField(max_length=12)
    patients = models.PositiveIntegerField()  # replayed
    of_patients = models.PositiveIntegerField()  # that the practice has
    weeks = models.PositiveSmallIntegerField()
    standing = models.PositiveIntegerField()  # patients for whom it held already on the first day
    fires = models.PositiveIntegerField()  # that came new in those weeks
    who = models.JSONField(default=list)  # primary keys of the patients for whom it holds on the last day
    as_of = models.DateField()  # the last day
    at = models.DateTimeField()

    objects = OfPractice.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "watch"], name="one_forecast_a_watch")]

    def __str__(self) -> str:
        return f"{self.watch}: {self.fires} in {self.patients}"
