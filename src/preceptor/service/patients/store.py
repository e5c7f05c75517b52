"""A stored record as the record that tools read."""

from __future__ import annotations

from typing import Any

from preceptor import advice
from preceptor.service.patients.models import Event, Patient

_AS_STORED = (
    "when", "text", "end", "status", "concept", "value", "unit", "value_sent", "unit_sent", "note", "problem"
)  # fmt: skip


def record_of(patient: Patient) -> advice.Record:
    """What is known of this patient; what was entered in error is left out. One query."""
    rows = Event.objects.filter(patient=patient, void=False).values("key", "kind", "precision", "codes", *_AS_STORED)
    return advice.Record(person_of(patient), tuple(_event(row) for row in rows))


def person_of(patient: Patient) -> advice.Patient:
    """Who the record is about."""
    return advice.Patient(
        id=patient.key,
        name=" ".join(filter(None, (patient.given_names, patient.family_name))),
        born=patient.born,
        sex=patient.sex,
        nhs_number=patient.nhs_number or "",
        died=patient.died,
    )


def _event(row: dict[str, Any]) -> advice.Event:
    return advice.Event(
        id=row["key"],
        kind=advice.EventKind(row["kind"]),
        precision=advice.Precision(row["precision"]),
        codes=tuple(advice.Code(*code) for code in row["codes"]),
        **{name: row[name] for name in _AS_STORED},
    )
