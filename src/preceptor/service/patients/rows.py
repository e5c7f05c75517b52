"""Resources by their keys, and new ones with their events into the tables, many at a time.

Plain SQL: `bulk_create` takes four times as long, and a first import has millions of rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Max, Model
from django.db.models.expressions import RawSQL

from preceptor import advice
from preceptor.record.fhir import VOID, Kept
from preceptor.service.patients.models import Event, Resource
from preceptor.service.practices.models import Practice

_RESOURCE = ("practice_id", "key", "patient_id", "version", "updated", "digest")
_EVENT = (
    "practice_id", "patient_id", "resource_id", "key", "kind", "concept", "when", "precision", "end", "status", "text",
    "codes", "value", "unit", "value_sent", "unit_sent", "note", "problem", "void",
)  # fmt: skip


def among(values: Iterable[str]) -> RawSQL:
    """For a filter such as `key__in`: a whole list as one parameter, where each of a thousand takes its time."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::text[])", [list(values)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(values))])


def insert_resources(practice: Practice, resources: Iterable[tuple[Kept, int]]) -> dict[str, int]:
    """Insert new resources, each with its patient's primary key; returns their own, by their FHIR key.

    Nobody else inserts any for this practice meanwhile: who imports holds its row.
    """
    moment = _moments()
    rows = [
        (practice.pk, kept.key, patient, kept.version.id, moment(kept.version.updated), kept.digest)
        for kept, patient in resources
    ]
    if not rows:
        return {}
    newest = Resource.objects.aggregate(newest=Max("pk"))["newest"] or 0
    _insert(Resource, _RESOURCE, rows)
    return dict(Resource.objects.of(practice).filter(pk__gt=newest).values_list("key", "pk"))


def insert_events(practice: Practice, events: Iterable[tuple[advice.Event, int, int]]) -> None:
    """Insert new events, each with the primary keys of its patient and its resource."""
    moment = _moments()
    rows = [
        (
            practice.pk,
            patient,
            resource,
            event.id,
            event.kind.value,
            event.concept,
            moment(event.when),
            event.precision.value,
            moment(event.end),
            event.status,
            event.text,
            _codes(event.codes),
            event.value,
            event.unit,
            event.value_sent,
            event.unit_sent,
            event.note,
            event.problem,
            event.status in VOID,
        )
        for event, patient, resource in events
    ]
    if rows:
        _insert(Event, _EVENT, rows)


def _moments() -> Callable[[datetime | None], Any]:
    """How the database in use takes a moment in UTC."""
    if connection.vendor == "sqlite":  # as Django has it, in a quarter of the time
        return lambda moment: None if moment is None else str(moment.replace(tzinfo=None))
    return connection.ops.adapt_datetimefield_value


@lru_cache(maxsize=16384)  # the same few thousand again and again
def _codes(codes: tuple[advice.Code, ...]) -> str:
    return json.dumps([[code.system, code.code, code.display] for code in codes], ensure_ascii=False)


def _insert(table: type[Model], columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    into = f"{quote(table._meta.db_table)} ({names})"
    with connection.cursor() as cursor:
        # The names are our own; every value is a parameter.
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {into} VALUES ({', '.join(['%s'] * len(columns))})", rows)  # noqa: S608
