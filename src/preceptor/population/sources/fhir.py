"""FHIR R4 files as a lake. Of a resource that came twice the newer version counts; what cannot be read is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from preceptor.advice import Event
from preceptor.population.sources.writing import BatchWriter, write_sorted
from preceptor.population.tables import EVENT_SCHEMA, PATIENT_SCHEMA
from preceptor.record.fhir import (
    Entry,
    Kept,
    NotKept,
    Person,
    Problem,
    files_of,
    interpret,
    medication_keys,
    understand,
)

_CAME = [
    pa.field("resource", pa.string()),
    pa.field("updated", pa.timestamp("us", tz="UTC")),
    pa.field("seq", pa.int64()),
]
_EVENTS = pa.schema([*EVENT_SCHEMA, pa.field("nhs_number", pa.string()), *_CAME])
_PATIENTS = pa.schema([*PATIENT_SCHEMA, pa.field("nhs_number", pa.string()), *_CAME])
_NAMES = pa.schema([pa.field("name", pa.string()), pa.field("patient", pa.string())])


def stage(address: str, folder: Path, progress: Any) -> None:
    """Read everything once, in any order; then give each event its patient, and sort."""
    files = files_of([Path(address)])
    total = sum(file.stat().st_size for file in files if file.is_file())
    read_so_far = 0

    def on_bytes(count: int) -> None:
        nonlocal read_so_far
        read_so_far += count
        progress("Reading FHIR", min(read_so_far, total), total)

    raw = {name: folder / f"raw-{name}.parquet" for name in ("events", "patients", "names")}
    writers = {name: BatchWriter(raw[name], schema) for name, schema in
               (("events", _EVENTS), ("patients", _PATIENTS), ("names", _NAMES))}  # fmt: skip
    for seq, (kept, full_url) in enumerate(_kept(files, on_bytes)):
        came = (kept.key, kept.version.updated, seq)
        if kept.person:
            writers["patients"].add([_person(kept.key, kept.person, came)])
            names = {kept.key, full_url, f"urn:uuid:{kept.key.partition('/')[2]}"}
            writers["names"].add([(name, kept.key) for name in names if name])
        elif kept.subjects:
            # An appointment names several; whoever turns out to be a patient here has it.
            for subject in kept.subjects:
                writers["events"].add(_event(subject.key, event, subject.nhs_number, came) for event in kept.events)
    for writer in writers.values():
        writer.close()
    _sort(raw, folder)
    for file in raw.values():
        file.unlink()


def _kept(files: list[Path], on_bytes: Any) -> Iterator[tuple[Kept, str]]:
    medications: dict[str, Mapping[str, Any]] = {}
    waiting: list[Entry] = []
    now = datetime.now(UTC)
    for item in understand(files, now, medications.get, on_bytes):
        if isinstance(item, Problem):
            continue
        entry, outcome = item
        if isinstance(outcome, NotKept) and outcome.kind == "Medication":
            medications.update(medication_keys(entry))
        elif isinstance(outcome, Kept) and outcome.waits_for:
            waiting.append(entry)
        elif isinstance(outcome, Kept):
            yield outcome, entry.full_url
    for entry in waiting:
        outcome = interpret(entry.resource, entry.full_url, now=now, medication=medications.get)
        if isinstance(outcome, Kept):
            yield outcome, entry.full_url


def _person(key: str, person: Person, came: tuple[Any, ...]) -> tuple[Any, ...]:
    patient = person.patient
    return (key, patient.born, patient.sex, patient.died, patient.nhs_number or None, *came)


def _event(patient: str, event: Event, nhs_number: str, came: tuple[Any, ...]) -> tuple[Any, ...]:
    return (
        patient, event.id, str(event.kind), event.concept, event.when, event.end, event.status, event.value, event.unit,
        event.text, event.note, nhs_number or None, *came,
    )  # fmt: skip


def _sort(raw: dict[str, Path], folder: Path) -> None:
    events, patients, names = (f"read_parquet('{str(raw[name]).replace(chr(39), chr(39) * 2)}')" for name in
                               ("events", "patients", "names"))  # fmt: skip
    newest = "QUALIFY dense_rank() OVER (PARTITION BY resource ORDER BY updated DESC NULLS LAST, {}) = 1"
    people = f"(SELECT * FROM {patients} {newest.format('seq DESC')})"  # noqa: S608
    write_sorted(
        f"SELECT patient, born, sex, died FROM {people} ORDER BY patient", folder / "patients.parquet", folder  # noqa: S608
    )  # fmt: skip
    write_sorted(
        f"""
        WITH named AS (SELECT DISTINCT name, patient FROM {names}),
        numbered AS (
            SELECT nhs_number, min(patient) AS patient FROM {people} WHERE nhs_number IS NOT NULL GROUP BY ALL
        ),
        latest AS (SELECT * FROM {events} {newest.format("seq DESC")})
        SELECT DISTINCT ON (patient, id) coalesce(named.patient, numbered.patient) AS patient,
            latest.* EXCLUDE (patient, nhs_number, resource, updated, seq)
        FROM latest LEFT JOIN named ON latest.patient = named.name
        LEFT JOIN numbered ON latest.nhs_number = numbered.nhs_number
        WHERE coalesce(named.patient, numbered.patient) IS NOT NULL
        ORDER BY patient, "when", id
        """,  # noqa: S608
        folder / "events.parquet",
        folder,
    )
