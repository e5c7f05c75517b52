"""The service's database as a lake: SQLite or PostgreSQL by its URL, read by a plain cursor."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from preceptor.population.faults import CannotSweep
from preceptor.population.sources.writing import BatchWriter
from preceptor.population.tables import EVENT_SCHEMA, PATIENT_SCHEMA

# Two practices may each have a "Patient/1": then the practice's code stands before it.
_NAME = (
    "CASE WHEN (SELECT count(DISTINCT practice_id) FROM patients_patient) > 1 "
    "THEN o.ods_code || ':' || p.key ELSE p.key END"
)
_PATIENTS = f"""
    SELECT {_NAME} AS patient, p.born, p.sex, p.died
    FROM patients_patient p JOIN practices_practice o ON o.id = p.practice_id ORDER BY 1
"""  # noqa: S608
_EVENTS = f"""
    SELECT {_NAME} AS patient, e.key, e.kind, e.concept, e."when", e."end", e.status, e.value, e.unit, e.text, e.note
    FROM patients_event e JOIN patients_patient p ON p.id = e.patient_id
    JOIN practices_practice o ON o.id = p.practice_id
    WHERE NOT e.void ORDER BY 1
"""  # noqa: S608
_AT_ONCE = 20_000


def stage(address: str, folder: Path, progress: Any) -> None:
    with _cursor(address) as rows_of:
        patients = BatchWriter(folder / "patients.parquet", PATIENT_SCHEMA)
        for many in rows_of(_PATIENTS):
            patients.add((name, _day(born), sex, _day(died)) for name, born, sex, died in many)
        patients.close()
        [(total,)] = next(rows_of("SELECT count(*) FROM patients_event"))
        events, done = BatchWriter(folder / "events.parquet", EVENT_SCHEMA), 0
        for many in rows_of(_EVENTS):
            events.add((*row[:4], _moment(row[4]), _moment(row[5]), *row[6:]) for row in many)
            done += len(many)
            progress("Reading the database", done, total)
        events.close()


@contextmanager
def _cursor(address: str) -> Iterator[Any]:
    """Rows of a query, some thousands at a time."""
    parts = urlsplit(address)
    if parts.scheme == "sqlite":
        path = Path(unquote(address.removeprefix("sqlite:///")))
        if not path.is_file():
            raise CannotSweep(f"{address}: there is no such file")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database, _told(address, sqlite3.Error):
            yield lambda query: _many(database.execute(query))
        return
    import psycopg

    with _told(address, psycopg.Error), psycopg.connect(address) as connection:
        connection.read_only = True

        def rows_of(query: str) -> Iterator[list[tuple[Any, ...]]]:
            with connection.cursor(name="preceptor_sweep") as cursor:
                cursor.execute(query.encode())
                yield from _many(cursor)

        yield rows_of


def _many(cursor: Any) -> Iterator[list[tuple[Any, ...]]]:
    while rows := cursor.fetchmany(_AT_ONCE):
        yield rows


@contextmanager
def _told(address: str, error: type[Exception]) -> Iterator[None]:
    try:
        yield
    except error as why:
        where = urlsplit(address)
        said = str(why).strip().splitlines()[0]
        raise CannotSweep(f"{where.scheme}://{where.hostname or ''}{where.path}: {said}") from None


def _day(value: str | date | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _moment(value: str | datetime | None) -> datetime | None:
    """SQLite holds text, in UTC without saying so."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
