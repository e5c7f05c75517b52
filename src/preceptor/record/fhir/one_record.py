"""One patient's record straight from a file, for tools that are used without the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from preceptor.advice import Event, Record
from preceptor.record.fhir.interpret import checked_against_birth, interpret
from preceptor.record.fhir.outcome import VOID, Kept, Person, Refused
from preceptor.record.fhir.reading import Entry, Problem, files_of, read
from preceptor.record.fhir.references import Subject, target
from preceptor.record.fhir.shapes import Node


def record_from(path: Path, now: datetime | None = None) -> tuple[Record, tuple[Problem, ...]]:
    """The record of the one patient in this file or folder, and what in it could not be read or trusted.

    What was entered in error is left out. Raises ValueError, in plain words, when there is not exactly one patient.
    """
    return record_of(read(files_of([path])), str(path), now)


def record_of(
    read_so_far: Iterable[Entry | Problem], where: str, now: datetime | None = None
) -> tuple[Record, tuple[Problem, ...]]:
    """As `record_from`, of resources that are in hand. `where` names the place that they came from."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    for item in read_so_far:
        if isinstance(item, Entry):
            entries.append(item)
        else:
            problems.append(item)
    medications = _medications(entries)
    people: dict[str, tuple[Person, str]] = {}
    events: dict[str, tuple[Event, ...]] = {}
    about: list[tuple[Entry, Kept]] = []
    for entry in entries:
        outcome = interpret(entry.resource, entry.full_url, now=now, medication=medications.get)
        if isinstance(outcome, Refused):
            problems.append(Problem(entry.file, entry.place, outcome.why, outcome.key))
        elif isinstance(outcome, Kept):
            problems += [Problem(entry.file, entry.place, why, outcome.key) for why in outcome.problems]
            if outcome.person:
                people[outcome.key] = (outcome.person, entry.full_url)
            else:
                about.append((entry, outcome))
    if len(people) != 1:
        raise ValueError(f"{where} holds {len(people)} patients, where one is needed")
    ((key, (person, full_url)),) = people.items()
    names = {key, full_url, f"urn:uuid:{key.partition('/')[2]}"}
    number = person.patient.nhs_number

    @cache  # nearly all of them name the patient in one and the same way
    def is_meant(subjects: tuple[Subject, ...]) -> bool:
        return any(each.key in names or each.nhs_number == number != "" for each in subjects)

    for entry, kept in about:
        if is_meant(kept.subjects):
            events[kept.key] = kept.events
        else:
            why = f"is about {kept.subjects[0].sent}, who is not in this file"
            problems.append(Problem(entry.file, entry.place, why, kept.key))
    told = checked_against_birth(tuple(event for many in events.values() for event in many), person.patient.born)
    return Record(person.patient, tuple(event for event in told if event.status not in VOID)), tuple(problems)


def _medications(entries: list[Entry]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        for key, code in medication_keys(entry):
            found[key] = code
    return found


def medication_keys(entry: Entry) -> list[tuple[str, Mapping[str, Any]]]:
    """What a Medication may be referred to by, each with its `code`; nothing for any other resource."""
    resource = entry.resource
    if not isinstance(resource, dict) or resource.get("resourceType") != "Medication":
        return []
    code = resource.get("code")
    keys = {entry.full_url}
    if isinstance(found := resource.get("id"), str):
        keys |= {f"Medication/{found}", f"urn:uuid:{found}"}
    # An absolute full URL is looked up as reading a reference shortens it.
    keys |= {target(Node({"reference": key}, []))[1] for key in keys if key}
    return [(key, code) for key in sorted(keys) if key and isinstance(code, dict)]
