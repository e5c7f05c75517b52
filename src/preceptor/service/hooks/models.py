"""What is kept of the cards that were given, and of what clinicians did with them: nothing of any patient."""

from __future__ import annotations

import uuid

from django.db import models

from preceptor.service.findings.models import Kind
from preceptor.service.findings.reasons import NOT_NOW
from preceptor.service.practices.models import OfPractice, Practice


class HookCard(models.Model):
    """A card that was given. Whom it was about is not kept: the client knows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    practice = models.ForeignKey(Practice, models.PROTECT, null=True)  # the client's, where hooks.json names one
    issuer = models.CharField(max_length=300)  # of the client that asked
    service = models.CharField(max_length=50)
    watch = models.CharField(max_length=100)  # that leads the card
    also = models.JSONField(default=list)  # other watches of the same evidence
    about = models.CharField(max_length=64, default="")  # keyed digest of patient and evidence: see `heeding`
    clinician = models.CharField(max_length=64, default="")  # keyed digest of whom it was given to
    priority = models.CharField(max_length=10)
    suggestions = models.JSONField(default=list)  # their uuids
    given = models.DateTimeField()

    objects = OfPractice.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["watch", "given"]),
            models.Index(fields=["about"]),
            models.Index(fields=["clinician", "given"]),
        ]

    def __str__(self) -> str:
        return f"{self.watch} {self.pk}"

    @property
    def watches(self) -> list[str]:
        return [self.watch, *self.also]


class HookFeedback(models.Model):
    """What a clinician did with a card. A client may send the same twice: it is kept once."""

    card = models.ForeignKey(HookCard, models.PROTECT, related_name="feedback")
    digest = models.CharField(max_length=64)  # SHA-256 of what was sent of this card
    outcome = models.CharField(max_length=10)  # accepted, overridden
    accepted = models.JSONField(default=list)  # uuids of suggestions
    reason = models.CharField(max_length=100, blank=True)  # a code: one of ours, or the client's own
    reason_system = models.CharField(max_length=200, blank=True)
    comment = models.TextField(blank=True)
    at = models.DateTimeField()  # when the clinician acted, as the client tells it
    received = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["card", "digest"], name="feedback_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.card_id}"

    @property
    def fate(self) -> str:
        """What it amounts to in the words of the pages. Who dismisses without a reason has put it off."""
        if self.outcome == "accepted":
            return Kind.ACT
        return Kind.SNOOZE if self.reason in ("", NOT_NOW[0]) else Kind.DISMISS


class SpentToken(models.Model):
    """A token that was used, by the digest of its issuer and `jti`, until it would have expired anyway."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest
