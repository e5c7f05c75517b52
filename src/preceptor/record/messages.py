"""Who wrote a message of the record: what came from the patient, or from somebody for them, carries a code for it."""

from __future__ import annotations

from preceptor.advice import Code, Event, EventKind

# HL7 v3's code for the patient's role; the import adds it where a Communication's sender says so.
FROM_PATIENT = Code("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "PAT", "patient")


def is_from_patient(event: Event) -> bool:
    """True for a message that the patient sent. Where the sender is not told, it is not taken for the patient's."""
    meant = (FROM_PATIENT.system, FROM_PATIENT.code)
    return event.kind is EventKind.MESSAGE and any((code.system, code.code) == meant for code in event.codes)
