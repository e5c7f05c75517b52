"""One record as the nodes see it, in plain Python: the reference that the other engines must agree with, and the way
that a watch runs live for one patient.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from preceptor.advice import Event, EventKind, Record
from preceptor.tools.watch.days import day_number, march_calendar, microseconds
from preceptor.tools.watch.nodes import ALWAYS, Expression, Selection
from preceptor.tools.watch.runners import AsRow, runner

# Entries that count although they have no date: what somebody has, is, or agreed.
UNDATED_COUNT = frozenset({EventKind.CONDITION, EventKind.ALLERGY, EventKind.FLAG, EventKind.PLAN})
VOID = frozenset({"entered-in-error"})

_DAY_IN_MICROSECONDS = 86_400_000_000


class View:
    """One record as of a moment. `value` works out any expression by patient; what is worked out is kept."""

    def __init__(self, record: Record, as_of: datetime) -> None:
        now = microseconds(as_of)
        today = as_of.date()
        year, day = march_calendar(today)
        self.now = {"march_year": year, "march_day": day, "day": day_number(today)}
        born = record.patient.born
        birth_year, birthday = march_calendar(born) if born and born <= today else (None, None)
        self.person = {"march_year": birth_year, "march_day": birthday, "sex": record.patient.sex}
        self.known: dict[int, Any] = {}
        self._rows: list[AsRow] = []
        self._by_concept: dict[str | None, list[AsRow]] = {}
        for event in record.events:
            row = _row(event)
            if row and row["moment"] <= now:
                row["ord"] = len(self._rows)
                self._rows.append(row)
                self._by_concept.setdefault(event.concept, []).append(row)

    def value(self, expression: Expression) -> Any:
        return runner(expression)(self, None)

    def candidates(self, selection: Selection) -> list[AsRow]:
        """The rows of its kinds and concepts, in their order; its conditions are not looked at."""
        if selection.about:
            found = [row for slug in selection.concepts for row in self._by_concept.get(slug, ())]
            found.sort(key=lambda row: row["ord"])
        else:
            found = self._rows
        return [
            row for row in found if row["kind"] in selection.kinds and not (selection.valued and row["value"] is None)
        ]


def _row(event: Event) -> AsRow | None:
    """None for what no engine looks at: entered in error, or undated where the date is what matters."""
    when = event.when
    if event.status in VOID or (when is None and event.kind not in UNDATED_COUNT):
        return None
    value = event.value
    day = day_number(when) if when else ALWAYS
    return {
        "day": day,
        "moment": _moment(when, day) if when else ALWAYS * _DAY_IN_MICROSECONDS,
        "id": event.id,
        "kind": event.kind,
        "value": value if value is not None and math.isfinite(value) else None,
        "status": event.status,
        "end_day": day_number(event.end) if event.end else None,
        "said": _said(event),
    }


def _moment(when: datetime, day: int) -> int:
    if when.tzinfo is not UTC:
        return microseconds(when)
    # The same by arithmetic, which takes a quarter of the time.
    seconds = (when.hour * 60 + when.minute) * 60 + when.second
    return day * _DAY_IN_MICROSECONDS + seconds * 1_000_000 + when.microsecond


def _said(event: Event) -> Callable[[], str]:
    """The words of an entry, in small letters; few entries are ever asked for theirs."""
    return lambda: f"{event.text}\n{event.note}".lower()
