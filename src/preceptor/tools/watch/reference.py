"""The nodes in plain Python, over one record: the reference that the other engines must agree with, and the way
that a watch runs live for one patient.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from preceptor.advice import Event, EventKind, Record
from preceptor.tools.watch.days import day_number, march_calendar, microseconds
from preceptor.tools.watch.nodes import (
    ALWAYS,
    Const,
    Course,
    Expression,
    Field,
    Now,
    Op,
    Person,
    Row,
    Selection,
    Summary,
)

# Entries that count although they have no date: what somebody has, is, or agreed.
UNDATED_COUNT = frozenset({EventKind.CONDITION, EventKind.ALLERGY, EventKind.FLAG, EventKind.PLAN})
VOID = frozenset({"entered-in-error"})

_Row = dict[str, Any]
_NOT_YET = object()


class View:
    """One record as of a moment. `value` works out any expression by patient; what is worked out is kept."""

    def __init__(self, record: Record, as_of: datetime) -> None:
        now = microseconds(as_of)
        today = as_of.date()
        self._now = dict(zip(("march_year", "march_day"), march_calendar(today), strict=True)) | {
            "day": day_number(today)
        }
        born = record.patient.born
        year, day = march_calendar(born) if born and born <= today else (None, None)
        self._person = {"march_year": year, "march_day": day, "sex": record.patient.sex}
        self._rows: list[_Row] = []
        self._by_concept: dict[str | None, list[_Row]] = {}
        for event in record.events:
            row = _row(event)
            if row and row["moment"] <= now:
                row["ord"] = len(self._rows)
                self._rows.append(row)
                self._by_concept.setdefault(event.concept, []).append(row)
        self._known: dict[Any, Any] = {}

    def value(self, expression: Expression) -> Any:
        return self._value(expression, None)

    def _value(self, node: Expression, row: _Row | None) -> Any:
        if isinstance(node, Const):
            return node.value
        if isinstance(node, Row):
            return row[node.field] if row is not None else None
        if isinstance(node, Op):
            return self._op(node, row)
        if isinstance(node, Now):
            return self._now[node.field]
        if isinstance(node, Person):
            return self._person[node.field]
        found = self._known.get(node, _NOT_YET)
        if found is _NOT_YET:
            found = self._known[node] = self._worked_out(node)
        return found

    def _worked_out(self, node: Expression) -> Any:
        if isinstance(node, Field):
            rows = self._selected(node.one.of)
            return rows[0 if node.one.which == "first" else -1][node.field] if rows else None
        if isinstance(node, Summary):
            return _SUMMARIES[node.what](self._selected(node.of))
        assert isinstance(node, Course)  # noqa: S101 -- the nodes end here
        return self._course(node)

    def _selected(self, selection: Selection) -> list[_Row]:
        rows = self._known.get(selection)
        if rows is None:
            rows = self._candidates(selection)
            for condition in selection.where:
                rows = [row for row in rows if self._value(condition, row) is True]
            self._known[selection] = rows
        return rows

    def _candidates(self, selection: Selection) -> list[_Row]:
        if selection.about:
            found = [row for slug in selection.concepts for row in self._by_concept.get(slug, ())]
            found.sort(key=lambda row: row["ord"])
        else:
            found = self._rows
        return [
            row for row in found if row["kind"] in selection.kinds and not (selection.valued and row["value"] is None)
        ]

    def _course(self, node: Course) -> int | None:
        start = until = None
        for row in self._selected(node.of):
            covers = self._value(node.covers, row)
            if covers is None:
                continue
            if until is None or until < row["day"]:
                start = row["day"]
            until = covers if until is None else max(until, covers)
        return start if node.field == "start" else until

    def _op(self, node: Op, row: _Row | None) -> Any:
        name = node.name
        if name == "and":
            return self._and(node.arguments, row)
        if name == "or":
            return self._or(node.arguments, row)
        if name == "if":
            chosen = 1 if self._value(node.arguments[0], row) is True else 2
            return self._value(node.arguments[chosen], row) if chosen < len(node.arguments) else None
        if name == "coalesce":
            return next((v for v in (self._value(argument, row) for argument in node.arguments) if v is not None), None)
        values = [self._value(argument, row) for argument in node.arguments]
        if name in ("least", "greatest"):
            known = [value for value in values if value is not None]
            return (min if name == "least" else max)(known) if known else None
        if any(value is None for value in values):
            return None
        return _PLAIN[name](*values)

    def _and(self, parts: Iterable[Expression], row: _Row | None) -> bool | None:
        answer: bool | None = True
        for part in parts:
            value = self._value(part, row)
            if value is False:
                return False
            if value is None:
                answer = None
        return answer

    def _or(self, parts: Iterable[Expression], row: _Row | None) -> bool | None:
        answer: bool | None = False
        for part in parts:
            value = self._value(part, row)
            if value is True:
                return True
            if value is None:
                answer = None
        return answer


def _row(event: Event) -> _Row | None:
    """None for what no engine looks at: entered in error, or undated where the date is what matters."""
    if event.status in VOID or (event.when is None and event.kind not in UNDATED_COUNT):
        return None
    value = event.value
    return {
        "day": day_number(event.when.date()) if event.when else ALWAYS,
        "moment": microseconds(event.when) if event.when else ALWAYS * 86_400_000_000,
        "id": event.id,
        "kind": event.kind,
        "value": value if value is not None and math.isfinite(value) else None,
        "status": event.status,
        "end_day": day_number(event.end.date()) if event.end else None,
        "said": f"{event.text}\n{event.note}".lower(),
    }


def _median(values: list[float]) -> float | None:
    ordered = sorted(values)
    size = len(ordered)
    return (ordered[(size - 1) // 2] + ordered[size // 2]) / 2 if size else None


def _slope(rows: list[_Row]) -> float | None:
    return _median(
        [
            (later["value"] - row["value"]) / ((later["day"] - row["day"]) / 365.25)
            for place, row in enumerate(rows)
            for later in rows[place + 1 :]
            if later["day"] > row["day"]
        ]
    )


def _in(value: Any, *values: Any) -> bool:
    return value in values


def _says(said: str, *words: str) -> bool:
    return any(word in said for word in words)


_SUMMARIES: dict[str, Callable[[list[_Row]], Any]] = {
    "count": len,
    "lowest": lambda rows: min((row["value"] for row in rows), default=None),
    "highest": lambda rows: max((row["value"] for row in rows), default=None),
    "median": lambda rows: _median([row["value"] for row in rows]),
    "slope": _slope,
}

_PLAIN: dict[str, Callable[..., Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: a / b if b else None,
    "//": operator.floordiv,
    "not": operator.not_,
    "in": _in,
    "says": _says,
    "exp": math.exp,
    "ln": lambda a: math.log(a) if a > 0 else None,
    "pow": lambda a, b: math.pow(a, b),
}
