"""One FHIR R4 resource in; a person, or the events of one patient's record, out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson

from preceptor.advice import Event
from preceptor.record.fhir.care import appointment, encounter, flag, plan, procedure, referral
from preceptor.record.fhir.dates import Moment, moment
from preceptor.record.fhir.medicines import immunisation, medication_request, medication_statement
from preceptor.record.fhir.outcome import Kept, NotKept, Outcome, Refused, Version
from preceptor.record.fhir.person import person
from preceptor.record.fhir.problems import allergy, condition
from preceptor.record.fhir.references import subjects
from preceptor.record.fhir.resource_types import other_version, unknown_type
from preceptor.record.fhir.results import observation, report
from preceptor.record.fhir.shapes import Node, fitted, shown
from preceptor.record.fhir.source import Source
from preceptor.record.fhir.usual import usual_observation
from preceptor.record.fhir.writing import document, message

# How each type is read, and the field that names its patient.
_READ: Mapping[str, tuple[Callable[[Source], list[Event]], str]] = {
    "AllergyIntolerance": (allergy, "patient"),
    "Appointment": (appointment, "participant"),
    "CarePlan": (plan, "subject"),
    "Communication": (message, "subject"),
    "Condition": (condition, "subject"),
    "DiagnosticReport": (report, "subject"),
    "DocumentReference": (document, "subject"),
    "Encounter": (encounter, "subject"),
    "Flag": (flag, "subject"),
    "Immunization": (immunisation, "patient"),
    "MedicationRequest": (medication_request, "subject"),
    "MedicationStatement": (medication_statement, "subject"),
    "Observation": (observation, "subject"),
    "Procedure": (procedure, "subject"),
    "ServiceRequest": (referral, "subject"),
}
KEPT_TYPES = frozenset(_READ) | {"Patient"}

_ID = re.compile(r"[^\s/#?\0]{1,128}")
_URN = re.compile(r"urn:uuid:(.+)")


def _no_medication(key: str) -> None:
    del key


def interpret(
    resource: object,
    full_url: str = "",
    *,
    now: datetime | None = None,
    medication: Callable[[str], Mapping[str, Any] | None] = _no_medication,
) -> Outcome:
    """What a resource says, whatever its shape: never raises on what was sent.

    `full_url` is the bundle entry's. `now` is when it is read, by which dates in the future are known.
    `medication` gives the `code` of the Medication with a key ("Medication/1", or a full URL), None if not known.
    """
    if type(resource) is not dict:
        return Refused("", "", "is not a FHIR resource: it is not a JSON object")
    kind = resource.get("resourceType")
    if not isinstance(kind, str):
        return Refused("", "", "has no resourceType" if kind is None else "its resourceType is not text")
    if why := unknown_type(kind):
        return Refused("", "", why)
    if kind not in KEPT_TYPES:
        return NotKept(kind)
    key, why = _key(resource, kind, full_url)
    if why := why or other_version(resource, kind):
        return Refused(kind, key, why)
    try:
        canonical = _canonical(resource)
    except (TypeError, ValueError, RecursionError):  # orjson's errors are TypeErrors: depth, lone surrogates, 65-bit
        return Refused(kind, key, "holds text or numbers that cannot be stored, or is nested too deeply")
    now = now or datetime.now(UTC)
    node = Node(resource, [])
    doubtful = _doubts(node, canonical)
    if kind == "Observation" and not node.problems and (usual := usual_observation(resource, key, now)):
        version, found, event = usual
        return Kept(kind, key, version, _digest(canonical), (), None, found, (event,))
    version = _version(node)
    if kind == "Patient":
        who = person(node, key, now)
        return Kept(kind, key, version, _digest(canonical), tuple(node.problems), person=who)
    read, field = _READ[kind]
    found, why = subjects(_references(node, field), _contained(node))
    if why:
        return Refused(kind, key, why)
    source = Source(node, key, now, medication)
    events = _finished(read(source), node.problems, doubtful)
    # A component has problems of its own; every other event has those of the resource.
    own = [event.problem for event in events if event.problem and "#" in event.id]
    problems = tuple(dict.fromkeys([*node.problems, *own])) if node.problems or own else ()
    digest = _digest(canonical, *(_canonical(each) for each in source.found))
    return Kept(kind, key, version, digest, problems, None, found, events, waits_for=source.waits_for)


def _key(resource: Mapping[str, Any], kind: str, full_url: str) -> tuple[str, str]:
    """ "Type/id", from its id or else from a `urn:uuid` full URL; and why there is none."""
    found = resource.get("id")
    if found is None and (match := _URN.fullmatch(full_url)):
        found = match[1]
    if found is None:
        return "", "has no id, so that a later version could not replace it"
    if not isinstance(found, str) or not _ID.fullmatch(found):
        return "", f"its id {str(found)[:60]!r} is not one that FHIR allows"
    return f"{kind}/{found}", ""


def _canonical(value: Mapping[str, Any]) -> bytes:
    return orjson.dumps(value, default=_number, option=orjson.OPT_SORT_KEYS)


def _digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"\n".join(parts)).digest()


def _number(value: object) -> str:
    """Decimals have no place of their own in canonical JSON: told apart from text by a mark that no sender uses."""
    if isinstance(value, Decimal):
        return f"\u0001{shown(value)}"
    raise TypeError


def _doubts(node: Node, canonical: bytes) -> bool:
    """True when something may change the meaning that we cannot read; FHIR asks that it is not ignored.

    https://hl7.org/fhir/R4/extensibility.html#modifierExtension
    """
    doubtful = False
    if b'"modifierExtension":' in canonical:
        node.flag("has a modifierExtension, which may change its meaning and is not understood")
        doubtful = True
    if b'"implicitRules":' in canonical:
        node.flag("has implicitRules, which may change its meaning and are not understood")
        doubtful = True
    if b"\\u0000" in canonical:
        node.flag("holds the character NUL, which was replaced")
    return doubtful


def _version(node: Node) -> Version:
    if node.data.get("meta") is None:
        return Version()
    meta = node.node("meta")
    updated: Moment = moment(meta, "lastUpdated")
    return Version(fitted(meta, "versionId", meta.text("versionId"), 64), updated.at)


def _references(node: Node, field: str) -> list[Node]:
    if field == "participant":
        return [participant.node("actor") for participant in node.nodes("participant")]
    reference = node.node(field)
    return [reference] if reference else []


def _contained(node: Node) -> list[Node]:
    return node.nodes("contained") if node.data.get("contained") else []


def with_problem(kept: Kept, why: str) -> Kept:
    """The same, with one more thing that cannot be trusted."""
    problems = (*kept.problems, why)
    return replace(kept, problems=problems, events=_finished(list(kept.events), [why], doubtful=False))


def _finished(events: list[Event], problems: list[str], doubtful: bool) -> tuple[Event, ...]:
    """The events with the problems of the whole resource; without concepts where its meaning is in doubt."""
    if not problems:
        return tuple(events)
    shared = "; ".join(problems)
    return tuple(
        replace(
            event,
            problem="; ".join(filter(None, (shared, event.problem))),
            concept=None if doubtful else event.concept,
        )
        for event in events
    )


def checked_against_birth(events: tuple[Event, ...], born: date | None) -> tuple[Event, ...]:
    """The events, with those that are dated before the patient was born flagged."""
    if born is None or all(event.when is None or event.when.date() >= born for event in events):
        return events
    return tuple(_before_birth(event, born) if event.when else event for event in events)


def _before_birth(event: Event, born: date) -> Event:
    last = Moment(event.when, event.precision).last
    if last is None or last.date() >= born:
        return event
    words = f"is dated {event.when:%Y-%m-%d}, before the birth of the patient on {born}"
    return replace(event, problem="; ".join(filter(None, (event.problem, words))))
