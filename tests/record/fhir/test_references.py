from __future__ import annotations

from typing import Any

import pytest

from preceptor.record.fhir import Kept, Refused, Subject, interpret
from record.fhir.samples import a_patient, of_patient

NHS = "https://fhir.nhs.uk/Id/nhs-number"


def told(subject: dict[str, Any], **fields: Any) -> tuple[Subject, ...] | str:
    outcome = interpret(of_patient("Condition", code={"text": "x"}, **fields) | {"subject": subject})
    assert isinstance(outcome, (Kept, Refused))
    return outcome.subjects if isinstance(outcome, Kept) else outcome.why


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("Patient/p1", "Patient/p1"),
        ("Patient/p1/_history/3", "Patient/p1"),
        ("https://example.org/fhir/Patient/p1", "Patient/p1"),
        ("urn:uuid:0b1c", "urn:uuid:0b1c"),
    ],
)
def test_a_patient_is_found_by_every_kind_of_reference(reference: str, key: str) -> None:
    assert told({"reference": reference}) == (Subject(key, key),)


@pytest.mark.parametrize(
    "subject",
    [
        {"identifier": {"system": NHS, "value": "999 000 0018"}},
        {"reference": f"Patient?identifier={NHS}|9990000018"},
        {"reference": "#me"},
    ],
)
def test_a_patient_is_found_by_nhs_number(subject: dict[str, Any]) -> None:
    found = told(subject, contained=[a_patient(id="me")])
    assert isinstance(found, tuple)
    assert [each.nhs_number for each in found] == ["9990000018"]


@pytest.mark.parametrize(
    ("subject", "why"),
    [
        ({}, "names no patient"),
        ({"display": "Pat"}, "names no patient"),
        ({"reference": "#gone"}, "is about #gone, contained in it, without a valid NHS number"),
        ({"reference": "Device/1"}, "is about Device/1, not about a patient that can be told"),
        ({"type": "Patient"}, "is about a Patient without a reference"),
        ({"identifier": {"system": NHS, "value": "9990000019"}}, "names no patient"),
    ],
)
def test_a_patient_that_cannot_be_told_is_said_so(subject: dict[str, Any], why: str) -> None:
    found = told(subject)
    assert isinstance(found, str)
    assert found.startswith(why)


def test_of_an_appointments_people_only_those_who_may_be_patients_are_named() -> None:
    def people(*references: str) -> tuple[str, ...]:
        participants = [{"actor": {"reference": reference}} for reference in references]
        outcome = interpret({"resourceType": "Appointment", "id": "a1", "participant": participants})
        assert isinstance(outcome, Kept)
        return tuple(subject.key for subject in outcome.subjects)

    assert people("Practitioner/1", "Patient/p1", "urn:uuid:x") == ("Patient/p1",)
    assert people("urn:uuid:x", "urn:uuid:y", "Location/2") == ("urn:uuid:x", "urn:uuid:y")


def test_an_appointment_of_two_patients_belongs_to_neither_record() -> None:
    participants = [{"actor": {"reference": f"Patient/p{n}"}} for n in (1, 2)]
    outcome = interpret({"resourceType": "Appointment", "id": "a1", "participant": participants})
    assert getattr(outcome, "why", None) == "is about 2 patients"
