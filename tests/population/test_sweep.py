"""A sweep from end to end: any source, one answer; stopped, it goes on; asked badly, one line and nothing written."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from preceptor.advice import Event, EventKind, Patient, Record
from preceptor.cli import app
from preceptor.population.engines import Spark
from preceptor.population.faults import CannotSweep
from preceptor.population.sweep import Swept, sweep
from preceptor.population.tables import events_table, patients_table
from preceptor.tools.watch import notice, watch_named
from preceptor.tools.watch.days import end_of

TODAY = date(2026, 2, 1)
WATCHES = tuple(watch_named(name) for name in ("potassium_high_not_repeated", "ckd_uncoded", "nsaid_65_without_ppi"))


def moment(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=UTC)


def record(number: int) -> Record:
    """Every third patient has a high potassium, every fourth CKD without a code."""
    name = f"p{number:03}"
    events = [Event(f"{name}-k", EventKind.RESULT, moment("2026-01-05"), "", concept="potassium",
                    value=6.1 if number % 3 == 0 else 4.2)]  # fmt: skip
    events += [Event(f"{name}-{day}", EventKind.RESULT, moment(day), "", concept="egfr",
                     value=50.0 if number % 4 == 0 else 80.0) for day in ("2025-01-01", "2025-06-01")]  # fmt: skip
    return Record(Patient(name, born=date(1950, 1, 1), sex="female"), tuple(events))


RECORDS = [record(number) for number in range(30)]


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    folder = tmp_path / "lake"
    (folder / "events").mkdir(parents=True)
    for part in (0, 1):  # a lake may be in many files, and in no order
        pq.write_table(events_table(RECORDS[part::2]), folder / "events" / f"{part}.parquet")
    pq.write_table(patients_table(each.patient for each in RECORDS), folder / "patients.parquet")
    return folder


def swept(source: Path | str, out: Path, **asked: Any) -> Swept:
    return sweep(str(source), out, WATCHES, today=TODAY, **asked)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_sweep_finds_in_many_records_what_is_found_live_in_each(lake: Path, tmp_path: Path) -> None:
    done = swept(lake, tmp_path / "findings.jsonl", events_at_once=20)
    assert (done.patients, done.events, done.findings, done.as_of) == (30, 90, 18, TODAY)
    live = [found for each in RECORDS for found in notice(WATCHES, each, end_of(TODAY))]
    expected = sorted(
        ((f.patient, f.watch, str(f.since), list(f.evidence), f.detail) for f in live), key=lambda f: f[:2]
    )
    found = lines(tmp_path / "findings.jsonl")
    assert [(f["patient"], f["watch"], f["since"], f["evidence"], f["detail"]) for f in found] == expected
    assert set(found[0]) == {"patient", "watch", "title", "since", "priority", "evidence", "detail", "ask"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["findings.jsonl", "lake"], "nothing else is left"


def test_every_format_holds_the_same_findings(lake: Path, tmp_path: Path) -> None:
    for name in ("f.jsonl", "f.csv", "f.parquet"):
        swept(lake, tmp_path / name)
    keys = [(f["patient"], f["watch"], f["since"]) for f in lines(tmp_path / "f.jsonl")]
    with (tmp_path / "f.csv").open(newline="") as file:
        assert [(f["patient"], f["watch"], f["since"]) for f in csv.DictReader(file)] == keys
    table = pq.read_table(tmp_path / "f.parquet").to_pylist()
    assert [(f["patient"], f["watch"], f["since"].isoformat()) for f in table] == keys


class Killed(BaseException):
    """As by Ctrl+C or a power cut: nothing is tidied."""


def test_stopped_half_way_it_goes_on_and_ends_with_the_same_findings(lake: Path, tmp_path: Path) -> None:
    swept(lake, tmp_path / "whole.jsonl", events_at_once=20)
    out, steps = tmp_path / "stopped.jsonl", []

    def stop_in_the_third_part(what: str, done: int, of: int) -> None:
        steps.append((done, of))
        if done > 2 * len(WATCHES):
            raise Killed

    with pytest.raises(Killed):
        swept(lake, out, events_at_once=20, progress=stop_in_the_third_part)
    assert not out.exists()
    before = len(steps)
    done = swept(lake, out, events_at_once=20, progress=lambda _, done, of: steps.append((done, of)))
    assert done.resumed
    assert steps[before][0] == 2 * len(WATCHES) + 1, "the first two parts are not done again"
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_what_was_left_of_another_sweep_is_not_mixed_in(lake: Path, tmp_path: Path) -> None:
    def stop(what: str, done: int, of: int) -> None:
        if done > len(WATCHES):
            raise Killed

    out = tmp_path / "f.jsonl"
    with pytest.raises(Killed):
        swept(lake, out, events_at_once=20, progress=stop)
    done = swept(lake, out, events_at_once=20, as_of=date(2025, 1, 2))
    assert (done.resumed, done.as_of, done.findings) == (False, date(2025, 1, 2), 0)


def test_read_as_of_an_earlier_day_it_finds_what_was_there_to_be_found(lake: Path, tmp_path: Path) -> None:
    assert swept(lake, tmp_path / "f.jsonl", as_of=date(2025, 5, 31)).findings == 0
    assert swept(lake, tmp_path / "f.jsonl", as_of=date(2025, 6, 1)).findings == 8
    assert {f["watch"] for f in lines(tmp_path / "f.jsonl")} == {"ckd_uncoded"}


def test_who_has_died_is_said_to_have_or_left_out(tmp_path: Path) -> None:
    dead = Record(Patient("p1", born=date(1950, 1, 1), sex="male", died=date(2026, 1, 20)), RECORDS[0].events)
    pq.write_table(events_table([dead]), tmp_path / "events.parquet")
    pq.write_table(patients_table([dead.patient]), tmp_path / "patients.parquet")
    swept(tmp_path, tmp_path / "f.jsonl")
    assert {f["detail"]["died"] for f in lines(tmp_path / "f.jsonl")} == {"2026-01-20"}
    assert swept(tmp_path, tmp_path / "f.jsonl", living=True).findings == 0


def observation(patient: str, number: int, day: str, value: float, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": f"o{number}", "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}]},
        "subject": {"reference": patient}, "effectiveDateTime": day,
        "valueQuantity": {"value": value, "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"},
        **more,
    }  # fmt: skip


def test_fhir_in_any_order_with_a_corrected_result(tmp_path: Path) -> None:
    """Events before their patient; a newer version that replaces a spoilt one; somebody who is not in the files."""
    folder = tmp_path / "fhir"
    folder.mkdir()
    resources = [
        observation("urn:uuid:1", 1, "2026-01-05", 6.4, meta={"versionId": "2", "lastUpdated": "2026-01-07T00:00:00Z"}),
        observation("Patient/1", 1, "2026-01-05", 4.1, meta={"versionId": "1", "lastUpdated": "2026-01-06T00:00:00Z"}),
        observation("Patient/2", 2, "2026-01-05", 4.4),
        observation("Patient/9", 3, "2026-01-05", 6.4),
        {"resourceType": "Patient", "id": "1", "birthDate": "1960-01-01"},
        {"resourceType": "Patient", "id": "2", "birthDate": "1960-01-01"},
    ]
    (folder / "all.ndjson").write_text("\n".join(json.dumps(each) for each in resources) + "\n")
    swept(folder, tmp_path / "f.jsonl")
    assert [(f["patient"], f["evidence"]) for f in lines(tmp_path / "f.jsonl")] == [("Patient/1", ["Observation/o1"])]


def emptied(lake: Path) -> None:
    pq.write_table(patients_table([]), lake / "patients.parquet")


def without_value(lake: Path) -> None:
    for file in (lake / "events").iterdir():
        pq.write_table(pq.read_table(file).drop_columns(["value"]), file)


def with_dates_as_text(lake: Path) -> None:
    for file in (lake / "events").iterdir():
        table = pq.read_table(file)
        place = table.schema.get_field_index("when")
        pq.write_table(table.set_column(place, "when", table["when"].cast(pa.string())), file)


def with_a_patient_twice(lake: Path) -> None:
    pq.write_table(patients_table([RECORDS[0].patient] * 2), lake / "patients.parquet")


def not_parquet(lake: Path) -> None:
    (lake / "patients.parquet").write_text("patient,born\n")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (emptied, "holds no patients"),
        (without_value, "events has no column 'value'"),
        (with_dates_as_text, "column 'when' of events is VARCHAR"),
        (with_a_patient_twice, "more than once"),
        (not_parquet, "cannot be read as Parquet"),
    ],
)
def test_a_source_that_cannot_be_swept_is_named_and_nothing_is_written(
    lake: Path, tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    spoil(lake)
    with pytest.raises(CannotSweep, match=words) as told:
        swept(lake, tmp_path / "f.jsonl")
    assert "\n" not in str(told.value)
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--engine", "oracle"], "there is no engine 'oracle'"),
        (["--as-of", "1066-10-14"], "--as-of 1066-10-14"),
        (["--as-of", "2999-01-01"], "--as-of 2999-01-01"),
        (["--watch", "nonsense"], "no watch is called 'nonsense'"),
        (["--out", "f.xlsx"], "has to end in one of"),
        (["--out", "no/such/folder/f.csv"], "there is no folder"),
    ],
)
def test_a_bad_question_is_answered_in_one_line_with_exit_code_2(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["sweep", str(lake), "--out", "f.csv", *asked])
    assert done.exit_code == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]


@pytest.mark.parametrize("name", ["nowhere", "empty", "notes.txt"])
def test_what_is_no_source_is_said_to_be_none(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("hello")
    done = CliRunner().invoke(app, ["sweep", str(tmp_path / name), "--out", str(tmp_path / "f.csv")])
    assert (done.exit_code, len(done.stderr.strip().splitlines())) == (2, 1)


def test_the_command_says_what_it_did(lake: Path, tmp_path: Path) -> None:
    out = tmp_path / "f.csv"
    asked = ["sweep", str(lake), "--out", str(out), "--as-of", "2026-02-01", "--watch", "ckd_uncoded"]
    done = CliRunner().invoke(app, asked)
    assert (done.exit_code, done.stdout) == (0, f"8 findings in 30 patients (90 events), as of 2026-02-01: {out}\n")
    told = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert told["findings"] == 8


def test_a_database_of_the_service_is_swept_by_its_url(tmp_path: Path) -> None:
    """The columns that the service stores; its own tests hold that these are its tables."""
    import sqlite3

    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        database.executescript("""
            CREATE TABLE practices_practice (id, ods_code);
            CREATE TABLE patients_patient (id, practice_id, key, born, sex, died);
            CREATE TABLE patients_event (id, patient_id, key, kind, concept, "when", "end", status, value, unit, text, note, void);
            INSERT INTO practices_practice VALUES (1, 'A81001');
            INSERT INTO patients_patient VALUES (1, 1, 'Patient/1', '1960-01-01', 'female', NULL);
            INSERT INTO patients_event VALUES (1, 1, 'Observation/1', 'result', 'potassium', '2026-01-05 10:00:00', NULL, 'final', 6.3, 'mmol/L', '', '', 0);
            INSERT INTO patients_event VALUES (2, 1, 'Observation/2', 'result', 'potassium', '2026-01-06 10:00:00.5', NULL, 'final', 4.3, 'mmol/L', '', '', 1);
        """)  # noqa: E501
    database.close()
    swept(f"sqlite:///{tmp_path / 'db.sqlite3'}", tmp_path / "f.jsonl")
    assert [f["evidence"] for f in lines(tmp_path / "f.jsonl")] == [["Observation/1"]]
    with pytest.raises(CannotSweep, match="no such file"):
        swept(f"sqlite:///{tmp_path / 'other.sqlite3'}", tmp_path / "g.jsonl")


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_sweep_on_spark_ends_with_the_same_findings(
    lake: Path, tmp_path: Path, spark_engine: Spark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("preceptor.population.sweep.Spark", lambda: spark_engine)
    swept(lake, tmp_path / "duckdb.jsonl")
    swept(lake, tmp_path / "spark.jsonl", engine="spark")
    assert (tmp_path / "spark.jsonl").read_bytes() == (tmp_path / "duckdb.jsonl").read_bytes()
