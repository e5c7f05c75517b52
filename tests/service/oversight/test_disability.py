"""Disability is what a record held of it, in codes and flags, when the request came; nothing more is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from preceptor.record.concepts import concept
from preceptor.service.oversight import disability
from preceptor.service.oversight.disability import CODED, LIMITING, NONE_CODED, disabilities, disability_at
from preceptor.service.oversight.tables import audited
from service.factories import a_patient, a_practice, a_user, an_event
from service.oversight.histories import an_auditor, decided

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.fixture
def practice():
    return a_practice()


def of(patient, moment=MONDAY) -> str:
    return disability_at(disabilities(patient.practice, [patient.pk]).get(patient.pk, ()), moment)


def test_a_coded_condition_or_a_flag_of_reasonable_adjustments_counts(practice):
    learning, flagged, neither = (a_patient(practice) for _ in range(3))
    an_event(learning, concept="learning_disability", status="active")
    an_event(flagged, kind="flag", text="Easy read", note="Category: Reasonable adjustment", status="active")
    an_event(neither, concept="asthma", status="active")
    an_event(neither, kind="flag", text="Needs a longer visit", status="active")
    assert [of(patient) for patient in (learning, flagged, neither)] == [CODED, CODED, NONE_CODED]

    patients = [learning, neither]
    decided(practice, a_user(practice), an_auditor(practice), [("soon",) * 4] * 4, patients=patients)
    rows = audited(practice, "triage", "1.0.0").rows
    assert [row.attributes["disability"] for row in rows] == [CODED, NONE_CODED] * 2


@pytest.mark.parametrize(
    "fields",
    [
        {"void": True}, {"status": "resolved"}, {"status": "inactive"}, {"when": MONDAY + timedelta(days=1)},
        {"end": MONDAY - timedelta(days=1)}, {"kind": "document"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_void_or_over_or_came_later_or_is_no_condition_does_not_count(practice, fields):
    patient = a_patient(practice)
    an_event(patient, **{"concept": "dementia", "status": "active"} | fields)
    assert of(patient) == NONE_CODED


def test_patients_are_asked_for_a_few_thousand_at_a_time(practice, monkeypatch):
    monkeypatch.setattr(disability, "AT_ONCE", 2)
    patients = [a_patient(practice) for _ in range(5)]
    for patient in patients[1:]:
        an_event(patient, concept="dementia", status="active")
    found = disabilities(practice, [patient.pk for patient in patients])
    assert set(found) == {patient.pk for patient in patients[1:]}


def test_an_entry_without_a_date_counts(practice):
    patient = a_patient(practice)
    an_event(patient, concept="hearing_loss", when=None)
    assert of(patient) == CODED


def test_a_request_that_is_matched_to_no_record_is_in_no_group(practice):
    decided(practice, a_user(practice), an_auditor(practice), [("soon",) * 4])
    [row] = audited(practice, "triage", "1.0.0").rows
    assert row.attributes["disability"] is None
    assert row.attributes["deprivation"] is None


def test_every_limiting_condition_is_a_concept():
    assert {concept(slug).kind for slug in LIMITING} == {"condition"}
