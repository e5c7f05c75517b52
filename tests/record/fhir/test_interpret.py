from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from preceptor.advice import Code, Event, EventKind, Precision
from preceptor.record.fhir import NotKept, Refused, Version, checked_against_birth, interpret
from preceptor.record.messages import is_from_patient
from record.fhir.samples import (
    DMD,
    LOINC,
    NOW,
    SNOMED,
    UCUM,
    a_blood_pressure,
    a_patient,
    an_observation,
    code,
    creatinine,
    kept,
    of_patient,
)


def only(resource: dict[str, Any], **options: Any) -> Event:
    (event,) = kept(resource, **options).events
    return event


def test_a_result_is_kept_as_sent_and_in_the_concepts_unit() -> None:
    outcome = kept(creatinine(Decimal("1.20"), "mg/dL"))
    assert outcome.events == (
        Event(
            id="Observation/r1",
            kind=EventKind.RESULT,
            when=datetime(2025, 3, 4, 8, 30, tzinfo=UTC),
            text="Serum creatinine level",
            status="final",
            concept="creatinine",
            codes=(Code(SNOMED, "1000731000000107", "Serum creatinine level"),),
            value=pytest.approx(106.1, abs=0.1),  # type: ignore[arg-type]
            unit="umol/L",
            value_sent="1.20",
            unit_sent="mg/dL",
        ),
    )
    assert [subject.key for subject in outcome.subjects] == ["Patient/p1"]
    assert outcome.problems == ()


def test_a_blood_pressure_is_two_events_and_none_for_the_empty_parent() -> None:
    events = kept(a_blood_pressure()).events
    assert [(event.id, event.concept, event.value, event.unit) for event in events] == [
        ("Observation/r1#1", "systolic_bp", 142, "mm[Hg]"),
        ("Observation/r1#2", "diastolic_bp", 94, "mm[Hg]"),
    ]
    assert {event.precision for event in events} == {Precision.DAY}


def test_a_panel_that_only_gathers_others_gives_no_event_unless_it_says_something() -> None:
    panel = an_observation(hasMember=[{"reference": "Observation/2"}])
    assert kept(panel).events == ()
    assert only(panel | {"note": [{"text": "Sample haemolysed."}]}).note == "Sample haemolysed."


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({"valueCodeableConcept": code(SNOMED, "266919005", "Never smoked tobacco")}, "Never smoked tobacco"),
        ({"valueString": " Scanty growth "}, "Scanty growth"),
        ({"valueBoolean": False}, "no"),
        ({"valueInteger": 7}, "7"),
        ({"valueDateTime": "2025-01-02"}, "2025-01-02"),
        ({"valueRange": {"low": {"value": 5, "unit": "mg"}, "high": {"value": 10, "unit": "mg"}}}, "5 mg to 10 mg"),
        ({"valueRange": {"high": {"value": 10}}}, "up to 10"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, "1:128"),
        ({"valueSampledData": {"data": "1 2 3"}}, "a series of samples, not shown"),
    ],
)
def test_values_of_every_type_are_kept_in_words(fields: dict[str, Any], sent: str) -> None:
    event = only(an_observation(code=code("https://example.org/local", "x1", "Something local"), **fields))
    assert event.value_sent == sent
    assert event.concept is None


def test_an_absent_value_says_why() -> None:
    event = only(an_observation(dataAbsentReason={"text": "Specimen unsatisfactory for evaluation"}))
    assert (event.value, event.value_sent) == (None, "")
    assert event.note == "No value: Specimen unsatisfactory for evaluation"


def test_a_number_with_a_comparator_is_not_exact_so_it_is_only_kept_as_sent() -> None:
    outcome = kept(creatinine(90, comparator=">"))
    (event,) = outcome.events
    assert (event.value, event.value_sent, event.unit_sent) == (None, ">90", "umol/L")
    assert outcome.problems == ()


