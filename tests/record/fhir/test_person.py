from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from preceptor.advice import Patient
from preceptor.record.fhir import Person
from record.fhir.samples import a_patient, kept

PART_OF_A_DATE = "only part of the date of birth was sent (1970): kept as 1970-01-01"


def person(**fields: Any) -> tuple[Person, tuple[str, ...]]:
    outcome = kept(a_patient(**fields))
    assert outcome.person is not None
    return outcome.person, outcome.problems


def test_a_patient_has_what_a_banner_needs() -> None:
    assert person() == (
        Person(
            Patient("Patient/p1", "Pat Demo TESTLEY", date(1970, 9, 11), "female", nhs_number="9990000018"),
            family_name="TESTLEY",
            given_names="Pat Demo",
            title="Mx",
            telephone="07700 900000",
            address="1 Sample Street, LEEDS, LS1 1AA",
            ethnicity="Mixed background",
            language="British Sign Language (interpreter needed)",
        ),
        (),
    )


@pytest.mark.parametrize(
    ("value", "kept_number", "problem"),
    [
        ("9990000018", "9990000018", None),
        ("9990000019", "", "'9990000019' is not a valid NHS number, and was left out"),
        ("unknown", "", "'unknown' is not a valid NHS number, and was left out"),
        ("", "", None),
    ],
)
def test_only_a_valid_nhs_number_is_kept(value: str, kept_number: str, problem: str | None) -> None:
    found, problems = person(identifier=[{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": value}])
    assert found.patient.nhs_number == kept_number
    assert problems == ((problem,) if problem else ())


def test_of_two_nhs_numbers_neither_is_guessed() -> None:
    system = "https://fhir.nhs.uk/Id/nhs-number"
    found, problems = person(identifier=[{"system": system, "value": n} for n in ("9990000018", "9990000026")])
    assert found.patient.nhs_number == ""
    assert problems == ("has 2 NHS numbers (9990000018, 9990000026); none was kept",)


@pytest.mark.parametrize(
    ("fields", "born", "died", "problem"),
    [
        (
            {"birthDate": "1970"},
            date(1970, 1, 1),
            None,
            PART_OF_A_DATE,
        ),
        ({"birthDate": "2040-01-01"}, None, None, "birthDate 2040-01-01 is in the future"),
        ({"birthDate": "0001-01-01"}, None, None, "birthDate '0001-01-01' cannot be right"),
        ({"deceasedDateTime": "2024-02-03T10:00:00Z"}, date(1970, 9, 11), date(2024, 2, 3), None),
        ({"deceasedBoolean": True}, date(1970, 9, 11), None, "has died; the date was not sent"),
        ({"gender": "F"}, date(1970, 9, 11), None, "gender 'F' is not one of male, female, other, unknown"),
    ],
)
def test_dates_and_sex_that_cannot_be_trusted(
    fields: dict[str, Any], born: date | None, died: date | None, problem: str | None
) -> None:
    found, problems = person(**fields)
    assert (found.patient.born, found.patient.died) == (born, died)
    assert problems == ((problem,) if problem else ())


def test_a_name_that_came_as_text_is_shown_as_it_came() -> None:
    assert person(name=[{"text": "Pat Testley"}])[0].patient.name == "Pat Testley"
    assert person(name=[])[0].patient.name == ""
