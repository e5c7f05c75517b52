"""From a lake's tables to the two that watches are compiled against, in SQL that differs little between engines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from preceptor.tools.watch.days import microseconds
from preceptor.tools.watch.nodes import (
    ALWAYS,
    Expression,
    PerPatient,
    fields_of,
    per_patient_parts,
    row_fields,
    row_parts,
    selection_of,
)
from preceptor.tools.watch.reference import UNDATED_COUNT, VOID
from preceptor.tools.watch.watch import Watch

_LARGEST = "1.7976931348623157e308"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What some watches look at: entries about these concepts, all entries of these kinds; the words of which kinds."""

    concepts: frozenset[str]
    kinds: frozenset[str]
    words: frozenset[str]
    values: bool = True
    ends: bool = True

    @classmethod
    def by(cls, watches: Iterable[Watch]) -> Wanted:
        concepts: set[str] = set()
        kinds: set[str] = set()
        words: set[str] = set()
        parts = _parts(watches)
        for selection in set(map(selection_of, parts)):
            if selection.about:
                concepts |= selection.concepts
            else:
                kinds |= set(selection.kinds)
            if any("said" in row_fields(condition) for condition in selection.where):
                words |= set(selection.kinds)
        fields = {field for part in parts for field in fields_of(part)}
        return cls(
            frozenset(concepts), frozenset(kinds), frozenset(words), values="value" in fields, ends="end_day" in fields
        )

    @property
    def sql(self) -> str:
        """True of an event that any of them looks at."""
        about = [
            f"{column} IN ({_listed(names)})"
            for column, names in (("concept", self.concepts), ("kind", self.kinds))
            if names
        ]
        return f"({' OR '.join(about) or 'FALSE'})"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an engine spells what this needs."""

    quote: str
    microseconds: str  # of a timestamp
    text: str


DUCKDB = Dialect('"', "epoch_us({})", "VARCHAR")
SPARK = Dialect("`", "unix_micros(CAST({} AS TIMESTAMP))", "STRING")


def events_sql(source: str, wanted: Wanted, as_of: datetime, dialect: Dialect) -> str:
    """`source` is what stands after FROM. What had not happened yet, or was entered in error, is left out."""
    when, end = (f"{dialect.quote}{name}{dialect.quote}" for name in ("when", "end"))
    moment = f"CASE WHEN {when} IS NULL THEN {ALWAYS * 86_400_000_000} ELSE {dialect.microseconds.format(when)} END"
    # What nobody looks at is not read from the files.
    end_at = dialect.microseconds.format(end) if wanted.ends else "CAST(NULL AS BIGINT)"
    value = "CAST(value AS DOUBLE)" if wanted.values else "CAST(NULL AS DOUBLE)"
    said = "''"
    if wanted.words:
        words = "lower(concat(coalesce(text, ''), chr(10), coalesce(note, '')))"
        said = f"CASE WHEN kind IN ({_listed(wanted.words)}) THEN {words} ELSE '' END"
    return f"""
        SELECT patient, row_number() OVER (PARTITION BY patient ORDER BY moment, id) AS ord,
            CAST(floor(moment / 86400000000) AS BIGINT) AS day, moment, id, kind, concept,
            CASE WHEN abs(value) <= {_LARGEST} THEN value END AS value, status,
            CAST(floor(end_at / 86400000000) AS BIGINT) AS end_day, said
        FROM (
            SELECT patient, {moment} AS moment, id, kind, concept, {value} AS value,
                coalesce(status, '') AS status, {end_at} AS end_at, {said} AS said
            FROM {source}
            WHERE {wanted.sql} AND ({when} IS NOT NULL OR kind IN ({_listed(UNDATED_COUNT)}))
        ) AS dated
        WHERE moment <= {microseconds(as_of)} AND status NOT IN ({_listed(VOID)})
    """  # noqa: S608 -- put together from our own words


def people_sql(source: str, as_of: datetime, living: bool) -> str:
    """Everybody, or only who was living then. A birth after the day is not believed."""
    day = as_of.date().isoformat()
    return f"""
        SELECT patient,
            CAST(year(born) - CASE WHEN month(born) > 2 THEN 0 ELSE 1 END AS BIGINT) AS march_year,
            CAST(floor((153 * (month(born) + CASE WHEN month(born) > 2 THEN -3 ELSE 9 END) + 2) / 5) AS BIGINT)
                + day(born) - 1 AS march_day,
            sex, died
        FROM (
            SELECT patient, CASE WHEN born <= DATE '{day}' THEN born END AS born, coalesce(sex, 'unknown') AS sex,
                CASE WHEN died <= DATE '{day}' THEN died END AS died
            FROM {source}
        ) AS told
        WHERE {"died IS NULL" if living else "TRUE"}
    """  # noqa: S608 -- put together from our own words


def _parts(watches: Iterable[Watch]) -> set[PerPatient]:
    """Every value by patient that is worked out for them."""
    seen: set[PerPatient] = set()
    waiting: list[Expression] = []
    for watch in watches:
        waiting += [watch.when.met, watch.when.since]
        for criterion in watch.criteria:
            waiting += [criterion.met, criterion.since, *(one.id for one in criterion.shows)]
            waiting += [criterion.value] if criterion.value is not None else []
    while waiting:
        for part in per_patient_parts(waiting.pop()):
            if part not in seen:
                seen.add(part)
                waiting += row_parts(part)
    return seen


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names))
