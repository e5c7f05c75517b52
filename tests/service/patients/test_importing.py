from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor.record.fhir import Problem, record_from
from preceptor.service.ledger.models import Entry as LedgerEntry
from preceptor.service.patients import importing
from preceptor.service.patients.importing import ImportReport, import_paths
from preceptor.service.patients.models import Event, Patient, Resource
from preceptor.service.patients.store import record_of
from preceptor.service.practices.models import Practice
from record.fhir.samples import (
    NOW,
    SNOMED,
    a_blood_pressure,
    a_bundle,
    a_patient,
    an_observation,
    code,
    creatinine,
    of_patient,
    written,
)
from record.fhir.test_hostile import ANY_JSON, spoilt
from service.factories import a_practice

pytestmark = pytest.mark.django_db
TABLES = (Patient, Resource, Event)


@pytest.fixture
def practice() -> Practice:
    return a_practice()


class Import:
    """Imports resources as a bundle; gives the report and each problem as "place resource: why"."""

    def __init__(self, practice: Practice, folder: Path) -> None:
        self.practice, self.folder = practice, folder

    def __call__(self, *resources: Any) -> tuple[ImportReport, list[str]]:
        return self.path(written(self.folder / "a.json", a_bundle(*resources)))

    def path(self, *paths: Path) -> tuple[ImportReport, list[str]]:
        told: list[Problem] = []
        report = import_paths(self.practice, paths, tell=told.append, now=NOW)
        adds_up(report)
        return report, [f"{problem.place} {problem.resource}: {problem.why}" for problem in told]


@pytest.fixture
def take(practice: Practice, tmp_path: Path) -> Import:
    return Import(practice, tmp_path)


def adds_up(report: ImportReport) -> None:
    for counts in (*report.types.values(), report.total):
        outcomes = (counts.added, counts.replaced, counts.unchanged, counts.older, counts.not_kept, counts.reported)
        assert counts.read == sum(outcomes), report


def every_row(practice: Practice) -> list[Any]:
    return [list(table.objects.filter(practice=practice).order_by("pk").values()) for table in TABLES]


def number(value: str) -> dict[str, Any]:
    return {"identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": value}]}


ASTHMA = of_patient("Condition", id="c1", code=code(SNOMED, "195967001", "Asthma"))


def test_a_record_goes_in_and_comes_out_and_a_second_import_changes_nothing(practice: Practice, take: Import) -> None:
    resources = a_patient(), a_blood_pressure(), ASTHMA, {"resourceType": "Claim", "id": "x"}
    report, told = take(*resources)
    assert (report.total.read, report.total.added, report.total.not_kept, told) == (4, 3, 1, [])
    before = every_row(practice)

    record = record_of(Patient.objects.get(practice=practice))
    assert (record.patient.name, record.patient.born) == ("Pat Demo TESTLEY", date(1970, 9, 11))
    assert record.patient.nhs_number == "9990000018"
    assert [(event.id, event.concept, event.value, event.unit) for event in record.events] == [
        ("Condition/c1", "asthma", None, None),
        ("Observation/r1#1", "systolic_bp", 142, "mm[Hg]"),
        ("Observation/r1#2", "diastolic_bp", 94, "mm[Hg]"),
    ]

    report, told = take(*resources)
    assert (report.total.unchanged, report.total.not_kept, told) == (3, 1, [])
    assert every_row(practice) == before


def test_what_is_stored_is_what_was_read(take: Import) -> None:
    take(
        a_patient(),
        a_blood_pressure(),
        creatinine(1.25, "mg/dL", comparator="<") | {"id": "o2"},
        of_patient("CarePlan", id="p1", status="active", period={"start": "2024", "end": "2026-01"}, title="Plan"),
        of_patient("Condition", id="c1", code=code("https://example.org/x", "a", "Ünïcode ✓"), onsetDateTime="1960"),
    )
    read, _ = record_from(take.folder / "a.json", now=NOW)
    assert record_of(Patient.objects.get()) == read


