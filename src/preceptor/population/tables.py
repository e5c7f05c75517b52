"""The two tables of a lake of records: `events`, one row an event, and `patients`, one row a patient."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from preceptor.advice import Event, Patient, Record

EVENT_SCHEMA = pa.schema(
    [
        pa.field("patient", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("concept", pa.string()),
        pa.field("when", pa.timestamp("us", tz="UTC")),
        pa.field("end", pa.timestamp("us", tz="UTC")),
        pa.field("status", pa.string()),
        pa.field("value", pa.float64()),
        pa.field("unit", pa.string()),
        pa.field("text", pa.string()),
        pa.field("note", pa.string()),
    ]
)
PATIENT_SCHEMA = pa.schema(
    [
        pa.field("patient", pa.string(), nullable=False),
        pa.field("born", pa.date32()),
        pa.field("sex", pa.string()),
        pa.field("died", pa.date32()),
    ]
)


def events_table(records: Iterable[Record]) -> pa.Table:
    return event_rows((record.patient.id, event) for record in records for event in record.events)


def event_rows(events: Iterable[tuple[str, Event]]) -> pa.Table:
    """Rows of `events` from (patient, event) pairs."""
    columns: list[list[object]] = [[] for _ in EVENT_SCHEMA]
    for patient, event in events:
        for column, value in zip(
            columns,
            (patient, event.id, str(event.kind), event.concept, event.when, event.end, event.status, event.value,
             event.unit, event.text, event.note),
            strict=True,
        ):  # fmt: skip
            column.append(value)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, EVENT_SCHEMA, strict=True)], EVENT_SCHEMA
    )


def patients_table(patients: Iterable[Patient]) -> pa.Table:
    rows = [(each.id, each.born, each.sex, each.died) for each in patients]
    columns = zip(*rows, strict=True) if rows else [()] * len(PATIENT_SCHEMA)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, PATIENT_SCHEMA, strict=True)], PATIENT_SCHEMA
    )