@pytest.mark.parametrize(
    ("resource", "problem"),
    [
        (creatinine(90, "furlong"), "'furlong' is not a unit that we know"),
        (creatinine(-4), "-4 umol/L is impossible for Creatinine"),
        (creatinine(90, unit="mg/dL", code="umol/L"), "its unit is sent as 'mg/dL' and also as 'umol/L', which differ"),
        (creatinine("90"), "value should be a number, and is text"),
        (creatinine(90, comparator="~"), "comparator '~' is not known"),
        (creatinine(Decimal("1e400")), "value is a number too large to keep"),
    ],
)
def test_a_value_that_cannot_be_trusted_is_kept_as_sent_and_flagged(resource: dict[str, Any], problem: str) -> None:
    outcome = kept(resource)
    assert outcome.events[0].value is None
    assert outcome.events[0].problem == problem
    assert outcome.problems == (problem,)


def test_only_the_component_at_fault_is_flagged_and_the_whole_is_reported() -> None:
    pressure = a_blood_pressure()
    pressure["component"][1]["valueQuantity"]["value"] = 9400
    outcome = kept(pressure)
    assert [bool(event.problem) for event in outcome.events] == [False, True]
    assert outcome.problems == (outcome.events[1].problem,)


def test_a_unit_without_a_concept_is_left_as_it_was_sent() -> None:
    event = only(
        an_observation(
            code=code(LOINC, "9279-1", "Respiratory rate (made local)") | {"coding": [{"display": "Local test"}]},
            valueQuantity={"value": 2, "unit": "litre per minute", "system": UCUM, "code": "l/min"},
        )
    )
    assert (event.concept, event.value, event.unit, event.unit_sent) == (None, 2, "l/min", "l/min")


@pytest.mark.parametrize(
    ("system", "sent", "name"),
    [
        (SNOMED, "195967002", "SNOMED CT"),
        (SNOMED, "1107AA", "SNOMED CT"),
        (LOINC, "2160-1", "LOINC"),
        (DMD, "1", "dm+d"),
    ],
)
def test_a_code_with_a_wrong_check_digit_is_kept_as_sent_and_flagged(system: str, sent: str, name: str) -> None:
    outcome = kept(of_patient("Condition", code=code(system, sent, "Asthma")))
    assert outcome.events[0].codes == (Code(system, sent, "Asthma"),)
    assert outcome.problems == (f"{sent} (Asthma) is not a valid {name} code",)


def test_a_condition_has_its_clinical_status_and_dates() -> None:
    condition = of_patient(
        "Condition",
        clinicalStatus=code("x", "resolved"),
        verificationStatus=code("x", "confirmed"),
        code=code(SNOMED, "195967001", "Asthma"),
        onsetDateTime="2010",
        abatementDateTime="2019-05",
        note=[{"text": "Childhood only."}],
    )
    event = only(condition)
    assert (event.concept, event.status, event.note) == ("asthma", "resolved", "Childhood only.")
    assert (event.when, event.precision) == (datetime(2010, 1, 1, tzinfo=UTC), Precision.YEAR)
    assert event.end == datetime(2019, 5, 1, tzinfo=UTC)
    assert event.problem == ""


@pytest.mark.parametrize(
    ("fields", "year", "note"),
    [
        ({"onsetPeriod": {"start": "2011-02-01"}}, 2011, ""),
        ({"onsetPeriod": {"end": "2012-02-01"}}, 2012, ""),
        ({"onsetAge": {"value": 40, "unit": "a"}, "recordedDate": "2015-01-01"}, 2015, "Began: at age 40 a"),
        ({"onsetRange": {"low": {"value": 40}}}, None, "Began: between age 40 and not told"),
        ({"onsetString": "as a child"}, None, "Began: as a child"),
        ({"abatementString": "last year"}, None, "Ended: last year"),
        ({"abatementBoolean": True}, None, "Ended: yes, date not told"),
        ({"recordedDate": "2016-01-01"}, 2016, ""),
    ],
)
def test_onset_and_abatement_in_every_form(fields: dict[str, Any], year: int | None, note: str) -> None:
    event = only(of_patient("Condition", code={"text": "Asthma"}, **fields))
    assert (event.when.year if event.when else None) == year
    assert event.note == note


