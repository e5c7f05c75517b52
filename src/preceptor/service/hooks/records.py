"""The record that a call brings: its prefetch read by our own FHIR reader, and the draft orders taken as started."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from preceptor.advice import Record
from preceptor.record.fhir import Entry, Problem, entries, record_of
from preceptor.service.hooks.asked import Asked
from preceptor.service.hooks.refusing import Refusal


@dataclass(frozen=True)
class Brought:
    """`left_out` is how many entries could not be read, or were about somebody else."""

    record: Record
    left_out: int
    has_died: bool


def brought(call: Asked, now: datetime) -> Brought:
    """The record. Raises Refusal where the prefetch is not of the one patient whom the call is about."""
    patient = call.prefetch["patient"]
    assert patient is not None  # noqa: S101 -- `asked` has made sure
    if patient.get("id") != call.patient:
        raise Refusal(400, "prefetch.patient is not the patient of context.patientId.")
    try:
        record, problems = record_of(_entries(call, now), "prefetch", now)
    except ValueError:
        raise Refusal(400, "prefetch does not hold exactly one Patient that can be read.") from None
    # What is read with a doubt stays in the record; what is not in it was left out.
    kept = {event.id.partition("#")[0] for event in record.events}
    left_out = sum(problem.resource not in kept and problem.resource != record.patient.id for problem in problems)
    died = patient.get("deceasedBoolean") is True or record.patient.died is not None
    return Brought(record, left_out, died)


def _entries(call: Asked, now: datetime) -> Iterator[Entry | Problem]:
    for key, resource in call.prefetch.items():
        if resource is not None and not _is_empty(resource):
            yield from entries(key, 1, resource)
    for place, draft in enumerate(call.drafts, start=1):
        yield Entry("draftOrders", place, _as_started(draft, now) if _is_medicine(draft) else draft)


def _is_empty(resource: Mapping[str, Any]) -> bool:
    return resource["resourceType"] == "Bundle" and not resource.get("entry")


def _is_medicine(draft: Mapping[str, Any]) -> bool:
    return draft["resourceType"] == "MedicationRequest"


def _as_started(draft: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """The order as if it had been signed at this moment."""
    return {**draft, "status": "active", "intent": "order", "authoredOn": now.isoformat()}
