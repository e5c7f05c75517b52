from __future__ import annotations

from pathlib import Path

import pytest

from preceptor.record.fhir import record_from
from record.fhir.samples import NOW, a_blood_pressure, a_bundle, a_patient, an_observation, of_patient, written


def test_the_record_of_the_one_patient_in_a_file(tmp_path: Path) -> None:
    prescription = of_patient(
        "MedicationRequest", id="m1", status="active", intent="order", authoredOn="2024-01-01",
        medicationReference={"reference": "urn:uuid:drug"},
    )  # fmt: skip
    bundle = a_bundle(
        a_blood_pressure() | {"subject": {"reference": "urn:uuid:p1"}},
        prescription,
        an_observation(id="r2", status="entered-in-error"),
        an_observation(id="r3", subject={"reference": "Patient/other"}),
        a_patient(),
        {"resourceType": "Medication", "id": "drug", "code": {"text": "Warfarin 3mg tablets"}},
    )
    record, problems = record_from(written(tmp_path / "a.json", bundle), now=NOW)
    assert record.patient.name == "Pat Demo TESTLEY"
    assert [event.concept for event in record.events] == ["systolic_bp", "diastolic_bp", "warfarin"]
    assert [problem.why for problem in problems] == ["is about Patient/other, who is not in this file"]


def test_a_file_without_exactly_one_patient_is_refused(tmp_path: Path) -> None:
    two = written(tmp_path / "a.json", a_bundle(a_patient(), a_patient(id="p2")))
    with pytest.raises(ValueError, match="holds 2 patients, where one is needed"):
        record_from(two)
