"""How every engine works values out alike: numbers, the middle, the last and the first row."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import Any, TypeAlias

import ibis

# Ibis builds its classes as it runs: for a type checker its values are anything.
Value: TypeAlias = Any


def middle(values: Value) -> Value:
    """The median of an array, by the same arithmetic on every engine."""
    size, ordered = values.length(), values.sort()
    low, high = (((size - over) // 2).cast("int32") for over in (1, 0))  # Spark takes no wider index
    return ibis.ifelse(size > 0, (ordered[low] + ordered[high]) / number(2.0), ibis.null("float64"))


def number(value: float) -> Value:
    """A double. Written as a number it would be a DECIMAL to DuckDB, which computes otherwise."""
    return ibis.literal(repr(value)).cast("float64")


def literal(value: Any) -> Value:
    if value is None:
        return ibis.null()
    return (
        number(value)
        if isinstance(value, float)
        else ibis.literal(value, "int64")
        if type(value) is int
        else ibis.literal(value)
    )


@ibis.udf.agg.builtin(name="arg_max")  # type: ignore[untyped-decorator]
def _last_text(column: str, by: int) -> str: ...  # type: ignore[empty-body]


# Of the first or last row, even where it has no number: plain arg_max would pass over it.
@ibis.udf.agg.builtin(name="arg_max_null")  # type: ignore[untyped-decorator]
def _last_number(column: float, by: int) -> float: ...  # type: ignore[empty-body]


@ibis.udf.agg.builtin(name="arg_min")  # type: ignore[untyped-decorator]
def _first_text(column: str, by: int) -> str: ...  # type: ignore[empty-body]


@ibis.udf.agg.builtin(name="arg_min_null")  # type: ignore[untyped-decorator]
def _first_number(column: float, by: int) -> float: ...  # type: ignore[empty-body]


def _last_in_duckdb(column: Value, by: Value, mask: Value) -> Value:
    """DuckDB's own arg_max: what Ibis writes instead sorts the rows of each patient."""
    return (_last_text if column.type().is_string() else _last_number)(column, by, where=mask)


def _first_in_duckdb(column: Value, by: Value, mask: Value) -> Value:
    return (_first_text if column.type().is_string() else _first_number)(column, by, where=mask)


LAST_AND_FIRST: dict[str, tuple[Any, Any]] = {
    "duckdb": (_last_in_duckdb, _first_in_duckdb),
    "pyspark": (
        lambda column, by, mask: column.argmax(by, where=mask),
        lambda column, by, mask: column.argmin(by, where=mask),
    ),
}


def _says(said: Value, *words: Value) -> Value:
    return reduce(or_, [said.contains(word) for word in words])


def choose(condition: Value, then: Value, otherwise: Value | None = None) -> Value:
    return ibis.ifelse(condition, then, ibis.null() if otherwise is None else otherwise)


OPERATIONS: dict[str, Any] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "in": lambda a, *values: a.isin(list(values)),
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b.nullif(0),
    "//": lambda a, b: a // b,
    "and": and_,
    "or": or_,
    "not": lambda a: ~a,
    "if": choose,
    "coalesce": lambda *parts: ibis.coalesce(*parts),
    "least": lambda *parts: ibis.least(*parts) if len(parts) > 1 else parts[0],
    "greatest": lambda *parts: ibis.greatest(*parts) if len(parts) > 1 else parts[0],
    "exp": lambda a: a.exp(),
    "ln": lambda a: choose(a > 0, a.ln()),
    "pow": lambda a, b: a**b,
    "says": _says,
}