def test_a_condition_that_is_refuted_or_only_considered_counts_for_no_rule() -> None:
    for verification, text in (("refuted", "Refuted: Asthma"), ("differential", "Differential: Asthma")):
        event = only(
            of_patient(
                "Condition", code=code(SNOMED, "195967001", "Asthma"), verificationStatus=code("x", verification)
            )
        )
        assert (event.text, event.concept) == (text, None)


def test_entered_in_error_is_kept_with_its_status() -> None:
    wrong = code("http://terminology.hl7.org/CodeSystem/condition-ver-status", "entered-in-error")
    for resource in (
        of_patient("Condition", code={"text": "Asthma"}, clinicalStatus=code("x", "active"), verificationStatus=wrong),
        of_patient(
            "AllergyIntolerance", patient={"reference": "Patient/p1"}, verificationStatus=wrong, code={"text": "x"}
        ),
        an_observation(status="entered-in-error"),
        of_patient("DocumentReference", status="current", docStatus="entered-in-error", type={"text": "Letter"}),
    ):
        assert only(resource).status == "entered-in-error"


def test_an_active_condition_that_ended_is_flagged() -> None:
    outcome = kept(
        of_patient("Condition", code={"text": "x"}, clinicalStatus=code("x", "active"), abatementDateTime="2020-01-01")
    )
    assert outcome.problems == ("says active, and also that it ended on 2020-01-01",)


def test_an_allergy_says_what_it_does() -> None:
    event = only(
        {
            "resourceType": "AllergyIntolerance",
            "id": "a1",
            "patient": {"reference": "Patient/p1"},
            "clinicalStatus": code("x", "active"),
            "code": code(SNOMED, "372687004", "Amoxicillin"),
            "criticality": "high",
            "recordedDate": "2019-12-10T13:00:00+00:00",
            "reaction": [{"manifestation": [code(SNOMED, "271807003", "Rash")], "severity": "moderate"}],
        }
    )
    assert (event.kind, event.text, event.status) == (EventKind.ALLERGY, "Amoxicillin", "active")
    assert event.note == "Reaction: Rash, moderate\nCriticality: high"


def test_a_medicine_by_code_by_name_contained_and_referred_to() -> None:
    def request(**fields: Any) -> dict[str, Any]:
        dosage = [{"text": "One three times a day"}]
        return of_patient(
            "MedicationRequest",
            status="active",
            intent="order",
            authoredOn="2025-05-01",
            dosageInstruction=dosage,
            **fields,
        )

    amoxicillin = code(DMD, "39732311000001104", "Amoxicillin 250mg capsules")
    known = {"Medication/m2": {"text": "Apixaban 5mg tablets"}}
    for fields, concept in (
        ({"medicationCodeableConcept": amoxicillin}, "amoxicillin"),
        ({"medicationCodeableConcept": {"text": "Warfarin 1mg tablets"}}, "warfarin"),
        (
            {
                "contained": [{"resourceType": "Medication", "id": "m1", "code": amoxicillin}],
                "medicationReference": {"reference": "#m1"},
            },
            "amoxicillin",
        ),
        ({"medicationReference": {"reference": "https://example.org/fhir/Medication/m2"}}, "apixaban"),
    ):
        event = only(request(**fields), medication=known.get)
        assert (event.concept, event.status, event.note) == (concept, "active", "One three times a day")
    unknown = kept(request(medicationReference={"reference": "Medication/m3", "display": "Ramipril 5mg"}))
    assert unknown.waits_for == "Medication/m3"
    assert unknown.events[0].concept == "ramipril"


@pytest.mark.parametrize(
    ("resource", "text"),
    [
        (of_patient("MedicationRequest", intent="proposal"), "Proposed: Warfarin"),
        (of_patient("MedicationRequest", doNotPerform=True), "Do not give: Warfarin"),
        (of_patient("MedicationStatement", status="not-taken"), "Not taken: Warfarin"),
    ],
)
def test_a_medicine_that_is_not_given_counts_for_no_rule(resource: dict[str, Any], text: str) -> None:
    event = only(resource | {"medicationCodeableConcept": {"text": "Warfarin"}})
    assert (event.text, event.concept) == (text, None)


