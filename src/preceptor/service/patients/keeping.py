"""One batch of an import into the database, in one transaction: what is new, newer, the same, older or in conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Model

from preceptor import advice
from preceptor.record.fhir import Entry, Kept, Person, Subject, Version, checked_against_birth
from preceptor.service.patients.models import Event, Patient, Resource
from preceptor.service.patients.rows import among, insert_events, insert_resources
from preceptor.service.practices.models import Practice

_PATIENT_COLUMNS = (
    "family_name", "given_names", "title", "born", "sex", "nhs_number", "died", "telephone", "address", "ethnicity",
    "language", "problem",
)  # fmt: skip
_RESOURCE_COLUMNS = ("patient", "version", "updated", "digest")


class Fate(StrEnum):
    """What became of a resource that could be read."""

    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    OLDER = "older"
    REPORTED = "reported"
    WAITS = "waits"  # for its patient, who may come later


@dataclass(frozen=True, slots=True)
class Placed:
    """A resource, its fate, why it was reported (or ""), and what in it could not be trusted."""

    entry: Entry
    kept: Kept
    fate: Fate
    why: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Held:
    """A resource as the database holds it."""

    pk: int
    patient: int
    version: Version
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Known:
    """A patient as the database holds them."""

    pk: int
    key: str
    born: date | None
    family_name: str
    nhs_number: str


class Keeper:
    """Writes batches for one practice, and remembers which patients were refused in this run."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self._refused: set[str] = set()
        self._aliases: dict[str, str] = {}  # full URLs that do not tell the key of their patient

    def keep(self, batch: Sequence[tuple[Entry, Kept]]) -> list[Placed]:
        """Write a batch in which no key comes twice. The patients of a batch are placed before their events."""
        people = [(entry, kept, kept.person) for entry, kept in batch if kept.person]
        others = [(entry, kept) for entry, kept in batch if not kept.person]
        with transaction.atomic():
            # Two imports into one practice take turns; other writers, who only refer to the practice, go on.
            Practice.objects.select_for_update(no_key=True).get(pk=self._practice.pk)
            held = self._held([kept.key for _, kept in batch])
            return [*self._keep_people(people, held), *self._keep_events(others, held)]

    def _held(self, keys: list[str]) -> dict[str, _Held]:
        rows = Resource.objects.of(self._practice).filter(key__in=among(keys))
        columns = rows.values_list("key", "pk", "patient_id", "version", "updated", "digest")
        return {
            key: _Held(pk, patient, Version(version, updated), bytes(digest))
            for key, pk, patient, version, updated, digest in columns
        }

    # Patients

    def _keep_people(self, people: list[tuple[Entry, Kept, Person]], held: Mapping[str, _Held]) -> list[Placed]:
        if not people:
            return []
        numbers = [person.patient.nhs_number for _, _, person in people if person.patient.nhs_number]
        known = self._known([kept.key for _, kept, _ in people], numbers)
        by_key = {each.key: each for each in known}
        by_number = {each.nhs_number: each.key for each in known if each.nhs_number}
        placed = []
        rows: list[tuple[Patient, Resource]] = []
        for entry, kept, person in people:
            number = person.patient.nhs_number
            was, key = held.get(kept.key), by_key.get(kept.key)
            if why := _conflict(person, key, by_number.get(number) if number else None):
                self._refused.add(kept.key)
                placed.append(Placed(entry, kept, Fate.REPORTED, why))
                continue
            if entry.full_url and not entry.full_url.endswith((f":{kept.key[8:]}", f"/{kept.key}")):
                self._aliases[entry.full_url] = kept.key
            fate = _fate(kept, was)
            if fate in (Fate.ADDED, Fate.REPLACED):
                patient = Patient(pk=key.pk if key else None, **self._columns(kept, person))
                rows.append((patient, self._resource(kept, was)))
                if number:
                    by_number[number] = kept.key
            placed.append(Placed(entry, kept, fate, problems=() if fate is Fate.OLDER else kept.problems))
        _write([patient for patient, _ in rows], _PATIENT_COLUMNS)
        for patient, resource in rows:
            resource.patient_id = patient.pk
        _write([resource for _, resource in rows], _RESOURCE_COLUMNS)
        return placed

    def _known(self, keys: Iterable[str], numbers: Iterable[str]) -> list[_Known]:
        patients = Patient.objects.of(self._practice)
        columns = ("pk", "key", "born", "family_name", "nhs_number")
        rows = set(patients.filter(key__in=among(keys)).values_list(*columns))
        if numbers:
            rows |= set(patients.filter(nhs_number__in=among(numbers)).values_list(*columns))
        return [_Known(pk, key, born, family, number or "") for pk, key, born, family, number in rows]

    def _columns(self, kept: Kept, person: Person) -> dict[str, Any]:
        return {
            "practice": self._practice,
            "key": kept.key,
            "family_name": person.family_name,
            "given_names": person.given_names,
            "title": person.title,
            "born": person.patient.born,
            "sex": person.patient.sex,
            "nhs_number": person.patient.nhs_number or None,
            "died": person.patient.died,
            "telephone": person.telephone,
            "address": person.address,
            "ethnicity": person.ethnicity,
            "language": person.language,
            "problem": "; ".join(kept.problems),
        }

    def _resource(self, kept: Kept, was: _Held | None) -> Resource:
        return Resource(
            pk=was.pk if was else None,
            practice=self._practice,
            key=kept.key,
            version=kept.version.id,
            updated=kept.version.updated,
            digest=kept.digest,
        )

    # Events

    def _keep_events(self, batch: list[tuple[Entry, Kept]], held: Mapping[str, _Held]) -> list[Placed]:
        if not batch:
            return []
        patients = self._patients([subject for _, kept in batch for subject in kept.subjects])
        placed: list[Placed] = []
        rows: list[tuple[Kept, int, tuple[advice.Event, ...]]] = []
        for entry, kept in batch:
            found = {known.pk: known for subject in kept.subjects if (known := patients.get(self._name(subject)))}
            if len(found) != 1:
                placed.append(self._without_patient(entry, kept, len(found)))
                continue
            (patient,) = found.values()
            was = held.get(kept.key)
            fate = _fate(kept, was)
            if fate is Fate.REPLACED and was and (why := _not_to_replace(kept, was, patient)):
                placed.append(Placed(entry, kept, Fate.REPORTED, why))
                continue
            events = checked_against_birth(kept.events, patient.born)
            if fate in (Fate.ADDED, Fate.REPLACED):
                rows.append((kept, patient.pk, events))
            told = kept.problems
            if events is not kept.events:
                told = tuple(dict.fromkeys((*told, *_new_problems(kept.events, events))))
            placed.append(Placed(entry, kept, fate, problems=() if fate is Fate.OLDER else told))
        self._write_events(rows, held)
        return placed

    def _write_events(self, rows: list[tuple[Kept, int, tuple[advice.Event, ...]]], held: Mapping[str, _Held]) -> None:
        """The resources and events that are new, and those that are newer in the place of what was held."""
        newer = [(self._resource(kept, held[kept.key]), patient) for kept, patient, _ in rows if kept.key in held]
        for resource, patient in newer:
            resource.patient_id = patient
        _write([resource for resource, _ in newer], _RESOURCE_COLUMNS)
        Event.objects.filter(resource__in=[resource.pk for resource, _ in newer]).delete()
        fresh = ((kept, patient) for kept, patient, _ in rows if kept.key not in held)
        stored = insert_resources(self._practice, fresh) | {resource.key: resource.pk for resource, _ in newer}
        events = ((event, patient, stored[kept.key]) for kept, patient, events in rows for event in events)
        insert_events(self._practice, events)

    def _name(self, subject: Subject) -> str:
        """How a patient is looked up: by key, or by NHS number."""
        if subject.nhs_number:
            return subject.nhs_number
        return self._aliases.get(subject.key) or subject.key.replace("urn:uuid:", "Patient/")

    def _patients(self, subjects: list[Subject]) -> dict[str, _Known]:
        names = {self._name(subject) for subject in subjects}
        known = self._known(names, {subject.nhs_number for subject in subjects if subject.nhs_number})
        found = {each.nhs_number: each for each in known if each.nhs_number}
        found |= {each.key: each for each in known if each.key not in self._refused}
        return found

    def _without_patient(self, entry: Entry, kept: Kept, found: int) -> Placed:
        if found:
            return Placed(entry, kept, Fate.REPORTED, f"is about {found} patients")
        sent = kept.subjects[0].sent
        if any(self._name(subject) in self._refused for subject in kept.subjects):
            return Placed(entry, kept, Fate.REPORTED, f"is about {sent}, who was refused")
        return Placed(entry, kept, Fate.WAITS, f"is about {sent}, who is not known")


