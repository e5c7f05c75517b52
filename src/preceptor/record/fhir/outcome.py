"""What becomes of a resource: kept, not kept because of its type, or refused and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from preceptor.advice import Event, Patient
from preceptor.record.fhir.references import Subject

# Kept with their status, and never shown as true.
VOID = frozenset({"entered-in-error"})


@dataclass(frozen=True, slots=True)
class Version:
    """`meta.versionId` and `meta.lastUpdated`; either may be missing."""

    id: str = ""
    updated: datetime | None = None

    def older_than(self, held: Version) -> bool:
        """True when this is surely older than what is held. Where nothing tells, what arrives later is newer."""
        if self.updated and held.updated and self.updated != held.updated:
            return self.updated < held.updated
        if self.id.isdecimal() and held.id.isdecimal():
            return int(self.id) < int(held.id)
        return False


@dataclass(frozen=True, slots=True)
class Person:
    """A Patient resource: who the record is about, and what a banner and a letter need."""

    patient: Patient  # its nhs_number is valid, or empty
    family_name: str = ""
    given_names: str = ""
    title: str = ""
    telephone: str = ""
    address: str = ""
    ethnicity: str = ""
    language: str = ""  # preferred; says so when an interpreter is needed


@dataclass(frozen=True, slots=True)
class Kept:
    """A resource that is read: a person, or events about one.

    `problems` are what could not be trusted: the resource is kept, and they are reported. `waits_for` names a
    Medication that was not yet known: once it is, the resource is read again.
    """

    kind: str
    key: str  # "Observation/123"
    version: Version
    digest: bytes
    problems: tuple[str, ...] = ()
    person: Person | None = None
    subjects: tuple[Subject, ...] = ()
    events: tuple[Event, ...] = ()
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class NotKept:
    """A resource of a type that has no place in a record here, such as a Claim."""

    kind: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A resource that cannot be read, and why."""

    kind: str  # "" when it does not tell
    key: str
    why: str


Outcome = Kept | NotKept | Refused
