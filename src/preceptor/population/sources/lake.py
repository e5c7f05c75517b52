"""A lake: `events` and `patients`, each a Parquet file or a folder of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from preceptor.population.faults import CannotSweep
from preceptor.population.tables import EVENT_SCHEMA, PATIENT_SCHEMA

_NEEDED = {
    "events": tuple(name for name in EVENT_SCHEMA.names if name not in ("unit", "text", "note")),
    "patients": tuple(PATIENT_SCHEMA.names),
}
_TYPES = {"when": ("TIMESTAMP",), "end": ("TIMESTAMP",), "born": ("DATE",), "died": ("DATE",),
          "value": ("DOUBLE", "FLOAT", "DECIMAL", "INTEGER", "BIGINT")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lake:
    """Where the Parquet files of each table are, as a pattern that every engine reads."""

    events: str
    patients: str

    def cuts(self, patients_each: int) -> list[tuple[str | None, str | None]]:
        """The patients in ranges of about so many: from this id up to, not including, that one."""
        found = _rows(
            f"SELECT patient FROM (SELECT patient, row_number() OVER (ORDER BY patient) AS place "  # noqa: S608
            f"FROM {_files(self.patients)}) WHERE place > 1 AND (place - 1) % {int(patients_each)} = 0 ORDER BY patient"
        )
        ends: list[str | None] = [None, *(row[0] for row in found), None]
        return list(pairwise(ends))

    def size(self) -> tuple[int, int]:
        """How many patients and how many events."""
        counts = (
            _rows(f"SELECT count(*) FROM {_files(pattern)}")[0][0]  # noqa: S608
            for pattern in (self.patients, self.events)
        )
        patients, events = counts
        return int(patients), int(events)


def lake_in(folder: Path) -> Lake:
    """The lake in this folder, once its tables have what is needed; CannotSweep in one line otherwise."""
    lake = Lake(_pattern(folder, "events"), _pattern(folder, "patients"))
    for table, pattern in (("events", lake.events), ("patients", lake.patients)):
        _check_columns(folder, table, pattern)
    patients, different = _rows(
        f"SELECT count(*), count(DISTINCT patient) FROM {_files(lake.patients)}"  # noqa: S608
    )[0]
    if not patients:
        raise CannotSweep(f"{folder} holds no patients: there is nothing to sweep")
    if patients != different:
        raise CannotSweep(
            f"{folder}: {patients - different} patients stand in `patients` more than once, or have no id"
        )
    return lake


def needs_words(lake: Lake, asked_by: Iterable[str]) -> None:
    """CannotSweep when the events hold no words, and these watches read them."""
    names = list(asked_by)
    missing = {"text", "note"} - set(_columns(lake.events))
    if names and missing:
        raise CannotSweep(
            f"events has no column {sorted(missing)[0]!r}, which {len(names)} of the watches read ({names[0]}, ...)"
        )


def _pattern(folder: Path, table: str) -> str:
    for candidate in (folder / f"{table}.parquet", folder / table):
        if candidate.is_file():
            return str(candidate)
        if candidate.is_dir() and any(candidate.rglob("*.parquet")):
            return (
                str(candidate / "**" / "*.parquet")
                if any(candidate.glob("*/**/*.parquet"))
                else f"{candidate}/*.parquet"
            )
    raise CannotSweep(f"{folder} holds no {table}.parquet and no folder {table} of Parquet files")


def _check_columns(folder: Path, table: str, pattern: str) -> None:
    columns = _columns(pattern)
    for name in _NEEDED[table]:
        if name not in columns:
            raise CannotSweep(f"{folder}: {table} has no column {name!r}")
        if name in _TYPES and not columns[name].startswith((*_TYPES[name], '"NULL"')):
            raise CannotSweep(f"{folder}: column {name!r} of {table} is {columns[name]}, not {_TYPES[name][0]}")


def _columns(pattern: str) -> dict[str, str]:
    try:
        rows = _rows(f"DESCRIBE SELECT * FROM {_files(pattern)}")  # noqa: S608
    except duckdb.Error as why:
        raise CannotSweep(f"{pattern} cannot be read as Parquet: {str(why).splitlines()[0]}") from None
    return {row[0]: str(row[1]) for row in rows}


def _files(pattern: str) -> str:
    quoted = pattern.replace("'", "''")
    return f"read_parquet('{quoted}', union_by_name = true)"


def _rows(query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(":memory:") as connection:
        return connection.execute(query).fetchall()