def test_a_newer_version_replaces_an_older_and_never_the_other_way(take: Import) -> None:
    def result(value: float, version: str, updated: str) -> dict[str, Any]:
        return creatinine(value) | {"meta": {"versionId": version, "lastUpdated": updated}}

    take(a_patient(), result(90, "1", "2025-01-01T00:00:00Z"))
    assert take(result(95, "2", "2025-02-01T00:00:00Z"))[0].of("Observation").replaced == 1
    assert take(result(80, "1", "2025-01-15T00:00:00Z"))[0].of("Observation").older == 1
    assert [(event.value, event.value_sent) for event in Event.objects.all()] == [(95, "95")]
    assert Resource.objects.get(key="Observation/r1").version == "2"


def test_without_versions_what_arrives_later_replaces_even_within_one_file(take: Import) -> None:
    report, _ = take(a_patient(), creatinine(90), creatinine(95))
    assert (report.of("Observation").added, report.of("Observation").replaced) == (1, 1)
    assert Event.objects.get().value == 95
    report, _ = take(a_patient(gender="male"))
    assert report.of("Patient").replaced == 1
    assert Patient.objects.get().sex == "male"


def test_a_replaced_resource_loses_the_events_that_it_no_longer_has(take: Import) -> None:
    take(a_patient(), a_blood_pressure())
    take(creatinine(90))
    assert [event.key for event in Event.objects.all()] == ["Observation/r1"]


def test_patients_may_come_after_their_records_and_in_another_file(take: Import) -> None:
    lines, bundle = take.folder / "a.ndjson", take.folder / "b.json"
    lines.write_text(json.dumps(creatinine(90)))
    written(bundle, a_bundle(an_observation(id="r2", subject={"reference": "urn:uuid:p1"}), a_patient()))
    report, told = take.path(lines, bundle)
    assert (report.total.read, report.total.added, told) == (3, 3, [])


def test_what_waits_on_the_disk_keeps_its_digits(take: Import) -> None:
    lines = take.folder / "a.ndjson"
    lines.write_text(json.dumps(creatinine(0)).replace('"value": 0', '"value": 90.50') + "\n" + json.dumps(a_patient()))
    take.path(lines)
    assert Event.objects.get().value_sent == "90.50"
    assert take.path(lines)[0].total.unchanged == 2


def test_a_patient_who_never_comes_is_reported_one_line_each(take: Import) -> None:
    report, told = take(an_observation(), an_observation(id="r2", subject={"reference": "urn:uuid:nobody"}))
    assert report.total.reported == 2
    assert told == [
        "1 Observation/r1: is about Patient/p1, who is not known",
        "2 Observation/r2: is about urn:uuid:nobody, who is not known",
    ]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p1"},
        {"reference": "https://example.org/fhir/Patient/p1"},
        {"reference": "urn:uuid:p1"},
        {"reference": "urn:uuid:temporary"},
        {"identifier": {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}},
    ],
)
def test_every_kind_of_reference_finds_its_patient(take: Import, subject: dict[str, Any]) -> None:
    bundle = a_bundle(an_observation(subject=subject), a_patient(), kind="transaction")
    if subject.get("reference") == "urn:uuid:temporary":
        bundle["entry"][1]["fullUrl"] = "urn:uuid:temporary"
    report, told = take.path(written(take.folder / "a.json", bundle))
    assert (report.total.added, told) == (2, [])


def test_an_appointment_finds_the_patient_among_the_people(take: Import) -> None:
    people = [{"actor": {"reference": f"urn:uuid:{name}"}} for name in ("doctor", "p1", "room")]
    meeting = {"resourceType": "Appointment", "id": "a1", "status": "booked", "participant": people}
    report, told = take(a_patient(), meeting)
    assert (report.total.added, told) == (2, [])


def test_medications_are_found_wherever_they_come(take: Import) -> None:
    def request(which: int) -> dict[str, Any]:
        medication = {"reference": f"Medication/d{which}"}
        return of_patient("MedicationRequest", id=f"m{which}", status="active", medicationReference=medication)

    drug = {"resourceType": "Medication", "id": "d1", "code": {"text": "Warfarin 3mg tablets"}}
    report, told = take(a_patient(), request(1), request(2), drug)
    assert (report.of("MedicationRequest").added, report.of("Medication").not_kept) == (2, 1)
    assert "3 MedicationRequest/m2: points at Medication/d2, which is not in this import" in told
    assert Event.objects.get(key="MedicationRequest/m1").concept == "warfarin"
    assert "points at Medication/d2" in Event.objects.get(key="MedicationRequest/m2").problem

    report, told = take(request(1))
    assert told == [
        "1 MedicationRequest/m1: points at Medication/d1, which is not in this import: what is held was left as it was"
    ]
    assert Event.objects.get(key="MedicationRequest/m1").concept == "warfarin"
    report, _ = take(request(1), drug | {"code": {"text": "Apixaban 5mg tablets"}})
    assert report.of("MedicationRequest").replaced == 1
    assert Event.objects.get(key="MedicationRequest/m1").concept == "apixaban"


