"""Patients, the FHIR resources that their records came from, and the events read from these."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from preceptor.advice import EventKind, Precision
from preceptor.service.practices.models import OfPractice, Practice


class Patient(models.Model):
    """One patient of one practice. `key` is the FHIR key: "Patient/123"."""

    practice = models.ForeignKey(Practice, models.PROTECT, related_name="patients")
    key = models.CharField(max_length=200)
    family_name = models.CharField(max_length=200, blank=True)
    given_names = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=50, blank=True)
    born = models.DateField(null=True)
    sex = models.CharField(max_length=10, default="unknown")  # FHIR administrative gender
    nhs_number = models.CharField(max_length=10, null=True)  # noqa: DJ001 -- valid or absent; unique where present
    died = models.DateField(null=True)
    telephone = models.CharField(max_length=100, blank=True)
    address = models.CharField(max_length=500, blank=True)
    ethnicity = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=100, blank=True)
    problem = models.TextField(blank=True)  # what about these details could not be trusted

    objects = OfPractice.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "key"], name="one_patient_a_key"),
            models.UniqueConstraint(
                fields=["practice", "nhs_number"],
                condition=Q(nhs_number__isnull=False),
                name="one_patient_an_nhs_number",
            ),
        ]
        indexes = [models.Index(fields=["practice", "family_name", "given_names"])]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """As the banner shows it: FAMILY, Given (Title)."""
        name = ", ".join(part for part in (self.family_name.upper(), self.given_names) if part) or "Name not known"
        return f"{name} ({self.title})" if self.title else name


class Resource(models.Model):
    """One FHIR resource as last seen: what tells a newer version from an older or the same one."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    key = models.CharField(max_length=200)  # "Observation/123"
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="resources")
    version = models.CharField(max_length=64, blank=True)  # meta.versionId
    updated = models.DateTimeField(null=True)  # meta.lastUpdated
    digest = models.BinaryField(max_length=32)  # SHA-256 of its canonical JSON

    objects = OfPractice.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "key"], name="one_resource_a_key")]

    def __str__(self) -> str:
        return self.key


class Event(models.Model):
    """One dated entry in a record: the stored form of `advice.Event`."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="events")
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="events")
    key = models.CharField(max_length=210)  # "Observation/123", or "Observation/123#1" for a component
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in EventKind])
    concept = models.CharField(max_length=60, null=True)  # noqa: DJ001 -- absent when no code is one of ours
    when = models.DateTimeField(null=True)
    precision = models.CharField(max_length=5, default=Precision.TIME)
    end = models.DateTimeField(null=True)
    status = models.CharField(max_length=30, blank=True)
    text = models.TextField()
    codes = models.JSONField(default=list)  # [[system, code, display], ...] as sent
    value = models.FloatField(null=True)
    unit = models.CharField(max_length=40, null=True)  # noqa: DJ001
    value_sent = models.TextField(blank=True)
    unit_sent = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    problem = models.TextField(blank=True)
    void = models.BooleanField(default=False)  # entered in error: kept, never shown as true

    objects = OfPractice.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "key"], name="one_event_a_key")]
        indexes = [
            models.Index(fields=["patient", "kind", "when"]),
            models.Index(fields=["patient", "concept", "when"]),
        ]

    def __str__(self) -> str:
        return self.key