def test_a_vaccine_that_was_declined_is_shown_as_not_done() -> None:
    vaccine = {
        "resourceType": "Immunization",
        "id": "i1",
        "status": "not-done",
        "patient": {"reference": "Patient/p1"},
        "vaccineCode": code(DMD, "11278411000001109", "Influenza vaccine"),
        "occurrenceDateTime": "2013-01-10",
        "statusReason": {"text": "Declined"},
    }
    event = only(vaccine)
    assert (event.kind, event.text, event.note) == (EventKind.IMMUNISATION, "Not done: Influenza vaccine", "Declined")
    assert only(vaccine | {"status": "completed"}).text == "Influenza vaccine"


def test_an_appointment_says_when_with_whom_and_what_for() -> None:
    event = only(
        {
            "resourceType": "Appointment",
            "id": "a1",
            "status": "booked",
            "serviceType": [{"text": "Orthopaedic surgery"}],
            "reasonReference": [{"reference": "Condition/1", "display": "Pain in both hips"}],
            "description": "Appointment to investigate the pain in both hips",
            "start": "2025-07-11T10:46:00+01:00",
            "end": "2025-07-11T13:20:00+01:00",
            "comment": "Discuss the X-ray.",
            "participant": [
                {"actor": {"reference": "Patient/p1", "display": "Pat Testley"}, "status": "accepted"},
                {"actor": {"reference": "Practitioner/2", "display": "Dr Demo"}, "status": "accepted"},
            ],
        }
    )
    assert (event.kind, event.status) == (EventKind.APPOINTMENT, "booked")
    assert event.when == datetime(2025, 7, 11, 9, 46, tzinfo=UTC)
    assert event.text == "Appointment to investigate the pain in both hips"
    assert event.note == "Reason: Pain in both hips\nFor: Orthopaedic surgery\nWith: Dr Demo\nDiscuss the X-ray."


def test_a_plan_is_kept_in_full() -> None:
    event = only(
        of_patient(
            "CarePlan",
            status="active",
            intent="plan",
            title="Frequent attender plan",
            category=[{"text": "Agreed plan"}],
            description="Planned reviews only.",
            period={"start": "2024-01-01"},
            activity=[
                {
                    "detail": {
                        "code": {"text": "Review"},
                        "description": "Every 6 weeks",
                        "status": "in-progress",
                    }
                },
                {"detail": {"description": "Same-day visits for back pain", "doNotPerform": True}},
                {"progress": [{"text": "Working well"}]},
            ],
            note=[{"text": "Agreed with the patient."}],
        )
    )
    assert (event.kind, event.text, event.status) == (EventKind.PLAN, "Frequent attender plan", "active")
    assert event.note.splitlines() == [
        "Planned reviews only.",
        "Review: Every 6 weeks (in-progress)",
        "Do not do: Same-day visits for back pain",
        "Working well",
        "Agreed with the patient.",
    ]


def test_a_plan_that_says_all_in_its_narrative_is_read_from_there() -> None:
    div = '<div xmlns="http://www.w3.org/1999/xhtml">Reviews <b>only</b> &amp; no same-day visits</div>'
    event = only(of_patient("CarePlan", status="active", intent="plan", text={"status": "generated", "div": div}))
    assert event.note == "Reviews only & no same-day visits"


def test_the_other_kinds_each_give_one_event() -> None:
    told = {
        "Flag": (of_patient("Flag", code={"text": "Peanut allergy"}, period={"start": "2019-12-10"}), "flag"),
        "Encounter": (
            of_patient("Encounter", reasonCode=[{"text": "Cough"}]),
            "encounter",
        ),
        "Procedure": (
            of_patient("Procedure", code={"text": "Spirometry"}, performedDateTime="2020"),
            "procedure",
        ),
        "ServiceRequest": (
            of_patient("ServiceRequest", code={"text": "Colonoscopy"}),
            "referral",
        ),
        "DiagnosticReport": (of_patient("DiagnosticReport", code={"text": "CT chest"}, conclusion="Clear."), "report"),
        "Communication": (of_patient("Communication", payload=[{"contentString": "Please ring."}]), "message"),
    }
    for resource, kind in told.values():
        assert only(resource).kind == kind
    assert only(told["DiagnosticReport"][0]).note == "Clear."
    assert only(told["Communication"][0]).note == "Please ring."
    assert only(told["Encounter"][0]).note == "Reason: Cough"