def test_entered_in_error_is_kept_and_never_shown(take: Import) -> None:
    take(a_patient(), creatinine(90))
    report, _ = take(creatinine(90) | {"status": "entered-in-error"})
    assert report.of("Observation").replaced == 1
    assert Event.objects.get().void
    assert record_of(Patient.objects.get()).events == ()


def test_an_nhs_number_of_another_patient_is_reported_never_merged(take: Import) -> None:
    take(a_patient())
    report, told = take(a_patient(id="p2"), an_observation(subject={"reference": "Patient/p2"}))
    assert report.total.reported == 2
    assert told == [
        "1 Patient/p2: has the NHS number of Patient/p1, who is another patient here: not merged, not kept",
        "2 Observation/r1: is about Patient/p2, who was refused",
    ]
    report, told = take(a_patient(id="p3", **number("9990000026")), a_patient(id="p4", **number("9990000026")))
    assert (report.total.added, report.total.reported) == (1, 1)


def test_another_person_under_the_same_id_replaces_nobody(take: Import) -> None:
    take(a_patient())
    report, told = take(a_patient(**number("9990000026")), creatinine(90))
    assert report.total.reported == 2
    assert told == [
        "1 Patient/p1: has another NHS number than the patient who is held under this id: not replaced",
        "2 Observation/r1: is about Patient/p1, who was refused",
    ]
    stranger = a_patient(identifier=[], birthDate="1999-01-01", name=[{"family": "Stranger"}])
    assert take(stranger)[0].total.reported == 1
    assert Patient.objects.get().nhs_number == "9990000018"


def test_the_same_person_may_change_name_birthday_or_gain_a_number(take: Import) -> None:
    take(a_patient(identifier=[]))
    for changed in (a_patient(), a_patient(name=[{"family": "Wedd"}]), a_patient(birthDate="1970-09-12")):
        assert take(changed)[0].of("Patient").replaced == 1


def test_a_resource_does_not_change_patients_unless_a_newer_version_says_so(take: Import) -> None:
    take(a_patient(), a_patient(id="p2", **number("9990000026")), creatinine(90) | {"meta": {"versionId": "1"}})
    moved = creatinine(90) | {"subject": {"reference": "Patient/p2"}}
    _, told = take(moved)
    assert told == [
        "1 Observation/r1: is held for another patient, and this is not surely a newer version: not replaced"
    ]
    report, _ = take(moved | {"meta": {"versionId": "2"}})
    assert report.total.replaced == 1
    assert {event.patient.key for event in Event.objects.all()} == {"Patient/p2"}
    assert Resource.objects.get(key="Observation/r1").patient.key == "Patient/p2"


def test_an_invalid_nhs_number_is_flagged_and_not_kept(take: Import) -> None:
    report, told = take(a_patient(**number("9990000019")))
    assert (report.total.added, report.flagged, report.reported) == (1, 1, 0)
    assert told == ["1 Patient/p1: '9990000019' is not a valid NHS number, and was left out"]
    patient = Patient.objects.get()
    assert patient.nhs_number is None
    assert "not a valid NHS number" in patient.problem


def test_what_is_dated_before_birth_is_flagged_and_told(take: Import) -> None:
    report, told = take(a_patient(), of_patient("Condition", id="c1", code={"text": "x"}, onsetDateTime="1960"))
    why = "is dated 1960-01-01, before the birth of the patient on 1970-09-11"
    assert (report.flagged, told) == (1, [f"2 Condition/c1: {why}"])
    assert Event.objects.get().problem == why


def test_one_ledger_entry_says_what_a_run_did(practice: Practice, take: Import) -> None:
    report, _ = take(a_patient(), creatinine(90))
    entry = LedgerEntry.objects.get(kind="records.imported")
    assert entry.practice == practice.ods_code
    assert json.loads(entry.body) == report.as_dict()
    assert "TESTLEY" not in entry.body


