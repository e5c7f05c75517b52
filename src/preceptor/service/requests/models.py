"""A request and everything that is said and done about it. Only a request's state and version ever change;
first views, decisions, reopenings and assessments are added, never edited."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from preceptor.advice import Handler, Urgency
from preceptor.service.practices.models import OfPractice, Practice

URGENCY_CHOICES = [(urgency, urgency) for urgency in Urgency]
HANDLER_CHOICES = [(handler, handler) for handler in Handler]


class State(models.TextChoices):
    WAITING = "waiting", "Waiting"
    IN_REVIEW = "in_review", "In review"  # somebody has given a first view
    DECIDED = "decided", "Decided"


class Checked(models.TextChoices):
    """How far a check of a request has come."""

    PENDING = "pending", "Not yet checked"
    DONE = "done", "Checked"
    FAILED = "failed", "Could not be checked"


class Request(models.Model):
    """A patient's request, as it came. What the patient typed of themselves is kept as typed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="requests")
    patient = models.ForeignKey("patients.Patient", models.PROTECT, null=True, related_name="requests")
    received = models.DateTimeField()
    text = models.TextField()
    name_typed = models.CharField(max_length=200, blank=True)
    born_typed = models.DateField(null=True)
    nhs_number_typed = models.CharField(max_length=20, blank=True)
    telephone = models.CharField(max_length=100, blank=True)
    writer = models.CharField(max_length=100, blank=True)  # who wrote, when not the patient: "daughter"
    source = models.CharField(max_length=20)  # page, api, demo
    idempotency_key = models.CharField(max_length=200, null=True)  # noqa: DJ001 -- unique where present
    body_digest = models.CharField(max_length=64, blank=True)  # of what came under that key

    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    round = models.PositiveIntegerField(default=1)  # 2 after the first reopening, and so on
    version = models.PositiveIntegerField(default=1)  # counts decisions and reopenings
    red_flags_checked = models.CharField(max_length=7, choices=Checked.choices, default=Checked.PENDING)
    red_flags = models.JSONField(default=list)  # the red flags found on arrival, as in the triage contract
    floor = models.CharField(max_length=10, blank=True, choices=URGENCY_CHOICES)  # the most urgent that they set
    assessed = models.CharField(max_length=7, choices=Checked.choices, default=Checked.PENDING)

    objects = OfPractice.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="one_request_an_idempotency_key",
            )
        ]
        indexes = [
            models.Index(fields=["practice", "state", "received"]),
            models.Index(fields=["assessed", "received"]),
            # For all of a practice's years: the newest first, and how many had a red flag.
            models.Index(fields=["practice", "-received", "id"], name="requests_newest_first"),
            models.Index(fields=["practice", "floor"], name="requests_flagged"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Assessment(models.Model):
    """One tool's answer about one request, or why it gave none."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="assessments")
    tool = models.CharField(max_length=100)
    version = models.CharField(max_length=50)
    standing = models.CharField(max_length=10)  # the tool's standing when it was asked
    advice = models.JSONField(null=True)  # as in the triage contract
    failure = models.TextField(blank=True)
    seconds = models.FloatField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.tool} {self.version} of {self.request_id}"

    @property
    def urgency(self) -> str | None:
        """What was advised, or None where the tool gave no advice."""
        return self.advice["urgency"] if self.advice else None


class FirstView(models.Model):
    """What a clinician thought before the advice was shown to them."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="first_views")
    round = models.PositiveIntegerField()
    clinician = models.ForeignKey("accounts.User", models.PROTECT)
    urgency = models.CharField(max_length=10, choices=URGENCY_CHOICES)
    handler = models.CharField(max_length=20, choices=HANDLER_CHOICES)
    opened = models.DateTimeField()  # when this clinician opened the request
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "round", "clinician"], name="one_first_view_each")]

    def __str__(self) -> str:
        return f"{self.urgency} by {self.clinician_id}"


class Decision(models.Model):
    """What was decided. `first_view` is None where the advice had been seen before this round: then the
    clinician's own view cannot be told from the tool's, and the measures of reliance leave it out."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="decisions")
    round = models.PositiveIntegerField()
    clinician = models.ForeignKey("accounts.User", models.PROTECT)
    first_view = models.ForeignKey(FirstView, models.PROTECT, null=True)
    assessment = models.ForeignKey(Assessment, models.PROTECT, null=True)  # the advice that was shown, if any
    urgency = models.CharField(max_length=10, choices=URGENCY_CHOICES)
    handler = models.CharField(max_length=20, choices=HANDLER_CHOICES)
    reason = models.CharField(max_length=30, blank=True)  # why it differs from the advice: see `reasons`
    note = models.TextField(blank=True)
    opened = models.DateTimeField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "round"], name="one_decision_a_round")]

    def __str__(self) -> str:
        return f"{self.urgency} by {self.clinician_id}"


class Reopening(models.Model):
    """A decided request was opened again: a new entry and a new round; the decision before stays as it was."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="reopenings")
    round = models.PositiveIntegerField()  # the round that it began
    clinician = models.ForeignKey("accounts.User", models.PROTECT)
    why = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "round"], name="one_reopening_a_round")]

    def __str__(self) -> str:
        return f"round {self.round} of {self.request_id}"


class Opening(models.Model):
    """Somebody has a request open: how two people are told of each other, and how long a decision took."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="openings")
    clinician = models.ForeignKey("accounts.User", models.CASCADE)
    round = models.PositiveIntegerField()
    first = models.DateTimeField()
    last = models.DateTimeField()
    advice_shown = models.DateTimeField(null=True)  # when advice was first shown to them in this round
    showing = models.ForeignKey(Assessment, models.PROTECT, null=True, related_name="+")  # what was shown last

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "round", "clinician"], name="one_opening_each")]

    def __str__(self) -> str:
        return f"{self.clinician_id} has {self.request_id} open"
