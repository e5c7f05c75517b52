"""Small makers for the tests of triage: a case from words, a record from events."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from preceptor.advice import Case, Event, EventKind, Patient, Record, Request

AS_OF = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def case(text: str, *events: Event, age: float | None = None, sex: str | None = None, other: bool = False) -> Case:
    """A request, with a record when there are events or none of age and sex is in the request."""
    record = Record(Patient("p1", born=date(1960, 5, 1), sex="female"), events) if events else None
    return Case("r1", AS_OF, Request(text, age, sex, other), record)


def event(kind: str, text: str, days_ago: float = 100, **more: Any) -> Event:
    """An entry of the record, so many days before the case (negative: after it)."""
    name = more.pop("id", f"{kind}/{abs(hash_free(text))}")
    return Event(name, EventKind(kind), AS_OF - timedelta(days=days_ago), text, **{"status": "active", **more})


def hash_free(text: str) -> int:
    """A number of a text that is the same in every process."""
    return sum(ord(letter) * at for at, letter in enumerate(text, 1))
