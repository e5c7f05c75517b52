"""FHIR resources in the shapes that UK systems send, for tests. Every person in them is plainly synthetic."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from preceptor.record.fhir import Kept, interpret

NOW = datetime(2025, 6, 2, 9, tzinfo=UTC)
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
DMD = "https://dmd.nhs.uk"
UCUM = "http://unitsofmeasure.org"
UKCORE = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-"


def code(system: str, value: str, display: str = "") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": value, "display": display}]}


def a_patient(**fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": "p1",
        "extension": [
            {
                "url": UKCORE + "EthnicCategory",
                "valueCodeableConcept": code("https://example.org/ethnicity", "G", "Mixed background"),
            },
            {"url": "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired", "valueBoolean": True},
        ],
        "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "999 000 0018"}],
        "name": [
            {"use": "old", "family": "Formerly", "given": ["Pat"]},
            {"use": "official", "family": "TESTLEY", "given": ["Pat", "Demo"], "prefix": ["Mx"]},
        ],
        "telecom": [
            {"system": "email", "value": "pat@example.org"},
            {"system": "phone", "use": "home", "value": "0113 496 0000"},
            {"system": "phone", "use": "mobile", "value": "07700 900000"},
        ],
        "gender": "female",
        "birthDate": "1970-09-11",
        "address": [{"line": ["1 Sample Street"], "city": "LEEDS", "postalCode": "LS1 1AA"}],
        "communication": [{"language": code("urn:ietf:bcp:47", "bfi", "British Sign Language"), "preferred": True}],
    } | fields


def of_patient(kind: str, **fields: Any) -> dict[str, Any]:
    return {"resourceType": kind, "id": "r1", "subject": {"reference": "Patient/p1"}} | fields


def an_observation(**fields: Any) -> dict[str, Any]:
    return (
        of_patient(
            "Observation",
            status="final",
            code=code(SNOMED, "1000731000000107", "Serum creatinine level"),
            effectiveDateTime="2025-03-04T08:30:00+00:00",
        )
        | fields
    )


def creatinine(value: Any, unit: str = "umol/L", **fields: Any) -> dict[str, Any]:
    return an_observation(valueQuantity={"value": value, "unit": unit, "system": UCUM, "code": unit} | fields)


def a_blood_pressure() -> dict[str, Any]:
    def part(snomed: str, display: str, value: int) -> dict[str, Any]:
        return {
            "code": code(SNOMED, snomed, display),
            "valueQuantity": {"value": value, "unit": "millimeter of mercury", "system": UCUM, "code": "mm[Hg]"},
        }

    return an_observation(
        code=code(SNOMED, "75367002", "Blood pressure"),
        effectiveDateTime="2023-08-10",
        component=[
            part("72313002", "Systolic arterial pressure", 142),
            part("1091811000000102", "Diastolic arterial pressure", 94),
        ],
    )


def a_bundle(*resources: dict[str, Any], kind: str = "collection", **fields: Any) -> dict[str, Any]:
    entries = [{"fullUrl": f"urn:uuid:{each.get('id')}", "resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries} | fields


def written(path: Path, value: object, **options: Any) -> Path:
    path.write_text(json.dumps(value, **options), encoding="utf-8")
    return path


def kept(resource: dict[str, Any], **options: Any) -> Kept:
    outcome = interpret(resource, now=NOW, **options)
    assert isinstance(outcome, Kept), outcome
    return outcome
