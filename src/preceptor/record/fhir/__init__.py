"""FHIR R4 in: files to resources, and a resource to a person or to the dated events of a record.

`understand` tells what the resources of files say, on all cores where there are many. Of its parts `read` streams the
resources of files and `entries` those of a bundle in hand, `interpret` tells what one says, and
`record_from` and `record_of` give one patient's record. Nothing here raises on what was sent: it is kept, not kept
because of its type, or refused and why.
"""

from preceptor.record.fhir.interpret import KEPT_TYPES, checked_against_birth, interpret, with_problem
from preceptor.record.fhir.one_record import medication_keys, record_from, record_of
from preceptor.record.fhir.outcome import VOID, Kept, NotKept, Outcome, Person, Refused, Version
from preceptor.record.fhir.reading import Entry, Problem, entries, files_of, read
from preceptor.record.fhir.references import Subject
from preceptor.record.fhir.understanding import understand

__all__ = [
    "KEPT_TYPES",
    "VOID",
    "Entry",
    "Kept",
    "NotKept",
    "Outcome",
    "Person",
    "Problem",
    "Refused",
    "Subject",
    "Version",
    "checked_against_birth",
    "entries",
    "files_of",
    "interpret",
    "medication_keys",
    "read",
    "record_from",
    "record_of",
    "understand",
    "with_problem",
]
