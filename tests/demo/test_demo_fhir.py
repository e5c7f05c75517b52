"""The FHIR that is written: fields that R4 requires, codes from our own tables, references that lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from demo.demo_files import MONDAY, Made, built, patient_of, read_back
from preceptor.demo import build
from preceptor.record.concepts import all_concepts, codes_of, concept
from preceptor.record.fhir import Kept, Problem, files_of, interpret, read


@pytest.fixture(scope="module")
def made() -> Made:
    return built()


# What R4 requires (cardinality 1..), and what a record cannot do without.
REQUIRED = {
    "AllergyIntolerance": ("patient", "code", "clinicalStatus"),
    "Appointment": ("status", "participant", "start", "end", "description"),
    "CarePlan": ("status", "intent", "subject", "title", "description"),
    "Communication": ("status", "subject", "payload", "sent"),
    "Condition": ("subject", "code", "clinicalStatus", "onsetDateTime"),
    "DiagnosticReport": ("status", "code", "subject", "effectiveDateTime", "conclusion"),
    "DocumentReference": ("status", "content", "subject", "date"),
    "Encounter": ("status", "class", "subject", "period"),
    "Flag": ("status", "code", "subject", "period"),
    "Immunization": ("status", "vaccineCode", "patient", "occurrenceDateTime"),
    "MedicationRequest": ("status", "intent", "medicationCodeableConcept", "subject", "authoredOn"),
    "Observation": ("status", "code", "subject", "effectiveDateTime"),
    "Patient": ("identifier", "name", "gender", "birthDate"),
    "Procedure": ("status", "subject", "code", "performedDateTime"),
    "ServiceRequest": ("status", "intent", "subject", "code", "authoredOn"),
}
STATUSES = {
    "Appointment": {"booked", "fulfilled", "cancelled", "noshow"},
    "MedicationRequest": {"active", "completed", "stopped"},
    "ServiceRequest": {"active", "completed"},
}
OUR_SYSTEMS = ("http://snomed.info/sct", "https://dmd.nhs.uk", "http://loinc.org")


def test_every_resource_has_what_r4_requires(made: Made) -> None:
    assert {resource["resourceType"] for resource in made.resources.values()} == set(REQUIRED)
    for reference, resource in made.resources.items():
        kind = resource["resourceType"]
        missing = [name for name in REQUIRED[kind] if not resource.get(name)]
        assert not missing, reference
        assert resource.get("status", "active") in STATUSES.get(kind, {resource.get("status", "active")}), reference
        assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", resource["id"])


def test_every_resource_is_about_a_patient_of_the_practice(made: Made) -> None:
    for resource in made.resources.values():
        assert f"Patient/{patient_of(resource)}" in made.resources


def test_every_clinical_code_is_from_our_own_tables(made: Made) -> None:
    known = {(code.system, code.code) for each in all_concepts() for code in codes_of(each.slug)}
    used = set()
    for resource in made.resources.values():
        for coding in _codings(resource):
            if coding["system"] in OUR_SYSTEMS or "snomed" in coding["system"] or "rxnorm" in coding["system"]:
                used.add((coding["system"], coding["code"]))
    assert used
    assert used <= known
    assert {system for system, _ in used} <= set(OUR_SYSTEMS)


def test_results_are_in_the_canonical_unit_of_their_concept(made: Made) -> None:
    units = {
        concept(slug).title: concept(slug).unit for slug in ("hba1c", "potassium", "egfr", "haemoglobin", "urine_acr")
    }
    seen = set()
    for resource in made.resources.values():
        title = resource.get("code", {}).get("text")
        if resource["resourceType"] == "Observation" and title in units:
            seen.add(title)
            assert resource["valueQuantity"]["code"] == units[title]
    assert seen == set(units)


def test_the_record_room_reads_all_of_it_without_a_problem(tmp_path: Path) -> None:
    practice = build(tmp_path, patients=120, seed=5, monday=MONDAY)
    read_in = set()
    for entry in read(files_of([practice.folder / "fhir"])):
        assert not isinstance(entry, Problem), str(entry)
        outcome = interpret(entry.resource)
        assert isinstance(outcome, Kept), outcome
        assert not outcome.problems, outcome
        read_in.add(outcome.key)
    assert read_in == set(read_back(practice).resources)


@pytest.mark.parametrize("kind", sorted(REQUIRED))
def test_every_type_of_entry_is_there(made: Made, kind: str) -> None:
    assert any(resource["resourceType"] == kind for resource in made.resources.values())


def _codings(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        own = [each for each in node.get("coding", ()) if isinstance(each, dict)]
        return own + [found for value in node.values() for found in _codings(value)]
    if isinstance(node, list):
        return [found for each in node for found in _codings(each)]
    return []
