"""Medicines prescribed or taken, and immunisations."""

from __future__ import annotations

from functools import lru_cache

from preceptor.advice import Event, EventKind
from preceptor.record.concepts import Concept, drug_named
from preceptor.record.fhir.codes import Coded, coded, coded_list, of_concept, words
from preceptor.record.fhir.dates import NOT_KNOWN, moment, period
from preceptor.record.fhir.references import target
from preceptor.record.fhir.shapes import Node
from preceptor.record.fhir.source import Source, labelled, lines, notes, reasons


def medication_request(source: Source) -> list[Event]:
    node = source.node
    unlike = ""
    if node.truth("doNotPerform"):
        unlike = "Do not give"
    elif node.text("intent") in ("proposal", "option"):
        unlike = "Proposed"
    dispense = node.node("dispenseRequest")
    return [
        source.event(
            EventKind.MEDICATION,
            _medicine(source),
            moment(node, "authoredOn"),
            end=period(dispense, "validityPeriod")[1] if dispense else NOT_KNOWN,
            status=node.text("status"),
            note=_note(node, "dosageInstruction"),
            unlike=unlike,
        )
    ]


def medication_statement(source: Source) -> list[Event]:
    node = source.node
    start, end = period(node, "effectivePeriod")
    status = node.text("status")
    return [
        source.event(
            EventKind.MEDICATION,
            _medicine(source),
            start if start.at else moment(node, "effectiveDateTime", "dateAsserted"),
            end=end,
            status=status,
            note=_note(node, "dosage"),
            unlike="Not taken" if status == "not-taken" else "",
        )
    ]


def immunisation(source: Source) -> list[Event]:
    node = source.node
    status = node.text("status")
    note = lines(
        notes(node),
        reasons(node),
        coded(node, "statusReason").text,
        labelled("Given", node.text("occurrenceString")),
    )
    return [
        source.event(
            EventKind.IMMUNISATION,
            coded(node, "vaccineCode"),
            moment(node, "occurrenceDateTime", "recorded"),
            status=status,
            note=note,
            unlike="Not done" if status == "not-done" else "",
        )
    ]


def _note(node: Node, dosages: str) -> str:
    parts = []
    for dosage in node.nodes(dosages) if node.data.get(dosages) else ():
        parts.append(dosage.text("text") or words(*coded_list(dosage, "additionalInstruction")))
        parts.append(dosage.text("patientInstruction"))
    return lines(*parts, notes(node), labelled("Reason", reasons(node)))


def _medicine(source: Source) -> Coded:
    """The medicine, by its codes or else by its name; looked up where it is only referred to."""
    node = source.node
    said = coded(node, "medicationCodeableConcept")
    reference = node.node("medicationReference")
    if reference:
        said = _referred(source, reference)
    if said.concept is None and said.text and (found := _named(said.text)):
        return Coded(said.text, said.codes, found)
    return said


def _referred(source: Source, reference: Node) -> Coded:
    _, key = target(reference)
    display = reference.text("display")
    if key.startswith("#"):
        for child in source.node.nodes("contained"):
            if f"#{child.text('id')}" == key:
                return coded(child, "code")
        source.node.flag(f"points at {key[:100]}, which it does not contain")
    elif key:
        code = source.look_up(key)
        if code is not None:
            said = of_concept(Node(code, source.node.problems))
            return said if said.text else Coded(display, said.codes, said.concept)
    return Coded(display)


@lru_cache(maxsize=16384)
def _named(text: str) -> Concept | None:
    return drug_named(text)