@pytest.mark.parametrize(
    ("sender", "patients"),
    [
        ({"reference": "Patient/p1"}, True),
        ({"reference": "RelatedPerson/mother"}, True),
        ({"reference": "urn:uuid:1", "type": "Patient"}, True),
        ({"reference": "Practitioner/gp"}, False),
        ({"display": "The practice"}, False),
        ("not an object", False),
        (None, False),
    ],
)
def test_a_message_is_the_patients_where_its_sender_says_so(sender: Any, patients: bool) -> None:
    told = {} if sender is None else {"sender": sender}
    event = only(of_patient("Communication", payload=[{"contentString": "My knee is sore"}], **told))
    assert is_from_patient(event) is patients


def test_plain_text_documents_are_decoded_and_others_only_named() -> None:
    def attachment(**fields: Any) -> dict[str, Any]:
        return {"attachment": fields}

    data = base64.b64encode("Seen in clinic. Café.".encode("latin-1")).decode()
    event = only(
        of_patient(
            "DocumentReference",
            status="current",
            type=code(SNOMED, "734163000", "Care plan"),
            date="2016-03-08T15:26:00+01:00",
            content=[
                attachment(contentType="text/plain; charset=iso-8859-1", data=data),
                attachment(contentType="application/pdf", title="Care plan report", data="JVBERi0="),
            ],
        )
    )
    assert event.note == "Seen in clinic. Café.\n[application/pdf: Care plan report]"
    broken = kept(of_patient("DocumentReference", content=[attachment(contentType="text/plain", data="%%%")]))
    assert "an attached text cannot be decoded" in broken.problems


@pytest.mark.parametrize(
    ("sent", "when", "precision", "problem"),
    [
        ("2010", "2010-01-01", Precision.YEAR, ""),
        ("2010-07", "2010-07-01", Precision.MONTH, ""),
        ("2010-07-03", "2010-07-03", Precision.DAY, ""),
        ("2010-07-03T23:30:00-05:00", "2010-07-04", Precision.TIME, ""),
        ("2010-07-03T10:00:00.123456789Z", "2010-07-03", Precision.TIME, ""),
        ("0001-01-01T00:00:00Z", None, Precision.TIME, "onsetDateTime '0001-01-01T00:00:00Z' cannot be right"),
        ("2999-12-31", None, Precision.TIME, "onsetDateTime '2999-12-31' cannot be right"),
        ("2010-02-30", None, Precision.TIME, "onsetDateTime '2010-02-30' is not a date"),
        ("03/07/2010", None, Precision.TIME, "onsetDateTime '03/07/2010' is not a date"),
        ("2026-01-01", "2026-01-01", Precision.DAY, "is dated 2026-01-01, in the future"),
        (
            "2010-07-03T10:00:00", "2010-07-03", Precision.TIME,
            "onsetDateTime '2010-07-03T10:00:00' has no time zone and was taken as UTC",
        ),
        (
            "2010-07-03T25:00:00Z", "2010-07-03", Precision.DAY,
            "onsetDateTime '2010-07-03T25:00:00Z' has a time that cannot be read; its day was kept",
        ),
    ],
)  # fmt: skip
def test_dates_in_part_in_any_zone_and_absurd(sent: str, when: str | None, precision: Precision, problem: str) -> None:
    event = only(of_patient("Condition", code={"text": "x"}, onsetDateTime=sent))
    assert (event.when.date().isoformat() if event.when else None) == when
    assert event.precision is precision
    assert event.problem == problem