def _write(rows: Sequence[Model], columns: tuple[str, ...]) -> None:
    """Insert the rows that are new, and update these columns of the others."""
    if not rows:
        return
    table = type(rows[0])._default_manager
    if known := [row for row in rows if row.pk]:
        table.bulk_update(known, columns)
    table.bulk_create([row for row in rows if not row.pk])


def _fate(kept: Kept, held: _Held | None) -> Fate:
    if held is None:
        return Fate.ADDED
    if kept.digest == held.digest:
        return Fate.UNCHANGED
    return Fate.OLDER if kept.version.older_than(held.version) else Fate.REPLACED


def _conflict(person: Person, known: _Known | None, key_of_number: str | None) -> str:
    """Why this is not surely the same person as is held, in words; empty when nothing speaks against it."""
    number = person.patient.nhs_number
    if key_of_number and (known is None or key_of_number != known.key):
        return f"has the NHS number of {key_of_number}, who is another patient here: not merged, not kept"
    if known is None or (number and number == known.nhs_number):
        return ""
    if number and known.nhs_number:
        return "has another NHS number than the patient who is held under this id: not replaced"
    if person.patient.born != known.born and person.family_name.casefold() != known.family_name.casefold():
        return "has another name and date of birth than the patient who is held under this id: not replaced"
    return ""


def _not_to_replace(kept: Kept, held: _Held, patient: _Known) -> str:
    """Why what is held stays, though this differs from it; empty when it may be replaced."""
    newer = held.version.older_than(kept.version)
    if held.patient != patient.pk and not newer:
        return "is held for another patient, and this is not surely a newer version: not replaced"
    if kept.waits_for and not newer:
        return f"points at {kept.waits_for}, which is not in this import: what is held was left as it was"
    return ""


def _new_problems(before: tuple[advice.Event, ...], after: tuple[advice.Event, ...]) -> Iterable[str]:
    for old, new in zip(before, after, strict=True):
        if old.problem != new.problem:
            yield new.problem.removeprefix(old.problem).removeprefix("; ")