def test_a_run_that_breaks_off_is_in_the_ledger_and_can_be_run_again(
    practice: Practice, take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(done: int, of: int) -> None:
        if Event.objects.exists():
            raise KeyboardInterrupt

    monkeypatch.setattr(importing, "BATCH", 1)
    lines = [a_patient(), *(an_observation(id=f"r{n}", note=[{"text": "long " * 9000}]) for n in range(40))]
    path = take.folder / "a.ndjson"
    path.write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(KeyboardInterrupt):
        import_paths(practice, [path], progress=stop)
    assert json.loads(LedgerEntry.objects.get(kind="records.imported").body)["finished"] is False
    assert 0 < Event.objects.count() < 40
    report, _ = take.path(path)
    assert report.total.reported == 0
    assert Event.objects.count() == 40


def test_practices_do_not_share_patients(take: Import, tmp_path: Path) -> None:
    take(a_patient(), creatinine(90))
    report, told = Import(a_practice(), tmp_path)(a_patient(), creatinine(95))
    assert (report.total.added, told) == (2, [])
    assert sorted(event.value or 0 for event in Event.objects.all()) == [90, 95]


def test_the_size_of_batches_and_the_order_of_input_make_no_difference(
    take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    resources = [a_patient(), creatinine(90), *(a_blood_pressure() | {"id": f"b{n}"} for n in range(7))]
    take(*resources)
    rows = sorted(Event.objects.values_list("key", "value"))
    for table in reversed(TABLES):
        table.objects.all().delete()
    monkeypatch.setattr(importing, "BATCH", 2)
    take(*reversed(resources))
    assert sorted(Event.objects.values_list("key", "value")) == rows


def test_progress_ends_at_the_size_of_the_input(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson.gz"
    path.write_bytes(gzip.compress(json.dumps(a_patient()).encode()))
    seen: list[tuple[int, int]] = []
    import_paths(practice, [path], progress=lambda done, of: seen.append((done, of)))
    assert seen[-1] == (path.stat().st_size,) * 2


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(resources=st.lists(spoilt() | ANY_JSON, max_size=6))
def test_whatever_is_sent_is_counted_once_and_can_be_stored(
    practice: Practice, tmp_path: Path, resources: list[Any]
) -> None:
    bundle = {"resourceType": "Bundle", "entry": [{"resource": each} for each in [a_patient(), *resources]]}
    path = written(tmp_path / "a.json", bundle)
    first = import_paths(practice, [path], now=NOW)
    again = import_paths(practice, [path], now=NOW)
    for report in (first, again):
        adds_up(report)
        assert report.total.read >= len(resources) + 1
    assert (again.total.read, again.total.added) == (first.total.read, 0)
    for patient in Patient.objects.filter(practice=practice):
        record_of(patient)


@pytest.mark.parametrize(
    ("bundles", "read", "added", "not_kept"),
    [(6, 8075, 7556, 519), pytest.param(60, 27850, 23008, 4842, marks=pytest.mark.long)],
)
def test_real_exports_go_through_and_a_second_time_changes_nothing(
    practice: Practice, shared: Path, bundles: int, read: int, added: int, not_kept: int
) -> None:
    folder = shared / "data/fhir"
    paths = sorted((folder / "synthea_r4").glob("*.json"))[:bundles]
    paths += [folder / name for name in ("ndjson", "ndjson_results", "broken")]
    now = datetime(2025, 6, 2, tzinfo=UTC)
    first = import_paths(practice, paths, now=now)
    adds_up(first)
    assert (first.total.read, first.total.added, first.total.not_kept) == (read, added, not_kept)
    held = [table.objects.filter(practice=practice).count() for table in TABLES]
    last = Event.objects.latest("pk").pk
    again = import_paths(practice, paths, now=now)
    adds_up(again)
    assert (again.total.unchanged, again.total.not_kept) == (added, not_kept)
    assert [table.objects.filter(practice=practice).count() for table in TABLES] == held
    assert Event.objects.latest("pk").pk == last


def test_the_broken_bundle_is_loaded_and_its_codes_are_named(practice: Practice, shared: Path) -> None:
    told: list[Problem] = []
    report = import_paths(practice, [shared / "data/fhir/broken"], tell=told.append)
    adds_up(report)
    assert (report.total.added, report.total.not_kept, report.reported) == (338, 79, 0)
    assert report.flagged > 0
    assert any("112141AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" in str(problem) for problem in told)