def test_what_is_dated_before_birth_is_flagged_by_what_its_date_may_mean() -> None:
    def flagged(sent: str) -> bool:
        events = kept(of_patient("Condition", code={"text": "x"}, onsetDateTime=sent)).events
        (event,) = checked_against_birth(events, date(1970, 9, 11))
        return "before the birth" in event.problem

    assert [flagged(sent) for sent in ("1969", "1970", "1970-08", "1970-09", "1970-09-10", "1970-09-11")] == [
        True, False, True, False, True, False,
    ]  # fmt: skip


def test_what_may_change_the_meaning_is_flagged_and_counts_for_no_rule() -> None:
    for fields in (
        {"modifierExtension": [{"url": "https://example.org/not"}]},
        {"implicitRules": "https://example.org/r"},
    ):
        outcome = kept(of_patient("Condition", code=code(SNOMED, "195967001", "Asthma"), **fields))
        assert outcome.events[0].concept is None
        assert "may change its meaning" in outcome.problems[0]


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        (None, "is not a FHIR resource: it is not a JSON object"),
        ({}, "has no resourceType"),
        ({"resourceType": 3}, "its resourceType is not text"),
        ({"resourceType": "Patience"}, "'Patience' is not a FHIR R4 resource type"),
        ({"resourceType": "MedicationOrder"}, "MedicationOrder is a resource of an older FHIR than R4"),
        ({"resourceType": "DeviceUsage"}, "DeviceUsage is a resource of a newer FHIR than R4"),
        ({"resourceType": "Patient"}, "has no id"),
        (a_patient(id=7), "its id '7' is not one that FHIR allows"),
        (a_patient(id="a/b"), "its id 'a/b' is not one that FHIR allows"),
        (a_patient(text={"div": "\ud800"}), "holds text or numbers that cannot be stored"),
        (of_patient("Condition", clinicalStatus="active"), "is of an older FHIR than R4 (clinicalStatus is a word)"),
        (
            a_patient(meta={"profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-Patient-1"]}),
            "is of an older FHIR than R4 (its profile says so)",
        ),
        (of_patient("MedicationRequest", medication={"concept": {}}), "is of a newer FHIR than R4 (it has medication)"),
        (of_patient("Condition") | {"subject": {"reference": "Group/1"}}, "is about Group/1, not about a patient"),
        ({"resourceType": "Condition", "id": "c1"}, "names no patient"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(resource: Any, why: str) -> None:
    outcome = interpret(resource, now=NOW)
    assert isinstance(outcome, Refused)
    assert outcome.why.startswith(why)


def test_types_without_a_place_in_a_record_are_not_kept() -> None:
    assert interpret({"resourceType": "Claim"}) == NotKept("Claim")


def test_an_id_may_come_from_the_full_url() -> None:
    resource = a_patient()
    del resource["id"]
    assert getattr(interpret(resource, "urn:uuid:abc"), "key", None) == "Patient/abc"


def test_versions_say_which_is_older() -> None:
    early, late = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    assert Version("9", early).older_than(Version("1", late))
    assert not Version("1", late).older_than(Version("9", early))
    assert Version("9").older_than(Version("10"))
    assert not Version("10").older_than(Version("9"))
    for version in (Version(), Version("W/abc"), Version("", late)):
        assert not version.older_than(Version())
        assert not Version().older_than(version)
    meta = {"versionId": "3", "lastUpdated": "2025-01-01T00:00:00Z"}
    assert kept(a_patient(meta=meta)).version == Version("3", late)


def test_the_same_content_has_the_same_digest_in_any_order() -> None:
    patient = a_patient()
    backwards = dict(reversed(patient.items()))
    assert kept(patient).digest == kept(backwards).digest
    assert kept(patient).digest != kept(a_patient(gender="male")).digest
    assert kept(creatinine(Decimal("6.2"))).digest != kept(creatinine("6.2")).digest


def test_a_nul_character_is_replaced_and_flagged() -> None:
    outcome = kept(of_patient("Condition", code={"text": "Asth\0ma"}))
    assert outcome.events[0].text == "Asth\ufffdma"
    assert outcome.problems == ("holds the character NUL, which was replaced",)


def test_events_sort_and_compare_as_values() -> None:
    first, second = kept(a_blood_pressure()).events
    assert replace(first) == first
    assert first.order < second.order
